namespace Aspire.Dashboard.Telemetry;

/// <summary>The values of all instruments. A series beyond the limit is refused: dropping the oldest would drop what runs longest.</summary>
internal sealed class MetricStore(TelemetryLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<InstrumentKey, Instrument> _instruments = [];
    private readonly Dictionary<TelemetryResource, Reports> _reports = [];
    private int _series;
    private long _refused;
    private long _cleared;

    public Topic Changed { get; } = new();

    /// <summary>Points that were not taken.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public int SeriesCount => Volatile.Read(ref _series);

    /// <returns>How many points were refused.</returns>
    public int Add(InstrumentInfo info, IReadOnlyCollection<MetricPoint> points)
    {
        var refused = 0;
        lock (_lock)
        {
            if (!_instruments.TryGetValue(info.Key, out var instrument))
            {
                if (_series >= limits.MaxMetricsCount)
                {
                    _refused += points.Count;
                    return points.Count;
                }

                _instruments[info.Key] = instrument = new Instrument(info, []);
            }

            if (!_reports.TryGetValue(info.Key.Resource, out var reports))
                _reports[info.Key.Resource] = reports = new Reports();
            foreach (var point in points)
            {
                reports.Take(point.Time);
                if (!instrument.Series.TryGetValue(point.Dimensions, out var series))
                {
                    if (_series >= limits.MaxMetricsCount)
                    {
                        refused++;
                        continue;
                    }

                    // Of a sum that was thrown away only what is added to it is shown again.
                    var start = point.IsDelta || point.Start > _cleared ? point.Start : 0;
                    instrument.Series[point.Dimensions] = series = new Series(point, instrument.Info.Kind, Math.Max(start, reports.Previous));
                    _series++;
                }

                if (!series.Put(point))
                    refused++;
            }

            _refused += refused;
        }

        Changed.Raise();
        return refused;
    }

    /// <summary>All instruments, by resource, meter and name.</summary>
    public IReadOnlyList<InstrumentInfo> Instruments()
    {
        InstrumentInfo[] found;
        lock (_lock)
            found = [.. _instruments.Values.Select(instrument => instrument.Info)];
        return [.. found.OrderBy(info => info.Key.Resource.Id, StringComparer.Ordinal).ThenBy(info => info.Key.Meter, StringComparer.Ordinal).ThenBy(info => info.Key.Name, StringComparer.Ordinal)];
    }

    /// <summary>The series of an instrument; none when it is not known.</summary>
    /// <param name="key">The instrument.</param>
    /// <param name="length">The nanoseconds that are looked at.</param>
    public IReadOnlyList<SeriesPoints> Read(InstrumentKey key, long length)
    {
        lock (_lock)
            return _instruments.TryGetValue(key, out var instrument) ? [.. instrument.Series.Values.Select(series => Read(instrument.Info, series, length))] : [];
    }

    public void Clear()
    {
        lock (_lock)
        {
            _cleared = _reports.Values.Select(reports => reports.Last).Append(_cleared).Max();
            _instruments.Clear();
            _reports.Clear();
            _series = 0;
        }

        Changed.Raise();
    }

    private SeriesPoints Read(InstrumentInfo info, Series series, long length)
    {
        var reports = _reports[info.Key.Resource];
        var points = series.Read(length);
        return points with
        {
            Resource = info.Key.Resource,
            Since = reports.First,
            Interval = reports.Previous > 0 ? reports.Last - reports.Previous : 0,
            // A sum of which nothing is said has not grown; of a gauge nothing is known.
            LastSeen = info.Kind == InstrumentKind.Gauge ? points.LastSeen : Math.Max(points.LastSeen, reports.Last),
        };
    }

    /// <summary>When a resource told its values: all of them together, or nearly.</summary>
    private sealed class Reports
    {
        private const long Together = 200_000_000;

        public long First { get; private set; }

        /// <summary>The report before the last; nothing when there was none.</summary>
        public long Previous { get; private set; }

        public long Last { get; private set; }

        public void Take(long time)
        {
            if (First == 0)
                First = time;
            else if (time - Last > Together)
                Previous = Last;
            Last = Math.Max(Last, time);
        }
    }

    private sealed record Instrument(InstrumentInfo Info, Dictionary<AttributeList, Series> Series);
}
