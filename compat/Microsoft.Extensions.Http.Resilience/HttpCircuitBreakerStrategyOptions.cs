using Polly.CircuitBreaker;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// When a failing service is left alone: for 5 seconds, once a tenth of at least 100 requests in 30 seconds
/// failed transiently.
/// </summary>
public class HttpCircuitBreakerStrategyOptions : CircuitBreakerStrategyOptions<HttpResponseMessage>
{
    /// <summary>Creates the defaults.</summary>
    public HttpCircuitBreakerStrategyOptions() =>
        ShouldHandle = static args => new ValueTask<bool>(
            HttpClientResiliencePredicates.IsTransient(args.Outcome, args.Context.CancellationToken));
}
