using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Metrics;

/// <summary>Lines that are ready to be drawn, and how their values are written.</summary>
public sealed record ChartView(IReadOnlyList<ChartLine> Lines, ChartUnit Unit, ChartTime Time)
{
    /// <summary>Whether there is anything to see.</summary>
    public bool HasValues => Lines.Any(line => line.Values.Any(value => value is not null));

    internal static ChartView Of(ChartReading reading, InstrumentInfo info, IReadOnlyList<ChartLine> lines, ChartTime time, string second, string minute)
    {
        // What a histogram measures has a unit, how often it did has none.
        var counted = info.Kind == InstrumentKind.Histogram ? "" : info.Unit;
        var unit = reading == ChartReading.Rate ? ChartUnit.Rate(counted, lines, second, minute) : ChartUnit.Of(info.Unit);
        return new ChartView([.. lines.Select(unit.Scale)], unit, time);
    }
}
