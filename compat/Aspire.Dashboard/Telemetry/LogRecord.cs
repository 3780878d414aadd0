namespace Aspire.Dashboard.Telemetry;

/// <summary>A log record of a service. Times are nanoseconds since 1970.</summary>
public sealed record LogRecord
{
    /// <summary>Its number in the store, from 1.</summary>
    public long Number { get; init; }

    /// <summary>What it takes of the store, in bytes.</summary>
    public int Size { get; init; }

    public required TelemetryResource Resource { get; init; }

    public required long Time { get; init; }

    public required LogLevel Level { get; init; }

    /// <summary>The name of the logger.</summary>
    public string Category { get; init; } = "";

    public required string Message { get; init; }

    public TraceId TraceId { get; init; }

    public SpanId SpanId { get; init; }

    public AttributeList Attributes { get; init; } = AttributeList.Empty;
}
