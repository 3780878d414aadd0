using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Telemetry;

internal static class TelemetryExtensions
{
    /// <summary>Adds the stores, of the size that is configured.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TelemetryLimits>().BindConfiguration(TelemetryLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<TelemetryLimits>>().Value);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<OwnTraces>();
        builder.Services.AddSingleton<TraceStore>();
        builder.Services.AddSingleton<LogStore>();
        builder.Services.AddSingleton<MetricStore>();
    }

    public static void MapTelemetry(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/telemetry/clear", Clear);

    private static Results<RedirectHttpResult, NotFound> Clear([FromForm] string what, TraceStore traces, LogStore logs, MetricStore metrics)
    {
        switch (what)
        {
            case "traces":
                traces.Clear();
                return TypedResults.LocalRedirect("/traces");
            case "logs":
                logs.Clear();
                return TypedResults.LocalRedirect("/structuredlogs");
            case "metrics":
                metrics.Clear();
                return TypedResults.LocalRedirect("/metrics");
            default:
                return TypedResults.NotFound();
        }
    }
}
