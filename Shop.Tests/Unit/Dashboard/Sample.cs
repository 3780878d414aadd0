using Aspire.Dashboard.Telemetry;
using Microsoft.Extensions.Logging;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>Telemetry for tests; times are milliseconds after a begin.</summary>
internal static class Sample
{
    public const long Begin = 1_800_000_000_000_000_000;
    private const long Millisecond = 1_000_000;

    public static readonly TelemetryResource Orders = new("orders", "abc");

    public static readonly TelemetryResource Payments = new("payments", "def");

    public static Span Span(ulong trace, ulong id, ulong parent = 0, long start = 0, long end = 10, TelemetryResource? resource = null, bool isError = false) => new()
    {
        TraceId = new TraceId(trace),
        Id = new SpanId(id),
        ParentId = new SpanId(parent),
        Resource = resource ?? Orders,
        Name = $"span {id}",
        Start = At(start),
        End = At(end),
        IsError = isError,
    };

    public static LogRecord Log(string message) => new() { Resource = Orders, Time = Begin, Level = LogLevel.Information, Message = message };

    public static MetricPoint Number(double value, long at = 0, bool isDelta = false, string route = "/") =>
        new() { Dimensions = new AttributeList([new("route", route)]), Time = At(at), Start = Begin, Number = value, IsDelta = isDelta };

    public static HistogramValue Histogram(double[] bounds, params double[] buckets) => new(buckets.Sum(), 0, buckets, bounds);

    public static long At(long milliseconds) => Begin + (milliseconds * Millisecond);
}
