using System.Collections.Concurrent;

namespace Shop.Rig.Bench.Load;

/// <summary>An order that was accepted.</summary>
/// <param name="Id">The order.</param>
/// <param name="Due">When it was to be sent, UTC.</param>
/// <param name="Accepted">When the answer was there, UTC.</param>
internal readonly record struct AcceptedOrder(Guid Id, DateTime Due, DateTime Accepted)
{
    public TimeSpan Latency => Accepted - Due;
}

/// <summary>The ways orders come in.</summary>
internal static class OrderLoad
{
    private const int MaxOrders = 1_000_000;

    /// <summary>Closed loop: each buyer orders again as soon as the last order is accepted.</summary>
    public static async Task<IReadOnlyList<AcceptedOrder>> RunClosedAsync(
        IReadOnlyList<Buyer> buyers, TimeSpan duration, CancellationToken cancellationToken)
    {
        var end = DateTime.UtcNow + duration;
        var orders = await Task.WhenAll(buyers.Select(buyer => Task.Run(() => OrderUntilAsync(buyer, end, cancellationToken), cancellationToken)));
        return [.. orders.SelectMany(accepted => accepted)];
    }

    /// <summary>
    /// Open loop: orders come at their times, whether the shop keeps up or not. A latency counts from the time the order was
    /// due, so one that had to wait for the others does not look fast.
    /// </summary>
    public static async Task<IReadOnlyList<AcceptedOrder>> RunOpenAsync(
        IReadOnlyList<Buyer> buyers, double perSecond, TimeSpan duration, CancellationToken cancellationToken)
    {
        ConcurrentQueue<AcceptedOrder> accepted = [];
        List<Task> underWay = [];
        var count = Math.Min((int)(perSecond * duration.TotalSeconds), MaxOrders);
        var start = DateTime.UtcNow;
        for (var i = 0; i < count; i++)
        {
            var due = start + TimeSpan.FromSeconds(i / perSecond);
            if (due - DateTime.UtcNow is { Ticks: > 0 } wait)
                await Task.Delay(wait, cancellationToken);
            var buyer = buyers[i % buyers.Count];
            underWay.Add(Task.Run(async () => accepted.Enqueue(await OrderOnceAsync(buyer, due, cancellationToken)), cancellationToken));
        }
        await Task.WhenAll(underWay);
        return [.. accepted];
    }

    /// <summary>One order at a time with a pause after each, as on a quiet day.</summary>
    public static async Task<IReadOnlyList<AcceptedOrder>> RunQuietAsync(
        IReadOnlyList<Buyer> buyers, int count, TimeSpan pause, CancellationToken cancellationToken)
    {
        List<AcceptedOrder> accepted = [];
        for (var i = 0; i < count; i++)
        {
            accepted.Add(await OrderOnceAsync(buyers[i % buyers.Count], DateTime.UtcNow, cancellationToken));
            await Task.Delay(pause, cancellationToken);
        }
        return accepted;
    }

    private static async Task<List<AcceptedOrder>> OrderUntilAsync(Buyer buyer, DateTime end, CancellationToken cancellationToken)
    {
        List<AcceptedOrder> accepted = [];
        for (var now = DateTime.UtcNow; now < end; now = DateTime.UtcNow)
            accepted.Add(await OrderOnceAsync(buyer, now, cancellationToken));
        return accepted;
    }

    private static async Task<AcceptedOrder> OrderOnceAsync(Buyer buyer, DateTime due, CancellationToken cancellationToken)
    {
        var id = await buyer.OrderAsync(cancellationToken);
        return new AcceptedOrder(id, due, DateTime.UtcNow);
    }
}
