using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>What is recorded of an incoming HTTP request.</summary>
public class AspNetCoreTraceInstrumentationOptions
{
    /// <summary>Decides whether a request is recorded. A filter that throws drops the request's span.</summary>
    public Func<HttpContext, bool>? Filter { get; set; }

    /// <summary>Adds to the span when the request starts.</summary>
    public Action<Activity, HttpRequest>? EnrichWithHttpRequest { get; set; }

    /// <summary>Adds to the span when the response is complete.</summary>
    public Action<Activity, HttpResponse>? EnrichWithHttpResponse { get; set; }

    /// <summary>Adds to the span when the request ended in an exception.</summary>
    public Action<Activity, Exception>? EnrichWithException { get; set; }

    /// <summary>Whether exceptions are recorded as span events.</summary>
    public bool RecordException { get; set; }
}
