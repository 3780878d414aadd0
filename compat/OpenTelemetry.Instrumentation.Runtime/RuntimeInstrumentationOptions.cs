namespace OpenTelemetry.Instrumentation.Runtime;

/// <summary>Options of the runtime instrumentation. The runtime's own meter leaves nothing to set.</summary>
public class RuntimeInstrumentationOptions;
