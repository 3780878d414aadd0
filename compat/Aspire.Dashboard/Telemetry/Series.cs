namespace Aspire.Dashboard.Telemetry;

/// <summary>The values of an instrument for one combination of dimensions: finely the newest, coarsely the older.</summary>
internal sealed class Series
{
    private const long Second = 1_000_000_000;

    private readonly TimeSlots<double>[] _numbers = [new(Second, 300), new(10 * Second, 360), new(120 * Second, 360)];
    private readonly TimeSlots<HistogramValue>[] _histograms = [new(Second, 300), new(10 * Second, 360), new(120 * Second, 360)];
    private readonly bool _isHistogram;
    private readonly bool _grows;
    private double _told;
    private double _number;
    private double _numberBefore;
    private HistogramValue? _histogram;
    private HistogramValue? _histogramBefore;

    /// <param name="first">The first point.</param>
    /// <param name="kind">How the values are read: those that only grow go on where they were when a restarted process begins anew.</param>
    /// <param name="start">Since when a sum counts; nothing when that is not known.</param>
    public Series(MetricPoint first, InstrumentKind kind, long start)
    {
        Dimensions = first.Dimensions;
        Start = start;
        _grows = kind is InstrumentKind.Counter or InstrumentKind.Histogram;
        _isHistogram = first.Histogram is not null;
    }

    public AttributeList Dimensions { get; }

    /// <summary>Since when sums count: their value was zero then. Nothing when that is not known.</summary>
    public long Start { get; }

    public long LastSeen { get; private set; }

    /// <summary>Takes a point over. Not for several threads at once, nor with readers.</summary>
    /// <returns>Whether it fits to the points before.</returns>
    public bool Put(MetricPoint point)
    {
        if (_isHistogram != point.Histogram is not null || (point.Histogram is { } histogram && _histogram is { } before && !histogram.Bounds.AsSpan().SequenceEqual(before.Bounds)))
            return false;

        if (point.Time < LastSeen && !point.IsDelta)
            return true; // Late: what is known is newer.

        // Each delta begins anew, and so does a process: then its sum is less, or began after all that was told. (Who does not say
        // since when is taken to begin at the point itself.)
        var count = point.Histogram?.Count ?? point.Number;
        var isAnew = point.IsDelta || (_grows && (count < _told || (point.Start > LastSeen && point.Start < point.Time)));
        _told = count;
        LastSeen = Math.Max(LastSeen, point.Time);
        if (point.Histogram is { } told)
        {
            if (isAnew)
                _histogramBefore = _histogram;
            var value = _histogramBefore?.Plus(told) ?? told;
            // An idle histogram costs no memory: what has not changed is the same object.
            if (_histogram is not null && _histogram.Count == value.Count && _histogram.Sum.Equals(value.Sum))
                return true;

            _histogram = value with { Bounds = _histogram?.Bounds ?? value.Bounds };
            foreach (var slots in _histograms)
                slots.Put(point.Time, _histogram);
        }
        else
        {
            if (isAnew)
                _numberBefore = _number;
            _number = _numberBefore + point.Number;
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
