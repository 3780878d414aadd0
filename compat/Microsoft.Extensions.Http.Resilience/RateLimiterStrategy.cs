using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

/// <summary>Refuses executions for which the limiter gives no lease.</summary>
internal sealed class RateLimiterStrategy(
    Func<RateLimiterArguments, ValueTask<RateLimitLease>> acquire, RateLimiterStrategyOptions options) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        using var lease = await acquire(new RateLimiterArguments(context));
        if (lease.IsAcquired)
            return await callback(context, state);

        if (options.OnRejected is { } onRejected)
            await onRejected(new OnRateLimiterRejectedArguments(context, lease));

        return Outcome.FromException<TResult>(lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter)
            ? new RateLimiterRejectedException(retryAfter)
            : new RateLimiterRejectedException());
    }
}
