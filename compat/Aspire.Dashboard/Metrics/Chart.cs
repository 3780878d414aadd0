using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Metrics;

/// <summary>A line of a chart: a value for each step, or nothing where none is known.</summary>
public sealed record ChartLine(string Name, double?[] Values);

/// <summary>Makes the lines of a chart out of the points of some series.</summary>
internal static class Chart
{
    /// <summary>How many steps a chart has.</summary>
    public const int Steps = 90;

    private static readonly (string Name, double Share)[] Percentiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

    /// <param name="kind">How the values are read.</param>
    /// <param name="series">The series, which are added up.</param>
    /// <param name="from">Nanoseconds since 1970.</param>
    /// <param name="to">Nanoseconds since 1970.</param>
    public static IReadOnlyList<ChartLine> Lines(InstrumentKind kind, IReadOnlyList<SeriesPoints> series, long from, long to)
    {
        var step = Math.Max(1, (to - from) / Steps);
        return kind switch
        {
            InstrumentKind.Counter => [new ChartLine("rate", Added(step, at => Sum(series.Select(one => Growth(one, from, step, at)))))],
            InstrumentKind.Gauge or InstrumentKind.UpDownCounter => [new ChartLine("value", Added(step, at => Sum(series.Select(one => Value(one, from + ((at + 1) * step), step)))))],
            InstrumentKind.Histogram => Histograms(series, from, step),
        };

        static double?[] Added(long step, Func<int, double?> value) => [.. Enumerable.Range(0, Steps).Select(value)];
    }

    private static List<ChartLine> Histograms(IReadOnlyList<SeriesPoints> series, long from, long step)
    {
        var added = Enumerable.Range(0, Steps).Select(at => Merge(series.Select(one => Growth(one, from + (at * step), from + ((at + 1) * step))))).ToArray();
        return [.. Percentiles.Select(percentile => new ChartLine(
            percentile.Name, [.. added.Select(histogram => histogram is null ? null : Percentile.Of(histogram, percentile.Share))]))];
    }

    /// <summary>How much a sum has grown per second.</summary>
    private static double? Growth(SeriesPoints series, long from, long step, int at)
    {
        var (begin, end) = (from + (at * step), from + ((at + 1) * step));
        if (end < series.Start || begin > series.LastSeen || Last(series.Numbers, end) is not { } now)
            return null;

        // What was counted before anybody told us of it says nothing about this step.
        if ((Last(series.Numbers, begin) ?? (series.Start >= begin ? 0 : (double?)null)) is not { } before)
            return null;

        var grown = now >= before ? now - before : now; // It began anew.
        return grown / (step / 1e9);
    }

    private static double? Value(SeriesPoints series, long at, long step) => at - step > series.LastSeen ? null : Last(series.Numbers, at);

    private static HistogramValue? Growth(SeriesPoints series, long begin, long end)
    {
        var points = series.Histograms;
        if (LastIndex(points, end) is not (>= 0 and var last))
            return null;

        var first = LastIndex(points, begin);
        if (first == last)
            return null;

        var now = points[last].Value;
        return first < 0 ? series.Start >= begin ? now : null
            : now.Count < points[first].Value.Count ? now // It began anew.
            : now.Minus(points[first].Value);
    }

    private static HistogramValue? Merge(IEnumerable<HistogramValue?> histograms)
    {
        HistogramValue? merged = null;
        foreach (var histogram in histograms.OfType<HistogramValue>())
        {
            // What has other bounds cannot be added to it.
            if (merged is null)
                merged = histogram;
            else if (merged.Bounds.AsSpan().SequenceEqual(histogram.Bounds))
                merged = merged.Plus(histogram);
        }

        return merged;
    }

    private static double? Sum(IEnumerable<double?> values)
    {
        double? sum = null;
        foreach (var value in values.OfType<double>())
            sum = (sum ?? 0) + value;
        return sum;
    }

    private static double? Last((long Time, double Value)[] points, long at) => LastIndex(points, at) is >= 0 and var index ? points[index].Value : null;

    /// <summary>The last point not after a time, or -1.</summary>
    private static int LastIndex<T>((long Time, T Value)[] points, long at)
    {
        var (low, high) = (0, points.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (points[middle].Time <= at)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
