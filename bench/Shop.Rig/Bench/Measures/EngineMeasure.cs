using Shop.Rig.Bench.Engine;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench.Measures;

/// <summary>Shop.Messaging alone, on servers of its own: the relay with a long backlog, the consumer with a full queue.</summary>
internal static class EngineMeasure
{
    private const string Group = "Messaging alone";
    private const double LeastRelayed = 10_000;
    private const double LeastConsumed = 4_000;
    private const double MostMegabytes = 300;

    public static async Task RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var (rows, messages) = run.Options.Quick ? (20_000, 5_000) : (100_000, 40_000);
        run.Progress.Step("The messaging engine starts on servers of its own");
        await using var servers = await EngineServers.StartAsync(cancellationToken);
        var bench = new EngineBench(servers);
        run.Progress.Step($"Relay alone: a backlog of {rows:N0} rows");
        var relay = await bench.RelayAsync(rows, cancellationToken);
        run.Progress.Step($"Consumer alone: a queue of {messages:N0} messages");
        var consumer = await bench.ConsumeAsync(messages, cancellationToken);

        run.Results.Figures.AddRange([
            new Figure(Group, $"relay: {rows:N0} outbox rows to confirmed publishes", relay.PerSecond, "/s") { Target = new Target(LeastRelayed, IsMinimum: true) },
            new Figure(Group, "relay: its slowest tenth", relay.Slices.Min(slice => slice.PerSecond), "/s"),
            new Figure(Group, "relay: memory of the process at most", relay.Slices.Max(slice => slice.WorkingSetMegabytes), "MB")
            {
                Target = new Target(MostMegabytes, IsMinimum: false),
            },
            new Figure(Group, $"consumer: {messages:N0} messages to commits", consumer.PerSecond, "/s") { Target = new Target(LeastConsumed, IsMinimum: true) },
        ]);
        run.Results.Plots.Add(new Plot("Messaging alone: speed along the backlog", "tenths of the backlog", "messages a second", [
            Line("relay", relay), Line("consumer", consumer),
        ]));
    }

    private static PlotLine Line(string name, EngineResult result) =>
        new(name, [.. result.Slices.Select((slice, index) => new PlotPoint(index + 1, slice.PerSecond))]);
}
