using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace OpenTelemetry.Trace;

/// <summary>Adds the spans of incoming HTTP requests.</summary>
public static class AspNetCoreInstrumentationTracerProviderBuilderExtensions
{
    /// <summary>Adds the spans of incoming HTTP requests.</summary>
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(this TracerProviderBuilder builder) =>
        builder.AddAspNetCoreInstrumentation(name: null, configureAspNetCoreTraceInstrumentationOptions: null);

    /// <summary>Adds the spans of incoming HTTP requests.</summary>
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(
        this TracerProviderBuilder builder,
        Action<AspNetCoreTraceInstrumentationOptions>? configureAspNetCoreTraceInstrumentationOptions) =>
        builder.AddAspNetCoreInstrumentation(name: null, configureAspNetCoreTraceInstrumentationOptions);

    /// <summary>Adds the spans of incoming HTTP requests, with named options.</summary>
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(
        this TracerProviderBuilder builder, string? name,
        Action<AspNetCoreTraceInstrumentationOptions>? configureAspNetCoreTraceInstrumentationOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var optionsName = name ?? Options.DefaultName;
        if (configureAspNetCoreTraceInstrumentationOptions is not null)
        {
            builder.ConfigureServices(services =>
                services.Configure(optionsName, configureAspNetCoreTraceInstrumentationOptions));
        }

        return builder
            .AddSource("Microsoft.AspNetCore")
            .AddInstrumentation(services => new AspNetCoreInstrumentation(
                services.GetRequiredService<IOptionsMonitor<AspNetCoreTraceInstrumentationOptions>>().Get(optionsName)));
    }
}
