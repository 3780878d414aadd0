using System.Net;
using Polly;
using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Which outcomes of a request are worth another attempt.</summary>
public static class HttpClientResiliencePredicates
{
    /// <summary>
    /// Whether the outcome is transient: a connection failure, an attempt that timed out, 408, 429 or a status of 500 and above.
    /// </summary>
    public static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Result: { } response } => response.StatusCode is
            >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        _ => false,
    };

    /// <summary>As the other, and also a connect timeout, which is a cancellation that the caller did not ask for.</summary>
    public static bool IsTransient(Outcome<HttpResponseMessage> outcome, CancellationToken cancellationToken) =>
        IsTransient(outcome)
        || (outcome.Exception is OperationCanceledException { InnerException: TimeoutException }
            && !cancellationToken.IsCancellationRequested);
}
