using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Metrics;

/// <summary>A line of a chart: a value for each step, or nothing where nothing was measured.</summary>
/// <param name="Name">What it is called; empty when it is the only one.</param>
/// <param name="Values">The values.</param>
/// <param name="Summary">
/// The whole time in one number: how much a sum has grown, a percentile of all values, the share of all, the last value of a gauge.
/// </param>
public sealed record ChartLine(string Name, double?[] Values, double? Summary);

/// <summary>What a chart shows of an instrument.</summary>
internal enum ChartReading
{
    /// <summary>How much a sum, or the count of a histogram, grows per second.</summary>
    Rate,

    /// <summary>The value itself.</summary>
    Level,

    /// <summary>The median, and what nearly all and all but a few stay below.</summary>
    Percentiles,

    /// <summary>What half of the values stay below.</summary>
    P50,

    /// <summary>What nine tenths stay below.</summary>
    P90,

    /// <summary>What all but a hundredth stay below.</summary>
    P99,
}

/// <summary>
/// Makes the lines of a chart out of the points of some series. A sum that has not grown makes a zero and a gauge keeps its
/// value, for as long as their resource reports; percentiles of nothing are nothing, and a resource that stopped ends its line.
/// </summary>
internal static class Chart
{
    /// <summary>Stands where a dimension would, for the service that reports.</summary>
    public const string ByService = "service";

    /// <summary>The same, for the copy of it.</summary>
    public const string ByResource = "resource";

    /// <summary>More lines than this nobody can tell apart; the smallest become one.</summary>
    public const int MaxLines = 9;

    /// <summary>The name of the line that stands for the rest.</summary>
    public const string Others = "…";

    private const string SecondsUnit = "s";
    private const long LeastPatience = 5_000_000_000;
    private const long LongestInterval = 60_000_000_000; // The default of exporters; what is longer was a silence.

    private static readonly (string Name, double Share)[] Percentiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

    /// <summary>What an instrument of this kind shows unless asked for something else.</summary>
    public static ChartReading ReadingOf(InstrumentKind kind) => kind switch
    {
        InstrumentKind.Counter => ChartReading.Rate,
        InstrumentKind.Gauge or InstrumentKind.UpDownCounter => ChartReading.Level,
        InstrumentKind.Histogram => ChartReading.Percentiles,
    };

    /// <summary>The lines of some series of an instrument.</summary>
    /// <param name="reading">What to show.</param>
    /// <param name="info">The instrument.</param>
    /// <param name="series">Its series, of any number of resources.</param>
    /// <param name="split">The dimension each of whose values has a line of its own; nothing for all together.</param>
    /// <param name="time">The steps.</param>
    public static IReadOnlyList<ChartLine> Lines(
        ChartReading reading, InstrumentInfo info, IReadOnlyList<SeriesPoints> series, string? split, ChartTime time)
    {
        if (series.Count == 0)
            return [];
        if (split is null && reading == ChartReading.Percentiles)
            return PercentileLines(series, time);

        Func<string, IReadOnlyList<SeriesPoints>, ChartLine> draw = reading switch
        {
            ChartReading.Rate => (name, group) => Rate(name, group, time),
            ChartReading.Level => (name, group) => Level(name, info, group, time),
            ChartReading.P50 => (name, group) => PercentileLine(name, group, 0.5, time),
            ChartReading.Percentiles or ChartReading.P90 => (name, group) => PercentileLine(name, group, 0.9, time),
            ChartReading.P99 => (name, group) => PercentileLine(name, group, 0.99, time),
        };
        if (split is null)
            return [draw("", series)];

        var groups = series.GroupBy(one => ValueOf(one, split)).Select(group => (Name: group.Key, Series: group.ToArray())).ToArray();
        if (groups.Length <= MaxLines)
            return [.. groups.OrderBy(group => group.Name, StringComparer.Ordinal).Select(group => draw(group.Name, group.Series))];

        var bySize = groups.OrderByDescending(group => draw(group.Name, group.Series).Summary ?? 0).ToArray();
        return [
            .. bySize.Take(MaxLines - 1).OrderBy(group => group.Name, StringComparer.Ordinal).Select(group => draw(group.Name, group.Series)),
            draw(Others, [.. bySize.Skip(MaxLines - 1).SelectMany(group => group.Series)])];
    }

    /// <summary>The share that some of the series have in the growth of all, in percent.</summary>
    public static IReadOnlyList<ChartLine> Share(IReadOnlyList<SeriesPoints> part, IReadOnlyList<SeriesPoints> all, ChartTime time)
    {
        if (all.Count == 0)
            return [];
        var (some, whole) = (Grown(part, all, time), Grown(all, all, time));
        return [new ChartLine("", [.. whole.Drawn.Select((grown, step) => Ratio(some.Drawn[step], grown))], Ratio(some.Total, whole.Total))];

        static double? Ratio(double? part, double? whole) => whole > 0 ? 100 * (part ?? 0) / whole : null;
    }

    /// <summary>What a series has for a dimension; empty when it has none.</summary>
    public static string ValueOf(SeriesPoints series, string dimension) => dimension switch
    {
        ByService => series.Resource.Service,
        ByResource => series.Resource.Id,
        _ => series.Dimensions[dimension] ?? "",
    };

    private static ChartLine Rate(string name, IReadOnlyList<SeriesPoints> series, ChartTime time)
    {
        var (drawn, total) = Grown(series, series, time);
        return new ChartLine(name, [.. drawn.Select(growth => growth / (time.Step / 1e9))], total);
    }

    /// <summary>The growth of some of those that are shown together, for each step and over all of them.</summary>
    private static (double?[] Drawn, double? Total) Grown(IReadOnlyList<SeriesPoints> series, IReadOnlyList<SeriesPoints> together, ChartTime time)
    {
        var counts = series.Select(one => one.Histograms.Length == 0 ? one
            : one with { Numbers = [.. one.Histograms.Select(point => (point.Time, point.Value.Count))] }).ToArray();
        return (Steps(together, time, (_, end) => Between(end - time.Step, end)), Between(time.From, Horizon(together, time)));

        double? Between(long begin, long end) => Sum(counts.Select(one => Growth(one, begin, end, time.From)));
    }

    /// <remarks>
    /// Copies of a service look at the same database, so of a gauge theirs is one value, and the greatest is the newest. What
    /// several services have is added up; but ages are not, the greatest is what counts.
    /// </remarks>
    private static ChartLine Level(string name, InstrumentInfo info, IReadOnlyList<SeriesPoints> series, ChartTime time)
    {
        Func<IEnumerable<double?>, double?> together = info.Unit == SecondsUnit ? Max : Sum;
        Func<IEnumerable<double?>, double?> copies = info.Kind == InstrumentKind.Gauge ? Max : together;
        var services = series.GroupBy(one => one.Resource)
            .Select(copy => (copy.Key.Service, Series: copy.ToArray()))
            .GroupBy(copy => copy.Service, copy => copy.Series)
            .Select(service => service.ToArray()).ToArray();
        var values = Steps(series, time, (begin, end) => together(services.Select(service =>
            copies(service.Select(copy => together(copy.Select(one => begin > one.LastSeen ? null : Last(one.Numbers, end))))))));
        return new ChartLine(name, values, values.LastOrDefault(value => value is not null));
    }

    private static List<ChartLine> PercentileLines(IReadOnlyList<SeriesPoints> series, ChartTime time)
    {
        var (steps, whole) = Histograms(series, time);
        return [.. Percentiles.Select(percentile => Line(percentile.Name, steps, whole, percentile.Share))];
    }

    private static ChartLine PercentileLine(string name, IReadOnlyList<SeriesPoints> series, double share, ChartTime time)
    {
        var (steps, whole) = Histograms(series, time);
        return Line(name, steps, whole, share);
    }

    private static ChartLine Line(string name, HistogramValue?[] steps, HistogramValue? whole, double share)
    {
        return new ChartLine(name, [.. steps.Select(Of)], Of(whole));

        double? Of(HistogramValue? histogram) => histogram is null ? null : Percentile.Of(histogram, share);
    }

    private static (HistogramValue?[] Steps, HistogramValue? Whole) Histograms(IReadOnlyList<SeriesPoints> series, ChartTime time)
    {
        return (Steps(series, time, (_, end) => Between(end - time.Step, end)), Between(time.From, Horizon(series, time)));

        HistogramValue? Between(long begin, long end) => Merge(series.Select(one => HistogramGrowth(one, begin, end, time.From)));
    }

    /// <summary>
    /// Goes through the steps, up to where all that still report have done so. In the last one it ends there; what is drawn of it
    /// is the length of a step that ends there, as the beginning of a step says little.
    /// </summary>
    private static T?[] Steps<T>(IReadOnlyList<SeriesPoints> series, ChartTime time, Func<long, long, T?> value)
    {
        var horizon = Horizon(series, time);
        return [.. Enumerable.Range(0, time.Steps).Select(step =>
        {
            var (begin, end) = (time.Begin(step), time.Begin(step + 1));
            return begin < horizon ? value(begin, Math.Min(end, horizon)) : default;
        })];
    }

    /// <summary>The time of the oldest of the newest reports: beyond it some of those who still report have not yet done so.</summary>
    private static long Horizon(IReadOnlyList<SeriesPoints> series, ChartTime time) => series
        .Where(one => one.Interval > 0 && one.LastSeen + Math.Max(3 * Math.Min(one.Interval, LongestInterval), LeastPatience) >= time.Now)
        .Select(one => one.LastSeen).Append(time.Now).Min();

    /// <summary>How much a sum has grown in a part of the time from a begin on, as far as it is known.</summary>
    private static double? Growth(SeriesPoints series, long begin, long end, long from)
    {
        if (series.Numbers is [var first, ..] && !WasZero(series, begin, from))
            begin = Math.Max(begin, first.Time);
        return end <= begin || begin > series.LastSeen || end < series.Since ? null : At(end) - At(begin);

        double? At(long time) => Last(series.Numbers, time) ?? (WasZero(series, time, from) ? 0 : null);
    }

    /// <returns>Nothing when no value was measured.</returns>
    private static HistogramValue? HistogramGrowth(SeriesPoints series, long begin, long end, long from)
    {
        var points = series.Histograms;
        if (LastIndex(points, end) is not (>= 0 and var last))
            return null;

        var first = LastIndex(points, begin);
        if (first < 0 && WasZero(series, begin, from))
            return points[last].Value;

        first = Math.Max(first, 0);
        return first < last ? points[last].Value.Minus(points[first].Value) : null;
    }

    /// <summary>
    /// Whether a sum was zero at a time before its first point. If its resource was first heard of with it, nobody knows in which
    /// step it grew to what it was then.
    /// </summary>
    private static bool WasZero(SeriesPoints series, long time, long from) =>
        time <= series.Start || (series.Start >= from && series.Start >= series.Since);

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

    private static double? Max(IEnumerable<double?> values) => values.Max();

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
