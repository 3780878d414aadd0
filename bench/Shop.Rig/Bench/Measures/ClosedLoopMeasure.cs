using System.Globalization;
using Shop.Rig.Bench.Floors;
using Shop.Rig.Bench.Load;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench.Measures;

/// <summary>
/// As many whole orders as the machine can do, and as many order lives as bare SQL can do in the same time: in turns, so
/// that both meet the machine in the same mood.
/// </summary>
internal static class ClosedLoopMeasure
{
    private const string Group = "Closed loop";
    private const double SmallestShareOfFloor = 0.5;

    public static async Task RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var buyers = run.Shop.Buyers.Count;
        await using var floor = await SqlFloor.CreateAsync(run.Shop, buyers, cancellationToken);
        await floor.RunAsync(TimeSpan.FromSeconds(2), cancellationToken);

        List<Slice> slices = [];
        List<double> floors = [];
        for (var number = 1; number <= run.Options.Slices; number++)
        {
            run.Progress.Step(string.Create(CultureInfo.InvariantCulture, $"Closed loop: {buyers} buyers, slice {number} of {run.Options.Slices}"));
            slices.Add(await RunSliceAsync(run, cancellationToken));
            run.Progress.Step("The same rows by bare SQL");
            floors.Add(await floor.RunAsync(run.Options.Slice / 2, cancellationToken));
        }

        var (whole, accepted, sql) = (Median.Of(slices.Select(slice => slice.WholePerSecond)), Median.Of(slices.Select(slice => slice.AcceptedPerSecond)), Median.Of(floors));
        run.Results.Figures.AddRange([
            new Figure(Group, "whole orders, POST to confirmed", whole, "/s")
            {
                Ratio = new Ratio(whole / sql, "bare SQL"),
                Target = new Target(SmallestShareOfFloor, IsMinimum: true, OfRatio: true),
            },
            new Figure(Group, "orders accepted while the buyers press", accepted, "/s"),
            new Figure(Group, "bare SQL: the same rows, one by one, no HTTP, no broker", sql, "/s"),
        ]);
        run.ClosedLoopRate = whole;

        var last = slices[^1];
        AddUsage(run, last);
        run.Results.Plots.Add(new Plot("Closed loop: orders accepted and confirmed", "seconds", "orders", [
            new PlotLine("accepted", Cumulate(last.Start, last.Orders.Select(order => order.Accepted))),
            new PlotLine("confirmed", Cumulate(last.Start, last.Confirmed)),
        ]));
    }

    private static async Task<Slice> RunSliceAsync(BenchRun run, CancellationToken cancellationToken)
    {
        await using var statements = run.Options.Statements ? await StatementStatistics.StartAsync(run, cancellationToken) : null;
        var before = run.Meter.Read(withMemory: false);
        var orders = await run.OrderClosedAsync(run.Options.Slice, cancellationToken);
        var after = run.Meter.Read(withMemory: true);
        if (statements is not null)
        {
            run.Results.Statements.Clear();
            run.Results.Statements.AddRange(await statements.ReadAsync(orders.Count, cancellationToken));
        }

        var confirmed = await run.Confirmations.ReadAsync(orders, cancellationToken);
        return new Slice(orders.Min(order => order.Due), orders, [.. confirmed.Values], before, after);
    }

    private static void AddUsage(BenchRun run, Slice slice)
    {
        List<Bar> cpu = [];
        List<Bar> memory = [];
        foreach (var (name, used) in slice.After.OrderByDescending(used => used.Value.Cpu - slice.Before[used.Key].Cpu))
        {
            cpu.Add(new Bar(name, (used.Cpu - slice.Before[name].Cpu).TotalMilliseconds / slice.Orders.Count));
            memory.Add(new Bar(name, used.PssBytes / 1e6));
        }
        run.Results.Figures.Add(new Figure("Processor time and memory of an order", "all processes", cpu.Sum(bar => bar.Value), "ms"));
        foreach (var (bar, size) in cpu.Zip(memory))
            run.Results.Figures.Add(new Figure("Processor time and memory of an order", string.Create(CultureInfo.InvariantCulture, $"{bar.Name} ({size.Value:0} MB)"), bar.Value, "ms"));
        run.Results.Charts.Add(new BarChart("Closed loop: processor time of one order", "ms", cpu));
        run.Results.Charts.Add(new BarChart("Memory after the closed loop", "MB", memory));
    }

    private static List<PlotPoint> Cumulate(DateTime start, IEnumerable<DateTime> moments)
    {
        const double Step = 0.25;
        double[] seconds = [.. moments.Select(moment => (moment - start).TotalSeconds).Order()];
        List<PlotPoint> points = [new(0, 0)];
        var count = 0;
        for (var end = Step; count < seconds.Length; end += Step)
        {
            while (count < seconds.Length && seconds[count] <= end)
                count++;
            points.Add(new PlotPoint(end, count));
        }
        return points;
    }

    private sealed record Slice(
        DateTime Start, IReadOnlyList<AcceptedOrder> Orders, IReadOnlyList<DateTime> Confirmed,
        IReadOnlyDictionary<string, Usage> Before, IReadOnlyDictionary<string, Usage> After)
    {
        public double AcceptedPerSecond => Orders.Count / (Orders.Max(order => order.Accepted) - Start).TotalSeconds;

        /// <summary>All of them, up to the confirmation of the last.</summary>
        public double WholePerSecond => Confirmed.Count / (Confirmed.Max() - Start).TotalSeconds;
    }
}
