using System.Globalization;
using Shop.Rig.Invariants;

namespace Shop.Rig.Chaos;

/// <summary>What a run was, as a table.</summary>
internal static class ChaosReport
{
    private const int MaxViolations = 5;

    public static void Write(ChaosResult result, ChaosOptions options, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{"fault",-24}{"happened",10}{"missed",10}");
        foreach (var (kind, happened, missed) in result.Faults)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind,-24}{happened,10}{missed,10}"));

        output.WriteLine();
        foreach (var status in result.Evidence.Orders.CountBy(order => $"orders {order.Status}").Concat(result.Evidence.Orders.CountBy(order => $"orders by {order.Flow}")).OrderBy(count => count.Key, StringComparer.Ordinal))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{status.Key,-34}{status.Value,10}"));
        foreach (var (name, count) in result.Tally.All)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34}{count,10}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"events committed",-34}{result.Evidence.Outbox.Count,10}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"events handled",-34}{result.Evidence.Inbox.Count,10}"));

        WriteFindings(result.Findings, output);
        output.WriteLine();
        output.WriteLine(result.Holds
            ? $"seed {options.Seed}: every invariant holds."
            : $"seed {options.Seed}: VIOLATED. Logs and notes are in {result.Directory}; the same faults again: ./shop chaos --seed {options.Seed} --minutes {options.Length.TotalMinutes:0.##}");
    }

    /// <summary>The invariants, and what is wrong with them.</summary>
    public static void WriteFindings(IReadOnlyList<Finding> findings, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{"invariant",-40}{"checked",10}{"violations",12}");
        foreach (var finding in findings)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{finding.Invariant,-40}{finding.Checked,10}{finding.Violations.Count,12}"));
            foreach (var violation in finding.Violations.Take(MaxViolations))
                output.WriteLine($"    {violation}");
        }
    }
}
