using OpenTelemetry.Instrumentation.Runtime;

namespace OpenTelemetry.Metrics;

/// <summary>Adds the runtime's metrics: collections, heap, threads, exceptions.</summary>
public static class MeterProviderBuilderExtensions
{
    /// <summary>Adds the runtime's own meter.</summary>
    public static MeterProviderBuilder AddRuntimeInstrumentation(this MeterProviderBuilder builder) =>
        builder.AddRuntimeInstrumentation(configure: null);

    /// <summary>Adds the runtime's own meter.</summary>
    public static MeterProviderBuilder AddRuntimeInstrumentation(
        this MeterProviderBuilder builder, Action<RuntimeInstrumentationOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        configure?.Invoke(new RuntimeInstrumentationOptions());
        return builder.AddMeter("System.Runtime");
    }
}
