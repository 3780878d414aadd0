using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.Http;

namespace OpenTelemetry.Trace;

/// <summary>Adds the spans of outgoing HTTP requests.</summary>
public static class HttpClientInstrumentationTracerProviderBuilderExtensions
{
    /// <summary>Adds the spans of outgoing HTTP requests.</summary>
    public static TracerProviderBuilder AddHttpClientInstrumentation(this TracerProviderBuilder builder) =>
        builder.AddHttpClientInstrumentation(name: null, configureHttpClientTraceInstrumentationOptions: null);

    /// <summary>Adds the spans of outgoing HTTP requests.</summary>
    public static TracerProviderBuilder AddHttpClientInstrumentation(
        this TracerProviderBuilder builder,
        Action<HttpClientTraceInstrumentationOptions>? configureHttpClientTraceInstrumentationOptions) =>
        builder.AddHttpClientInstrumentation(name: null, configureHttpClientTraceInstrumentationOptions);

    /// <summary>Adds the spans of outgoing HTTP requests, with named options.</summary>
    public static TracerProviderBuilder AddHttpClientInstrumentation(
        this TracerProviderBuilder builder, string? name,
        Action<HttpClientTraceInstrumentationOptions>? configureHttpClientTraceInstrumentationOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var optionsName = name ?? Options.DefaultName;
        if (configureHttpClientTraceInstrumentationOptions is not null)
        {
            builder.ConfigureServices(services =>
                services.Configure(optionsName, configureHttpClientTraceInstrumentationOptions));
        }

        return builder
            .AddSource("System.Net.Http")
            .AddInstrumentation(services => new HttpClientInstrumentation(
                services.GetRequiredService<IOptionsMonitor<HttpClientTraceInstrumentationOptions>>().Get(optionsName)));
    }
}
