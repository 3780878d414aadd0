using System.Globalization;

namespace Shop.Rig.Bench.Report;

/// <summary>The results as a table for people who watch the run.</summary>
internal static class ConsoleTable
{
    public static void Write(Results results, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(results.Machine);
        string? group = null;
        foreach (var figure in results.Figures)
        {
            if (figure.Group != group)
            {
                output.WriteLine();
                output.WriteLine(figure.Group);
                group = figure.Group;
            }
            output.WriteLine($"  {figure.Name,-52} {Number(figure.Value),10} {figure.Unit,-10} {Compare(figure),-44}{Judge(figure)}".TrimEnd());
        }

        if (results.Statements.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Statements of one order: calls, ms");
        }
        foreach (var statement in results.Statements)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {statement.Calls,6:0.00} {statement.Milliseconds,8:0.000} {statement.Database,-16} {statement.Text}"));

        output.WriteLine();
        output.WriteLine("Invariants");
        foreach (var check in results.Checks)
            output.WriteLine($"  {check.Name,-52} {(check.Holds ? check.Actual : $"{check.Actual}, but expected {check.Expected}")} {(check.Holds ? "✓" : "✗")}");
        output.WriteLine();
    }

    /// <summary>As many digits as say something.</summary>
    public static string Number(double value) => value.ToString(value switch
    {
        >= 1_000 => "N0",
        >= 100 => "0",
        >= 10 => "0.0",
        _ => "0.00",
    }, CultureInfo.InvariantCulture);

    public static string Compare(Figure figure) => figure.Ratio is { } ratio ? $"{Number(ratio.Value)} of {ratio.Of}" : "";

    public static string Judge(Figure figure) => figure.Target is { } target ? $"{(target.IsMetBy(figure) ? "✓" : "✗")} {target}" : "";
}
