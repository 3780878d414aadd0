using System.Diagnostics;

namespace OpenTelemetry.Instrumentation.Http;

/// <summary>
/// Applies the options to the spans that HttpClient makes itself, with the names and attributes of the
/// semantic conventions already on them. Without options there is nothing to do and nothing is subscribed.
/// </summary>
internal sealed class HttpClientInstrumentation : IDisposable
{
    private const string ActivityName = "System.Net.Http.HttpRequestOut";

    private readonly HttpClientTraceInstrumentationOptions _options;
    private readonly DiagnosticListenerSubscription? _subscription;

    public HttpClientInstrumentation(HttpClientTraceInstrumentationOptions options)
    {
        _options = options;
        if (options.FilterHttpRequestMessage is not null || options.EnrichWithHttpRequestMessage is not null
            || options.EnrichWithHttpResponseMessage is not null || options.EnrichWithException is not null
            || options.RecordException)
        {
            _subscription = new("HttpHandlerDiagnosticListener",
                name => name.StartsWith(ActivityName, StringComparison.Ordinal) || name == "System.Net.Http.Exception",
                OnEvent);
        }
    }

    private void OnEvent(string name, object? payload)
    {
        if (Activity.Current is not { OperationName: ActivityName } activity || payload is null)
            return;

        switch (name)
        {
            case ActivityName + ".Start" when Read<HttpRequestMessage>(payload, "Request") is { } request:
                if (!IsWanted(request))
                {
                    activity.IsAllDataRequested = false;
                    activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
                }
                else if (activity.IsAllDataRequested)
                {
                    _options.EnrichWithHttpRequestMessage?.Invoke(activity, request);
                }
                break;

            case ActivityName + ".Stop" when activity.IsAllDataRequested
                && Read<HttpResponseMessage>(payload, "Response") is { } response:
                _options.EnrichWithHttpResponseMessage?.Invoke(activity, response);
                break;

            case "System.Net.Http.Exception" when activity.IsAllDataRequested
                && Read<Exception>(payload, "Exception") is { } exception:
                if (_options.RecordException)
                    activity.AddException(exception);
                _options.EnrichWithException?.Invoke(activity, exception);
                break;
        }
    }

    private bool IsWanted(HttpRequestMessage request)
    {
        try
        {
            return _options.FilterHttpRequestMessage?.Invoke(request) ?? true;
        }
        // A filter is the application's code inside its own request: its bug costs the span, not the request.
        catch (Exception)
        {
            return false;
        }
    }

    // The payload is an internal type of System.Net.Http with public properties.
    private static T? Read<T>(object payload, string property) where T : class =>
        payload.GetType().GetProperty(property)?.GetValue(payload) as T;

    public void Dispose() => _subscription?.Dispose();
}
