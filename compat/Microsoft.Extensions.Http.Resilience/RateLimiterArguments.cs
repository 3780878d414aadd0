using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

#pragma warning disable CA1815 // Arguments of a callback are never compared; the real ones have no equality either.

/// <summary>What a rate limiter knows of the execution.</summary>
/// <param name="context">The execution's context.</param>
public readonly struct RateLimiterArguments(ResilienceContext context)
{
    /// <summary>The execution's context.</summary>
    public ResilienceContext Context { get; } = context;
}

/// <summary>What is known of a refused execution.</summary>
/// <param name="context">The execution's context.</param>
/// <param name="lease">The lease that was not acquired.</param>
public readonly struct OnRateLimiterRejectedArguments(ResilienceContext context, RateLimitLease lease)
{
    /// <summary>The execution's context.</summary>
    public ResilienceContext Context { get; } = context;

    /// <summary>The lease that was not acquired.</summary>
    public RateLimitLease Lease { get; } = lease;
}
