using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Shop.ServiceDefaults.Errors;

namespace Shop.ServiceDefaults.RateLimiting;

/// <summary>Answers 429 with <c>Retry-After</c> to a caller who asks too often.</summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, CallerLimits limits)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<DisableRateLimitingAttribute>() is null)
        {
            using var request = limits.AcquireRequest(context);
            if (!request.IsAcquired)
            {
                await RejectAsync(context, request);
                return;
            }

            if (metadata?.GetMetadata<TakesCredentials>() is not null)
            {
                using var attempt = limits.AcquireCredentialAttempt(context);
                if (!attempt.IsAcquired)
                {
                    await RejectAsync(context, attempt);
                    return;
                }
            }
        }

        await next(context);
    }

    private static Task RejectAsync(HttpContext context, RateLimitLease lease)
    {
        var seconds = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Problems.Create(StatusCodes.Status429TooManyRequests, "too_many_requests", $"Too many requests. Try again in {seconds} s.")
            .ExecuteAsync(context);
    }
}
