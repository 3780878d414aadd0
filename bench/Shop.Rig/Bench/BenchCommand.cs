using Shop.Rig.Bench.Load;
using Shop.Rig.Bench.Measures;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench;

/// <summary>Measures the shop and compares it with what bare SQL and a bare broker do on the same machine in the same run.</summary>
internal static class BenchCommand
{
    public static Command Command { get; } = new(
        "bench", "Measures the shop: bench [--quick] [--only NAME,...] [--buyers N] [--statements]", RunAsync);

    private static readonly string[] Resources = ["postgres", "rabbitmq", "redis", "auth", "catalog", "orders", "payments", "notifications", "web", "telegrambot", "sandbox"];

    private static async Task<int> RunAsync(string[] args)
    {
        BenchOptions options;
        try
        {
            options = BenchOptions.Parse(args);
        }
        catch (ArgumentException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{BenchOptions.Usage}");
            return 2;
        }

        using var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stopping.Cancel();
        };
        try
        {
            return await RunAsync(options, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 130;
        }
    }

    private static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var progress = new Progress();
        progress.Step("The machine is looked at");
        var results = new Results(Machine.Describe());
        progress.Step("The shop starts");
        await using var shop = await BenchShop.StartAsync(options, cancellationToken);
        var meter = await ProcessMeter.CreateAsync(shop, Resources, cancellationToken);
        await using var confirmations = await Confirmations.OpenAsync(shop, cancellationToken);
        var run = new BenchRun(options, shop, meter, confirmations, results, progress);

        await MeasureAsync(run, cancellationToken);

        progress.Step("The invariants are checked");
        results.Checks.AddRange(await BenchChecks.RunAsync(run, cancellationToken));
        progress.Close();
        ConsoleTable.Write(results, Console.Out);
        Console.WriteLine($"Written to {await ResultFiles.WriteAsync(results, cancellationToken)}");
        return results.Checks.TrueForAll(check => check.Holds) ? 0 : 1;
    }

    private static async Task MeasureAsync(BenchRun run, CancellationToken cancellationToken)
    {
        run.Progress.Step("The services warm up: first requests, compilation");
        await run.OrderClosedAsync(run.Options.WarmUp, cancellationToken);

        (string Name, Func<BenchRun, CancellationToken, Task> MeasureAsync)[] measures =
        [
            ("idle", IdleMeasure.RunAsync),
            ("catalogue", CatalogueMeasure.RunAsync),
            ("orders", ClosedLoopMeasure.RunAsync),
            ("open", OpenLoopMeasure.RunAsync),
            ("broker", BrokerMeasure.RunAsync),
            ("engine", EngineMeasure.RunAsync),
        ];
        foreach (var (name, measureAsync) in measures)
        {
            if (run.Options.Only.Contains(name))
                await measureAsync(run, cancellationToken);
        }
    }
}
