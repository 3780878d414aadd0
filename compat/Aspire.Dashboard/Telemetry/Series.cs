namespace Aspire.Dashboard.Telemetry;

/// <summary>The values of an instrument for one combination of dimensions: finely the newest, coarsely the older.</summary>
internal sealed class Series
{
    private const long Second = 1_000_000_000;

    private readonly TimeSlots<double>[] _numbers = [new(Second, 300), new(10 * Second, 360), new(120 * Second, 360)];
    private readonly TimeSlots<HistogramValue>[] _histograms = [new(Second, 300), new(10 * Second, 360), new(120 * Second, 360)];
    private readonly bool _isHistogram;
    private double _number;
    private HistogramValue? _histogram;

    /// <param name="first">The first point.</param>
    /// <param name="absent">When the resource told its values without this series, whose sum was zero then; nothing when it never did.</param>
    public Series(MetricPoint first, long absent)
    {
        Dimensions = first.Dimensions;
        Start = Math.Max(first.Start, absent);
        _isHistogram = first.Histogram is not null;
    }

    public AttributeList Dimensions { get; }

    /// <summary>Since when sums count: their value was zero then.</summary>
    public long Start { get; }

    public long LastSeen { get; private set; }

    /// <summary>Takes a point over. Not for several threads at once, nor with readers.</summary>
    /// <returns>Whether it fits to the points before.</returns>
    public bool Put(MetricPoint point)
    {
        if (_isHistogram != point.Histogram is not null || (point.Histogram is { } histogram && _histogram is { } before && !histogram.Bounds.AsSpan().SequenceEqual(before.Bounds)))
            return false;

        LastSeen = Math.Max(LastSeen, point.Time);
        if (point.Histogram is not null)
        {
            var value = point.IsDelta && _histogram is not null ? _histogram.Plus(point.Histogram) : point.Histogram;
            // An idle histogram costs no memory: what has not changed is the same object.
            if (_histogram is not null && _histogram.Count == value.Count && _histogram.Sum.Equals(value.Sum))
                return true;

            _histogram = value with { Bounds = _histogram?.Bounds ?? value.Bounds };
            foreach (var slots in _histograms)
                slots.Put(point.Time, _histogram);
        }
        else
        {
            _number = point.IsDelta ? _number + point.Number : point.Number;
            foreach (var slots in _numbers)
                slots.Put(point.Time, _number);
        }

        return true;
    }

    /// <summary>The points that a view of this length needs, oldest first.</summary>
    public SeriesPoints Read(long length)
    {
        var tier = Array.FindIndex(_numbers, slots => slots.Span >= length);
        tier = tier < 0 ? _numbers.Length - 1 : tier;
        return new SeriesPoints(Dimensions, Start, LastSeen, _numbers[tier].ToArray(), _histograms[tier].ToArray());
    }
}

/// <summary>A copy of the points of a series.</summary>
internal sealed record SeriesPoints(
    AttributeList Dimensions, long Start, long LastSeen, (long Time, double Value)[] Numbers, (long Time, HistogramValue Value)[] Histograms)
{
    public TelemetryResource Resource { get; init; } = new("", "");

    /// <summary>Since when the resource is known.</summary>
    public long Since { get; init; } = Start;

    /// <summary>The time between the last two reports of the resource; nothing when there was one.</summary>
    public long Interval { get; init; }
}
