using Npgsql;
using Shop.Rig.Bench.Load;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench.Measures;

/// <summary>Where an order's time goes, read afterwards from the commit times of what each service wrote for it.</summary>
internal static class OrderStages
{
    private static readonly Stage[] Stages =
    [
        new("order stored", "ordersdb", "SELECT order_id, pg_xact_commit_timestamp(xmin) FROM order_status_changes WHERE status = 'pending' AND order_id = ANY ($1)"),
        new("order.created confirmed by the broker", "ordersdb", Published("order.created")),
        new("payment begun", "paymentsdb", "SELECT order_id, created_at FROM payments WHERE order_id = ANY ($1)"),
        new("payment stored", "paymentsdb", "SELECT order_id, pg_xact_commit_timestamp(xmin) FROM payments WHERE order_id = ANY ($1)"),
        new("payment.processed confirmed", "paymentsdb", Published("payment.processed")),
        new("notification begun", "notificationsdb", "SELECT order_id, created_at FROM notifications WHERE order_id = ANY ($1)"),
        new("notification sent and stored", "notificationsdb", "SELECT order_id, pg_xact_commit_timestamp(xmin) FROM notifications WHERE order_id = ANY ($1)"),
        new("notification.sent confirmed", "notificationsdb", Published("notification.sent")),
        new("order confirmed", "ordersdb", "SELECT order_id, pg_xact_commit_timestamp(xmin) FROM order_status_changes WHERE status = 'confirmed' AND order_id = ANY ($1)"),
    ];

    private const string Group = "Idle: from the request until, p50";

    /// <summary>The median time from the request to the end of each stage.</summary>
    public static async Task<IReadOnlyList<Figure>> ReadAsync(BenchRun run, IReadOnlyList<AcceptedOrder> orders, CancellationToken cancellationToken)
    {
        List<Figure> figures = [];
        foreach (var stage in Stages)
        {
            await using var database = await run.Shop.Shop.OpenDatabaseAsync(stage.Database, cancellationToken);
            var ends = await ReadAsync(database, stage.Sql, orders, cancellationToken);
            var times = orders.Where(order => ends.ContainsKey(order.Id)).Select(order => ends[order.Id] - order.Due);
            figures.Add(new Figure(Group, stage.Name, new Percentiles(times).At(0.5), "ms"));
        }

        return figures;
    }

    private static string Published(string type) => $"SELECT key::uuid, published_at FROM outbox WHERE type = '{type}' AND key = ANY ($1::uuid[]::text[])";

    private static async Task<Dictionary<Guid, DateTime>> ReadAsync(
        NpgsqlConnection database, string sql, IReadOnlyList<AcceptedOrder> orders, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, database) { Parameters = { new() { Value = orders.Select(order => order.Id).ToArray() } } };
        Dictionary<Guid, DateTime> ends = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            ends.TryAdd(reader.GetGuid(0), reader.GetDateTime(1));
        return ends;
    }

    private sealed record Stage(string Name, string Database, string Sql);
}
