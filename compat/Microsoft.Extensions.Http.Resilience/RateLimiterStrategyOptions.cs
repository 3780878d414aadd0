using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

/// <summary>Options of the rate limiter.</summary>
public class RateLimiterStrategyOptions : ResilienceStrategyOptions
{
    /// <summary>Creates the defaults.</summary>
    public RateLimiterStrategyOptions() => Name = "RateLimiter";

    /// <summary>Gives the lease for an execution; <see langword="null"/> for a limit of concurrent executions.</summary>
    public Func<RateLimiterArguments, ValueTask<RateLimitLease>>? RateLimiter { get; set; }

    /// <summary>The limit of concurrent executions when <see cref="RateLimiter"/> is not set.</summary>
    public ConcurrencyLimiterOptions DefaultRateLimiterOptions { get; set; } = new() { PermitLimit = 1000, QueueLimit = 0 };

    /// <summary>Called when an execution was refused.</summary>
    public Func<OnRateLimiterRejectedArguments, ValueTask>? OnRejected { get; set; }
}
