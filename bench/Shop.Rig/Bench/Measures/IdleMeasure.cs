using Npgsql;
using Shop.Rig.Bench.Load;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench.Measures;

/// <summary>A shop that has nothing else to do: how much it does by itself, and how fast one order goes through.</summary>
internal static class IdleMeasure
{
    private const string Group = "Idle";
    private const double MostStatements = 2;
    private const double LongestAccept = 8;
    private const double LongestConfirm = 30;

    /// <summary>A backend of PostgreSQL that has nothing more to do reports what it did as late as this.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(11);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly string[] Databases = ["authdb", "catalogdb", "ordersdb", "paymentsdb", "notificationsdb"];

    public static async Task RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var quiet = TimeSpan.FromSeconds(run.Options.Quick ? 6 : 30);
        run.Progress.Step($"Idle: nothing for {quiet.TotalSeconds} s");
        await Task.Delay(Settling, cancellationToken);
        var before = await CountTransactionsAsync(run, cancellationToken);
        var usedBefore = run.Meter.Read(withMemory: false);
        await Task.Delay(quiet, cancellationToken);
        var usedAfter = run.Meter.Read(withMemory: false);
        var after = await CountTransactionsAsync(run, cancellationToken);
        var busiest = Databases.MaxBy(database => after[database] - before[database])!;
        run.Results.Figures.Add(new Figure(Group, $"SQL transactions of the busiest service ({busiest})", (after[busiest] - before[busiest]) / quiet.TotalSeconds, "/s")
        {
            Target = new Target(MostStatements, IsMinimum: false),
        });
        run.Results.Figures.Add(new Figure(Group, "processor time of all services and servers together",
            100 * usedAfter.Where(used => used.Key != ProcessMeter.LoadGenerator).Sum(used => (used.Value.Cpu - usedBefore[used.Key].Cpu).TotalSeconds) / quiet.TotalSeconds,
            "% of one"));

        run.Progress.Step("Idle: one order at a time");
        var orders = await OrderLoad.RunQuietAsync(run.Shop.Buyers, run.Options.Quick ? 25 : 100, Pause, cancellationToken);
        run.Accepted.AddRange(orders);
        await run.UntilAllEndedAsync(cancellationToken);
        var confirmed = await run.Confirmations.ReadAsync(orders, cancellationToken);

        var accept = new Percentiles(orders.Select(order => order.Latency));
        var confirm = new Percentiles(orders.Select(order => confirmed[order.Id] - order.Due));
        run.Results.Figures.AddRange([
            new Figure(Group, "POST to 202, p50", accept.At(0.5), "ms") { Target = new Target(LongestAccept, IsMinimum: false) },
            new Figure(Group, "POST to 202, p95", accept.At(0.95), "ms"),
            new Figure(Group, "POST to confirmed, p50", confirm.At(0.5), "ms") { Target = new Target(LongestConfirm, IsMinimum: false) },
            new Figure(Group, "POST to confirmed, p95", confirm.At(0.95), "ms"),
            .. await OrderStages.ReadAsync(run, orders, cancellationToken),
        ]);
    }

    /// <remarks>A statement outside a transaction is one.</remarks>
    private static async Task<Dictionary<string, long>> CountTransactionsAsync(BenchRun run, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection((await run.Shop.ServerAsync(cancellationToken)).ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT datname, xact_commit + xact_rollback FROM pg_stat_database WHERE datname = ANY ($1)", connection)
        {
            Parameters = { new() { Value = Databases } },
        };
        Dictionary<string, long> counts = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            counts.Add(reader.GetString(0), reader.GetInt64(1));
        return counts;
    }
}
