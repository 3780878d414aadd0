using System.Net;
using System.Net.Sockets;
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
    private const int Ipv6NetworkBytes = 8;

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
        context.User.IsService() && IPAddress.TryParse(context.Request.Headers[RateLimitExtensions.ForwardedForHeader], out var named)
            ? NetworkOf(named)
            : context.Connection.RemoteIpAddress is { } remote ? NetworkOf(remote) : "unknown";

    /// <summary>The address, of IPv6 the first 64 bits: one customer has all addresses below them, and could take a new one for each call.</summary>
    internal static string NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, Ipv6NetworkBytes))
            : address.ToString();
    }

    public void Dispose() => _buckets.Dispose();
}
