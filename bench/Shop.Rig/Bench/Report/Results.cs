using System.Globalization;

namespace Shop.Rig.Bench.Report;

/// <summary>One measured number.</summary>
/// <param name="Group">What it belongs to; the table's heading.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Figure(string Group, string Name, double Value, string Unit)
{
    /// <summary>How it compares with another figure of the run.</summary>
    public Ratio? Ratio { get; init; }

    /// <summary>What it is meant to be.</summary>
    public Target? Target { get; init; }
}

/// <summary>A comparison.</summary>
/// <param name="Value">This figure divided by the other.</param>
/// <param name="Of">The other figure.</param>
internal sealed record Ratio(double Value, string Of);

/// <summary>What a figure is meant to be.</summary>
/// <param name="Bound">The worst value that is good enough.</param>
/// <param name="IsMinimum">Whether more is better.</param>
/// <param name="OfRatio">Whether the bound is on the ratio, and not on the value.</param>
internal sealed record Target(double Bound, bool IsMinimum, bool OfRatio = false)
{
    public bool IsMetBy(Figure figure)
    {
        var value = OfRatio ? figure.Ratio!.Value : figure.Value;
        return IsMinimum ? value >= Bound : value <= Bound;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsMinimum ? "≥" : "≤")} {Bound:0.##}");
}

/// <summary>Values along an axis.</summary>
internal sealed record Plot(string Title, string XLabel, string YLabel, IReadOnlyList<PlotLine> Lines);

/// <summary>One line of a plot.</summary>
internal sealed record PlotLine(string Name, IReadOnlyList<PlotPoint> Points);

/// <summary>One point of a line.</summary>
internal readonly record struct PlotPoint(double X, double Y);

/// <summary>Values beside each other.</summary>
internal sealed record BarChart(string Title, string Unit, IReadOnlyList<Bar> Bars);

/// <summary>One bar.</summary>
internal sealed record Bar(string Name, double Value);

/// <summary>Whether something that must hold did.</summary>
internal sealed record Check(string Name, string Expected, string Actual)
{
    public bool Holds => Expected == Actual;
}

/// <summary>What a statement cost one order.</summary>
/// <param name="Database">Where it ran.</param>
/// <param name="Text">The statement, its constants replaced.</param>
/// <param name="Calls">How often it ran for one order.</param>
/// <param name="Milliseconds">How long it ran in all for one order, waiting for locks included.</param>
internal sealed record StatementCost(string Database, string Text, double Calls, double Milliseconds);

/// <summary>All that a run found out.</summary>
internal sealed class Results(Machine machine)
{
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    public Machine Machine { get; } = machine;

    public List<Figure> Figures { get; } = [];

    public List<BarChart> Charts { get; } = [];

    public List<Plot> Plots { get; } = [];

    /// <summary>The most expensive statements of a closed loop, if they were asked for.</summary>
    public List<StatementCost> Statements { get; } = [];

    public List<Check> Checks { get; } = [];
}
