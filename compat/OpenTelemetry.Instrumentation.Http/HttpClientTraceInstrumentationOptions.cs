using System.Diagnostics;

namespace OpenTelemetry.Instrumentation.Http;

/// <summary>What is recorded of an outgoing HTTP request.</summary>
public class HttpClientTraceInstrumentationOptions
{
    /// <summary>Decides whether a request is recorded. A filter that throws drops the request's span.</summary>
    public Func<HttpRequestMessage, bool>? FilterHttpRequestMessage { get; set; }

    /// <summary>Adds to the span when the request starts.</summary>
    public Action<Activity, HttpRequestMessage>? EnrichWithHttpRequestMessage { get; set; }

    /// <summary>Adds to the span when the response arrived.</summary>
    public Action<Activity, HttpResponseMessage>? EnrichWithHttpResponseMessage { get; set; }

    /// <summary>Adds to the span when the request failed.</summary>
    public Action<Activity, Exception>? EnrichWithException { get; set; }

    /// <summary>Whether exceptions are recorded as span events.</summary>
    public bool RecordException { get; set; }
}
