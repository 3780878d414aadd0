using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Security;

namespace Shop.ServiceDefaults.RateLimiting;

/// <summary>Every endpoint is limited per caller; endpoints that take credentials are limited further.</summary>
public static class RateLimitExtensions
{
    /// <summary>
    /// Where a service that signs users in for them (the storefront, the bot) names the user's own address,
    /// so that its users do not share one limit. It is believed only with a service's token.
    /// </summary>
    public const string ForwardedForHeader = "X-Forwarded-For";

    private const string CredentialsPolicy = "credentials";
    private const int MaxAddressLength = 64;

    /// <summary>Limits an endpoint that takes a password or a code to a few attempts a minute for each address.</summary>
    public static TBuilder LimitCredentialAttempts<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireRateLimiting(CredentialsPolicy);

    internal static void AddRateLimits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<RateLimitOptions>().Bind(builder.Configuration.GetSection(RateLimitOptions.Section))
            .Validate(o => o is { PerSecond: > 0, Burst: > 0, ServicePerSecond: > 0, CredentialsPerMinute: > 0 }, "Rate limits must be positive.")
            .ValidateOnStart();

        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>>((limiter, options) =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = RejectAsync;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(context, options.Value));
            limiter.AddPolicy(CredentialsPolicy, context => CredentialsPartition(context, options.Value));
        });
    }

    private static RateLimitPartition<string> Partition(HttpContext context, RateLimitOptions options)
    {
        if (context.User.IsService())
            return Bucket($"service:{context.User.FindSubject()}", options.ServicePerSecond, options.ServicePerSecond);
        return context.User.FindSubject() is { } user
            ? Bucket($"user:{user}", options.PerSecond, options.Burst)
            : Bucket($"address:{AddressOf(context)}", options.PerSecond, options.Burst);
    }

    /// <remarks>
    /// A service that signs users in names each one's address, and each is limited by it. One that names nobody,
    /// as the bot, limits its users itself.
    /// </remarks>
    private static RateLimitPartition<string> CredentialsPartition(HttpContext context, RateLimitOptions options) =>
        context.User.IsService() && !context.Request.Headers.ContainsKey(ForwardedForHeader)
            ? Bucket($"service:{context.User.FindSubject()}", options.ServicePerSecond, options.ServicePerSecond)
            : RateLimitPartition.GetSlidingWindowLimiter($"address:{AddressOf(context)}", _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = options.CredentialsPerMinute,
                Window = TimeSpan.FromMinutes(1),
                SegmentsPerWindow = 6,
            });

    private static RateLimitPartition<string> Bucket(string key, int perSecond, int burst) =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            AutoReplenishment = false,
        });

    /// <remarks>A service of ours, and nobody else, is believed when it says whom it acts for.</remarks>
    private static string AddressOf(HttpContext context) =>
        context.User.IsService() && context.Request.Headers[ForwardedForHeader] is [{ Length: > 0 and <= MaxAddressLength } address]
            ? address
            : context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
        context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problems.Create(StatusCodes.Status429TooManyRequests, "too_many_requests", $"Too many requests. Try again in {seconds} s.")
            .ExecuteAsync(context.HttpContext);
    }
}
