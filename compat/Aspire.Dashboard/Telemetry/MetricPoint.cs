namespace Aspire.Dashboard.Telemetry;

/// <summary>How the values of an instrument are read.</summary>
internal enum InstrumentKind
{
    /// <summary>The last value counts.</summary>
    Gauge,

    /// <summary>A sum that only grows: its growth counts.</summary>
    Counter,

    /// <summary>A sum that goes up and down.</summary>
    UpDownCounter,

    /// <summary>How many values lay between which bounds.</summary>
    Histogram,
}

/// <summary>An instrument of one copy of a service.</summary>
/// <param name="Resource">Who has it.</param>
/// <param name="Meter">The name of the meter.</param>
/// <param name="Name">The name of the instrument.</param>
internal sealed record InstrumentKey(TelemetryResource Resource, string Meter, string Name);

/// <summary>What does not change about an instrument.</summary>
internal sealed record InstrumentInfo(InstrumentKey Key, InstrumentKind Kind, string Unit, string Description);

/// <summary>The counts of a histogram.</summary>
/// <param name="Count">All values.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="Buckets">One more than there are bounds: the last is for what is greater than all of them.</param>
/// <param name="Bounds">The inclusive upper bounds, ascending.</param>
internal sealed record HistogramValue(double Count, double Sum, double[] Buckets, double[] Bounds)
{
    public HistogramValue Plus(HistogramValue other) => Combine(other, static (left, right) => left + right);

    public HistogramValue Minus(HistogramValue other) => Combine(other, static (left, right) => left - right);

    private HistogramValue Combine(HistogramValue other, Func<double, double, double> operation)
    {
        var buckets = new double[Buckets.Length];
        for (var i = 0; i < buckets.Length; i++)
            buckets[i] = operation(Buckets[i], other.Buckets[i]);
        return new HistogramValue(operation(Count, other.Count), operation(Sum, other.Sum), buckets, Bounds);
    }
}

/// <summary>A value of an instrument at a time (nanoseconds since 1970).</summary>
internal sealed record MetricPoint
{
    public required AttributeList Dimensions { get; init; }

    public required long Time { get; init; }

    /// <summary>Since when a sum or histogram counts.</summary>
    public long Start { get; init; }

    /// <summary>Whether the value is what was added since the last point, rather than since <see cref="Start"/>.</summary>
    public bool IsDelta { get; init; }

    public double Number { get; init; }

    /// <summary>Given for histograms alone.</summary>
    public HistogramValue? Histogram { get; init; }
}
