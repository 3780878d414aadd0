using System.ComponentModel.DataAnnotations;

namespace Aspire.Dashboard.Telemetry;

/// <summary>How much telemetry is kept (<c>Dashboard:TelemetryLimits</c>); what is older is dropped and counted.</summary>
internal sealed class TelemetryLimits
{
    public const string Section = "Dashboard:TelemetryLimits";

    private const int Megabyte = 1 << 20;

    [Range(1, 1_000_000)]
    public int MaxLogCount { get; set; } = 20_000;

    /// <summary>Bytes that log records take, as estimated (<see cref="TelemetrySize"/>); the real dashboard has no such limit.</summary>
    [Range(Megabyte, int.MaxValue)]
    public int MaxLogBytes { get; set; } = 128 * Megabyte;

    [Range(1, 1_000_000)]
    public int MaxTraceCount { get; set; } = 10_000;

    /// <summary>Spans of all traces together; the real dashboard has no such limit.</summary>
    [Range(1, 10_000_000)]
    public int MaxSpanCount { get; set; } = 50_000;

    /// <summary>Bytes that the spans of all traces take, as estimated; the real dashboard has no such limit.</summary>
    [Range(Megabyte, int.MaxValue)]
    public int MaxTraceBytes { get; set; } = 128 * Megabyte;

    /// <summary>Combinations of instrument and dimensions.</summary>
    [Range(1, 100_000)]
    public int MaxMetricsCount { get; set; } = 5_000;

    [Range(1, 10_000)]
    public int MaxAttributeCount { get; set; } = 128;

    /// <summary>Characters of one value; the rest is cut off.</summary>
    [Range(16, 1_000_000)]
    public int MaxAttributeLength { get; set; } = 8_192;

    [Range(1, 10_000)]
    public int MaxSpanEventCount { get; set; } = 128;
}
