using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Local;

/// <summary>The variables that every project gets.</summary>
internal static class ProjectEnvironment
{
    public static Dictionary<string, object> Create(ResourceInstance instance, LaunchProfile? profile, LocalRun run)
    {
        var variables = new Dictionary<string, object>
        {
            ["LOGGING__CONSOLE__FORMATTERNAME"] = "simple",
            ["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true",
        };
        AddTelemetry(variables, instance, run);

        var web = instance.Resource.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.UriScheme is "http" or "https" && endpoint.PortVariable is null).ToArray();
        if (web.Length > 0)
            variables["ASPNETCORE_URLS"] = string.Join(';', web.Select(endpoint => $"{endpoint.UriScheme}://localhost:{Text(instance.TargetPorts[endpoint.Name])}"));
        if (web.FirstOrDefault(endpoint => endpoint.UriScheme == "https") is { } secure)
            variables["ASPNETCORE_HTTPS_PORT"] = Text(secure.AllocatedEndpoint!.Port);

        if (profile is not null)
        {
            variables["DOTNET_LAUNCH_PROFILE"] = profile.Name;
            foreach (var (name, value) in profile.Variables)
                variables.TryAdd(name, value);
        }

        return variables;
    }

    private static void AddTelemetry(Dictionary<string, object> variables, ResourceInstance instance, LocalRun run)
    {
        variables["OTEL_SERVICE_NAME"] = instance.Resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance.Suffix}";

        // The real package always exports, to the dashboard. Without a receiver exporting would only fail and be retried.
        var (endpoint, protocol) =
            run.Dashboard is { } dashboard ? (dashboard.Telemetry.Url, "http/protobuf")
            : run.Configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] is { Length: > 0 } http ? (http, "http/protobuf")
            : run.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is { Length: > 0 } grpc ? (grpc, "grpc")
            : (null, "grpc");
        if (endpoint is null)
            return;

        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        // Not "in_memory" retries as in the real package, and a shorter patience: a service that stops would wait for a receiver
        // that is gone or hangs, and those that stop after it as well.
        variables["OTEL_EXPORTER_OTLP_TIMEOUT"] = "3000";
        if (run.Configuration["AppHost:OtlpApiKey"] is { Length: > 0 } key)
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";

        if (run.IsDevelopment)
        {
            // Telemetry is seen at once while developing.
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
