using System.Globalization;
using Shop.Rig.Bench.Load;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench.Measures;

/// <summary>Orders that come at half the rate the shop can do: how long each takes.</summary>
internal static class OpenLoopMeasure
{
    private const double ShareOfClosedLoop = 0.5;

    public static async Task RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var rate = Math.Max(1, Math.Round(ShareOfClosedLoop * (run.ClosedLoopRate ?? await FindRateAsync(run, cancellationToken))));
        var text = rate.ToString(CultureInfo.InvariantCulture);
        run.Progress.Step($"Open loop: {text} orders a second");
        var orders = await OrderLoad.RunOpenAsync(run.Shop.Buyers, rate, run.Options.Slice, cancellationToken);
        run.Accepted.AddRange(orders);
        await run.UntilAllEndedAsync(cancellationToken);
        var confirmed = await run.Confirmations.ReadAsync(orders, cancellationToken);

        var accept = new Percentiles(orders.Select(order => order.Latency));
        var confirm = new Percentiles(orders.Select(order => confirmed[order.Id] - order.Due));
        foreach (var (name, percentiles) in (ReadOnlySpan<(string, Percentiles)>)[("POST to 202", accept), ("POST to confirmed", confirm)])
        {
            foreach (var share in (ReadOnlySpan<int>)[50, 95, 99])
                run.Results.Figures.Add(new Figure($"Open loop, {text} orders a second", $"{name}, p{share}", percentiles.At(share / 100.0), "ms"));
        }
        run.Results.Plots.Add(new Plot($"Open loop, {text} orders a second: latency", "percentile", "ms", [Curve("POST to 202", accept), Curve("POST to confirmed", confirm)]));
    }

    private static async Task<double> FindRateAsync(BenchRun run, CancellationToken cancellationToken)
    {
        run.Progress.Step("Closed loop, to find the rate");
        var start = DateTime.UtcNow;
        var orders = await run.OrderClosedAsync(run.Options.ShortSlice, cancellationToken);
        return orders.Count / (DateTime.UtcNow - start).TotalSeconds;
    }

    private static PlotLine Curve(string name, Percentiles percentiles) =>
        new(name, [.. Enumerable.Range(1, 99).Select(share => new PlotPoint(share, percentiles.At(share / 100.0)))]);
}
