using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Shop.ServiceDefaults.Security;

namespace Shop.ServiceDefaults.RateLimiting;

/// <summary>
/// A token bucket for each caller. The framework's partitioned limiters run timers that wake every service twenty times a
/// second, asked or not; these buckets fill when they are asked, and those that nobody asks for are forgotten.
/// </summary>
internal sealed class CallerLimits(IOptions<RateLimitOptions> options) : IDisposable
{
    private const int MaxCallers = 100_000;
    private const int MaxAddressLength = 64;

    /// <summary>Longer than any bucket takes to fill, so that forgetting it gives nothing away.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);
    private readonly MemoryCache _buckets = new(new MemoryCacheOptions { SizeLimit = MaxCallers });
    private readonly RateLimitOptions _options = options.Value;

    /// <summary>Takes a token of the caller's for any request.</summary>
    public RateLimitLease AcquireRequest(HttpContext context)
    {
        if (context.User.IsService())
            return AcquireService(context);
        var caller = context.User.FindSubject() is { } user ? $"user:{user}" : $"address:{AddressOf(context)}";
        return Acquire(caller, _options.Burst, TimeSpan.FromSeconds(1), _options.PerSecond);
    }

    /// <summary>Takes a token of the caller's for an attempt with a password or a code.</summary>
    /// <remarks>
    /// A service that signs users in names each one's address, and each is limited by it. One that names nobody,
    /// as the bot, limits its users itself.
    /// </remarks>
    public RateLimitLease AcquireCredentialAttempt(HttpContext context) =>
        context.User.IsService() && !context.Request.Headers.ContainsKey(RateLimitExtensions.ForwardedForHeader)
            ? AcquireService(context)
            : Acquire($"credentials:{AddressOf(context)}", _options.CredentialsPerMinute, TimeSpan.FromMinutes(1) / _options.CredentialsPerMinute, 1);

    private RateLimitLease AcquireService(HttpContext context) =>
        Acquire($"service:{context.User.FindSubject()}", _options.ServicePerSecond, TimeSpan.FromSeconds(1), _options.ServicePerSecond);

    private RateLimitLease Acquire(string caller, int burst, TimeSpan period, int perPeriod)
    {
        var bucket = _buckets.GetOrCreate(caller, entry =>
        {
            entry.Size = 1;
            entry.SlidingExpiration = Memory;
            return new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
            {
                TokenLimit = burst,
                ReplenishmentPeriod = period,
                TokensPerPeriod = perPeriod,
                AutoReplenishment = false,
            });
        })!;
        bucket.TryReplenish();
        return bucket.AttemptAcquire();
    }

    /// <remarks>A service of ours, and nobody else, is believed when it says whom it acts for.</remarks>
    private static string AddressOf(HttpContext context) =>
        context.User.IsService() && context.Request.Headers[RateLimitExtensions.ForwardedForHeader] is [{ Length: > 0 and <= MaxAddressLength } address]
            ? address
            : context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    public void Dispose() => _buckets.Dispose();
}
