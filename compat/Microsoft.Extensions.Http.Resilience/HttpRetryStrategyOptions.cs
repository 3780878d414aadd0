using Polly;
using Polly.Retry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// Retries of a request: three by default, two seconds apart and growing, with jitter, for transient failures.
/// </summary>
public class HttpRetryStrategyOptions : RetryStrategyOptions<HttpResponseMessage>
{
    private bool _shouldRetryAfterHeader;

    /// <summary>Creates the defaults.</summary>
    public HttpRetryStrategyOptions()
    {
        ShouldHandle = static args => new ValueTask<bool>(
            HttpClientResiliencePredicates.IsTransient(args.Outcome, args.Context.CancellationToken));
        BackoffType = DelayBackoffType.Exponential;
        UseJitter = true;
        MaxRetryAttempts = 3;
        Delay = TimeSpan.FromSeconds(2);
        ShouldRetryAfterHeader = true;
    }

    /// <summary>Whether a <c>Retry-After</c> header decides the delay. The default is <see langword="true"/>.</summary>
    public bool ShouldRetryAfterHeader
    {
        get => _shouldRetryAfterHeader;
        set
        {
            _shouldRetryAfterHeader = value;
            DelayGenerator = value ? static args => new ValueTask<TimeSpan?>(RetryAfter.Of(args.Outcome.Result)) : null;
        }
    }
}
