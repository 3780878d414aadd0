using Npgsql;

namespace Shop.Rig.Bench.Load;

/// <summary>When orders were confirmed, as their database knows it.</summary>
internal sealed class Confirmations(NpgsqlConnection orders) : IAsyncDisposable
{
    /// <summary>Longer than any backlog of a slice takes that is not stuck.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public static async Task<Confirmations> OpenAsync(BenchShop shop, CancellationToken cancellationToken) =>
        new(await shop.Shop.OpenDatabaseAsync("ordersdb", cancellationToken));

    /// <summary>Waits until no order is on its way.</summary>
    /// <exception cref="TimeoutException">Some stay open.</exception>
    public async Task UntilAllEndedAsync(Action<long> report, CancellationToken cancellationToken)
    {
        // Both counts come from small partial indexes.
        await using var command = new NpgsqlCommand("""
            SELECT (SELECT count(*) FROM orders WHERE status IN ('pending', 'awaiting_payment')) + (SELECT count(*) FROM orders WHERE status = 'paid')
            """, orders);
        var deadline = DateTime.UtcNow + LongestWait;
        while (await command.ExecuteScalarAsync(cancellationToken) is > 0L and var open)
        {
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"{open} orders are still open after {LongestWait.TotalSeconds} s.");
            report((long)open);
            await Task.Delay(Poll, cancellationToken);
        }
    }

    /// <summary>The commit times of the confirmed ones among these orders.</summary>
    public async Task<IReadOnlyDictionary<Guid, DateTime>> ReadAsync(IReadOnlyList<AcceptedOrder> accepted, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT id, pg_xact_commit_timestamp(xmin) FROM orders WHERE id = ANY ($1) AND status = 'confirmed'
            """, orders)
        {
            Parameters = { new() { Value = accepted.Select(order => order.Id).ToArray() } },
        };
        Dictionary<Guid, DateTime> confirmed = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            confirmed.Add(reader.GetGuid(0), reader.GetDateTime(1));
        return confirmed;
    }

    public ValueTask DisposeAsync() => orders.DisposeAsync();
}
