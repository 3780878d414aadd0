using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>
/// Names the spans that ASP.NET Core makes by the semantic conventions for HTTP, adds their attributes,
/// and applies the options.
/// </summary>
internal sealed class AspNetCoreInstrumentation : IDisposable
{
    private const string ActivityName = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private const string HostingException = "Microsoft.AspNetCore.Hosting.UnhandledException";
    private const string HandledException = "Microsoft.AspNetCore.Diagnostics.HandledException";
    private const string UnhandledException = "Microsoft.AspNetCore.Diagnostics.UnhandledException";

    private static readonly HashSet<string> KnownMethods = new(StringComparer.Ordinal)
    {
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
    };

    private readonly AspNetCoreTraceInstrumentationOptions _options;
    private readonly DiagnosticListenerSubscription _subscription;

    public AspNetCoreInstrumentation(AspNetCoreTraceInstrumentationOptions options)
    {
        _options = options;
        _subscription = new("Microsoft.AspNetCore", IsEnabled, OnEvent);
    }

    private static bool IsEnabled(string name) => name is ActivityName or ActivityName + ".Start" or ActivityName + ".Stop"
        or HostingException or HandledException or UnhandledException;

    private void OnEvent(string name, object? payload)
    {
        if (RequestActivity() is not { } activity || payload is null)
            return;

        switch (name)
        {
            case ActivityName + ".Start" when payload is HttpContext context:
                OnStart(activity, context);
                break;
            case ActivityName + ".Stop" when payload is HttpContext context && activity.IsAllDataRequested:
                OnStop(activity, context);
                break;
            case HostingException or HandledException or UnhandledException when activity.IsAllDataRequested
                && Read(payload, "exception") is Exception exception:
                OnException(activity, exception, handled: name == HandledException);
                break;
        }
    }

    // Inside a middleware another activity may be current; the request's is one of its ancestors in this process.
    private static Activity? RequestActivity()
    {
        var activity = Activity.Current;
        while (activity is not null && activity.OperationName != ActivityName)
            activity = activity.Parent;
        return activity;
    }

    private void OnStart(Activity activity, HttpContext context)
    {
        if (!IsWanted(context))
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        if (!activity.IsAllDataRequested)
            return;

        var request = context.Request;
        var method = Method(request.Method);
        activity.DisplayName = method == "_OTHER" ? "HTTP" : method;
        activity.SetTag("http.request.method", method);
        if (method == "_OTHER")
            activity.SetTag("http.request.method_original", request.Method);
        activity.SetTag("url.scheme", request.Scheme);
        activity.SetTag("url.path", (request.PathBase + request.Path).Value);
        // Values of the query can be secrets or personal data; the names are enough to recognise the request.
        if (request.QueryString.HasValue)
            activity.SetTag("url.query", RedactedQuery(request));
        if (request.Host.HasValue)
        {
            activity.SetTag("server.address", request.Host.Host);
            if (request.Host.Port is { } port)
                activity.SetTag("server.port", port);
        }
        activity.SetTag("network.protocol.version", ProtocolVersion(request.Protocol));
        if (request.Headers.UserAgent.Count > 0)
            activity.SetTag("user_agent.original", request.Headers.UserAgent.ToString());

        _options.EnrichWithHttpRequest?.Invoke(activity, request);
    }

    private void OnStop(Activity activity, HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (route is not null)
        {
            route = route.StartsWith('/') ? route : "/" + route;
            activity.SetTag("http.route", route);
            activity.DisplayName = $"{activity.DisplayName} {route}";
        }

        var status = context.Response.StatusCode;
        activity.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            if (activity.GetTagItem("error.type") is null)
                activity.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            activity.SetStatus(ActivityStatusCode.Error, activity.StatusDescription);
        }

        _options.EnrichWithHttpResponse?.Invoke(activity, context.Response);
    }

    private void OnException(Activity activity, Exception exception, bool handled)
    {
        activity.SetTag("error.type", exception.GetType().FullName);
        if (_options.RecordException)
            activity.AddException(exception);
        // A handled exception may become a client error; then the status code decides.
        if (!handled)
            activity.SetStatus(ActivityStatusCode.Error);
        _options.EnrichWithException?.Invoke(activity, exception);
    }

    private bool IsWanted(HttpContext context)
    {
        try
        {
            return _options.Filter?.Invoke(context) ?? true;
        }
        // A filter is the application's code inside its own request: its bug costs the span, not the request.
        catch (Exception)
        {
            return false;
        }
    }

    private static string Method(string method) => KnownMethods.Contains(method) ? method : "_OTHER";

    private static string RedactedQuery(HttpRequest request) =>
        "?" + string.Join('&', request.Query.Keys.Select(key => $"{Uri.EscapeDataString(key)}=Redacted"));

    private static string ProtocolVersion(string protocol) => protocol switch
    {
        "HTTP/1.0" => "1.0",
        "HTTP/1.1" => "1.1",
        "HTTP/2" => "2",
        "HTTP/3" => "3",
        _ => protocol,
    };

    // The payloads are anonymous types of the framework.
    private static object? Read(object payload, string property) => payload.GetType().GetProperty(property)?.GetValue(payload);

    public void Dispose() => _subscription.Dispose();
}
