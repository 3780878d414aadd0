using Aspire.Dashboard.Shared;

namespace Aspire.Dashboard.Metrics;

/// <summary>Writes the values of a chart.</summary>
/// <param name="Unit">The instrument's: of UCUM, where a note in braces says what is counted.</param>
/// <param name="Factor">What values are multiplied with to be drawn.</param>
/// <param name="Suffix">What is written behind them.</param>
public sealed record ChartUnit(string Unit, double Factor, string Suffix)
{
    private const double SlowestPerSecond = 2;
    private const string PercentUnit = "%";
    private const string CurrencyUnit = "{currency}"; // Nobody thinks of money in seconds.

    /// <summary>A share of the whole.</summary>
    public static ChartUnit Percent { get; } = Of(PercentUnit);

    /// <summary>Values of an instrument themselves.</summary>
    public static ChartUnit Of(string unit) => new(unit, 1, "");

    /// <summary>Growth, per second or, of what is counted and happens seldom, per minute.</summary>
    public static ChartUnit Rate(string unit, IReadOnlyList<ChartLine> lines, string second, string minute) =>
        unit == CurrencyUnit || (IsCount(unit) && !lines.Any(line => line.Values.Any(value => value >= SlowestPerSecond)))
            ? new ChartUnit(unit, 60, $"/{minute}")
            : new ChartUnit(unit, 1, $"/{second}");

    /// <summary>A value that was multiplied already.</summary>
    public string Write(double value) => $"{WriteAmount(value)}{Suffix}";

    /// <summary>A value that is no rate, if there is one.</summary>
    public string WriteAmount(double? value) => value is not { } amount ? "–" : Unit switch
    {
        PercentUnit => $"{Format.Number(amount)} %",
        "s" => Format.Duration(amount * 1e9),
        "ms" => Format.Duration(amount * 1e6),
        "By" => Format.Bytes(amount),
        _ => Format.Number(amount),
    };

    /// <summary>The line as it is drawn.</summary>
    public ChartLine Scale(ChartLine line) => Factor == 1 ? line : line with { Values = [.. line.Values.Select(value => value * Factor)] };

    private static bool IsCount(string unit) => unit is "" or "1" || unit.StartsWith('{');
}
