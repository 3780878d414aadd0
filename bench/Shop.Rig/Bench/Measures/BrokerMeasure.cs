using Aspire.Hosting.Testing;
using Shop.Rig.Bench.Floors;
using Shop.Rig.Bench.Load;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench.Measures;

/// <summary>What the client library alone can do with the shop's broker.</summary>
internal static class BrokerMeasure
{
    private const string Group = "Bare broker (quorum queue)";

    public static async Task RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        run.Progress.Step("The bare broker");
        var uri = await run.Shop.Shop.App.GetConnectionStringAsync("rabbitmq", cancellationToken);
        await using var floor = await BrokerFloor.ConnectAsync(uri!, cancellationToken);
        var count = run.Options.Quick ? 10_000 : 40_000;
        List<double> published = [];
        List<double> consumed = [];
        await floor.PublishAsync(count / 4, cancellationToken);
        await floor.ConsumeAsync(count / 4, cancellationToken);
        for (var slice = 0; slice < run.Options.Slices; slice++)
        {
            published.Add(await floor.PublishAsync(count, cancellationToken));
            consumed.Add(await floor.ConsumeAsync(count, cancellationToken));
        }
        run.Results.Figures.AddRange([
            new Figure(Group, "published and confirmed", Median.Of(published), "/s"),
            new Figure(Group, "consumed and acknowledged", Median.Of(consumed), "/s"),
        ]);
    }
}
