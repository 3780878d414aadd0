using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Shop.Catalog.Data;
using Shop.Catalog.Products;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Http;

namespace Shop.Catalog.Reservations;

/// <summary>
/// Keeps, sells and gives back pieces. Every operation is one transaction that locks the reservation first and then
/// the stock rows in the order of their product ids, so operations wait for each other but never in a circle.
/// Doing one twice changes nothing.
/// </summary>
internal sealed class ReservationDesk(CatalogDbContext db, ProductListCache cache, IOptions<ReservationOptions> options)
{
    /// <summary>Holds pieces for an order, all of them or none.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="items">Each product once.</param>
    /// <param name="language">The language of the names on the reservation.</param>
    /// <param name="cancellationToken">Gives up; nothing is held then.</param>
    public async Task<ReserveOutcome> ReserveAsync(
        Guid orderId, IReadOnlyList<ReserveItem> items, Language language, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        // A second request for the order waits here until the first one ends.
        var lifetime = TimeSpan.FromSeconds(options.Value.LifetimeSeconds);
        var isNew = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO reservations (order_id, status, expires_at) VALUES ({orderId}, 'held', now() + {lifetime}) ON CONFLICT DO NOTHING",
            cancellationToken) == 1;
        if (!isNew)
            return Repeat(await ReadAsync(orderId, cancellationToken), items);

        var products = await LockProductsAsync(items, cancellationToken);
        if (items.Where(item => !products.ContainsKey(item.ProductId)).Select(item => item.ProductId).ToList() is { Count: > 0 } unknown)
            return new ReserveOutcome.UnknownProducts(unknown);
        if (products.Values.DistinctBy(product => product.Currency).Skip(1).Any())
            return new ReserveOutcome.MixedCurrencies();

        string NameOf(int productId) => language.Choose(products[productId].NameRu, products[productId].NameEn);
        var missing = items
            .Where(item => products[item.ProductId].Available < item.Quantity)
            .Select(item => new ShortLine(item.ProductId, NameOf(item.ProductId), item.Quantity, products[item.ProductId].Available))
            .ToList();
        if (missing.Count > 0)
            return new ReserveOutcome.OutOfStock(missing);

        db.ReservationLines.AddRange(items.Select(item => new ReservationLine
        {
            OrderId = orderId,
            ProductId = item.ProductId,
            Name = NameOf(item.ProductId),
            Quantity = item.Quantity,
            UnitPrice = products[item.ProductId].Price,
            Currency = products[item.ProductId].Currency,
        }));
        await db.SaveChangesAsync(cancellationToken);
        await MoveAsync(orderId, StockMove.Reserve, cancellationToken);
        var reservation = await ReadAsync(orderId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ReserveOutcome.Reserved(reservation);
    }

    /// <summary>
    /// Sells what is held. What has expired meanwhile is taken again if it is still there.
    /// </summary>
    public Task<SettleOutcome> CommitAsync(Guid orderId, CancellationToken cancellationToken) => db.InTransactionAsync(async () =>
    {
        switch (await LockAsync(orderId, cancellationToken))
        {
            case null:
                return SettleOutcome.NotFound;
            case ReservationStatus.Committed:
                return SettleOutcome.Done;
            case ReservationStatus.Released:
                return SettleOutcome.Refused;
            case ReservationStatus.Held:
                await MoveAsync(orderId, StockMove.Sell, cancellationToken);
                break;
            case ReservationStatus.Expired:
                if (!await LockEnoughAsync(orderId, cancellationToken))
                    return SettleOutcome.OutOfStock;
                await MoveAsync(orderId, StockMove.SellAgain, cancellationToken);
                break;
        }
        await SettleAsync(orderId, ReservationStatus.Committed, cancellationToken);
        return SettleOutcome.Done;
    }, cancellationToken);

    /// <summary>
    /// Gives the pieces back. When nothing is reserved yet, the order is remembered as called off,
    /// so that a reserve that was overtaken fails.
    /// </summary>
    /// <param name="orderId">The order.</param>
    /// <param name="returnSold">Whether pieces that are sold come back too: the order itself was called off, and not just an attempt to pay it.</param>
    /// <param name="cancellationToken">Gives up; nothing changes then.</param>
    public Task<SettleOutcome> ReleaseAsync(Guid orderId, bool returnSold, CancellationToken cancellationToken) => db.InTransactionAsync(async () =>
    {
        var isNew = await db.Database.ExecuteSqlAsync($"""
            INSERT INTO reservations (order_id, status, expires_at, settled_at) VALUES ({orderId}, 'released', now(), now()) ON CONFLICT DO NOTHING
            """, cancellationToken) == 1;
        if (isNew)
            return SettleOutcome.Done;

        switch (await LockAsync(orderId, cancellationToken))
        {
            case null or ReservationStatus.Released:
                return SettleOutcome.Done;
            case ReservationStatus.Committed when !returnSold:
                return SettleOutcome.Refused;
            case ReservationStatus.Committed:
                await MoveAsync(orderId, StockMove.Return, cancellationToken);
                break;
            case ReservationStatus.Held:
                await MoveAsync(orderId, StockMove.Release, cancellationToken);
                break;
            case ReservationStatus.Expired:
                break;
        }
        await SettleAsync(orderId, ReservationStatus.Released, cancellationToken);
        return SettleOutcome.Done;
    }, cancellationToken);

    /// <summary>Gives back what was held too long.</summary>
    /// <returns>How many reservations expired; at most the batch size.</returns>
    public Task<int> ExpireBatchAsync(CancellationToken cancellationToken) => db.InTransactionAsync(async () =>
    {
        var grace = TimeSpan.FromSeconds(options.Value.GraceSeconds);
        // One that is being settled right now is not waited for.
        var expired = await db.Database.SqlQuery<Guid>($"""
            SELECT order_id AS "Value" FROM reservations
            WHERE status = 'held' AND expires_at < now() - {grace}
            ORDER BY expires_at LIMIT {options.Value.ExpiryBatchSize} FOR UPDATE SKIP LOCKED
            """).ToArrayAsync(cancellationToken);
        if (expired.Length == 0)
            return 0;

        await MoveAsync(expired, StockMove.Release, cancellationToken);
        await SettleAsync(expired, ReservationStatus.Expired, cancellationToken);
        return expired.Length;
    }, cancellationToken);

    private static ReserveOutcome Repeat(Reservation existing, IReadOnlyList<ReserveItem> items)
    {
        if (existing.Status is ReservationStatus.Released or ReservationStatus.Expired)
            return new ReserveOutcome.Ended(existing.Status);
        var same = existing.Lines.Select(line => new ReserveItem(line.ProductId, line.Quantity)).OrderBy(item => item.ProductId).SequenceEqual(items);
        return same ? new ReserveOutcome.Reserved(existing) : new ReserveOutcome.OtherItems();
    }

    private Task<Reservation> ReadAsync(Guid orderId, CancellationToken cancellationToken) =>
        db.Reservations.Include(reservation => reservation.Lines).AsNoTracking().SingleAsync(reservation => reservation.OrderId == orderId, cancellationToken);

    private async Task<ReservationStatus?> LockAsync(Guid orderId, CancellationToken cancellationToken)
    {
        var status = await db.Database.SqlQuery<string>($"""SELECT status AS "Value" FROM reservations WHERE order_id = {orderId} FOR UPDATE""")
            .ToListAsync(cancellationToken);
        return status is [var found] ? Enum.Parse<ReservationStatus>(found, ignoreCase: true) : null;
    }

    private async Task<Dictionary<int, LockedProduct>> LockProductsAsync(IReadOnlyList<ReserveItem> items, CancellationToken cancellationToken)
    {
        var ids = items.Select(item => item.ProductId).ToArray();
        var locked = await db.Database.SqlQuery<LockedProduct>($"""
            SELECT p.id AS "Id", p.name_ru AS "NameRu", p.name_en AS "NameEn", p.price AS "Price", p.currency AS "Currency", s.available AS "Available"
            FROM stock s JOIN products p ON p.id = s.product_id
            WHERE s.product_id = ANY ({ids}) AND p.deleted_at IS NULL
            ORDER BY s.product_id FOR UPDATE OF s
            """).ToListAsync(cancellationToken);
        return locked.ToDictionary(product => product.Id);
    }

    private async Task<bool> LockEnoughAsync(Guid orderId, CancellationToken cancellationToken)
    {
        var enough = await db.Database.SqlQuery<bool>($"""
            SELECT s.available >= l.quantity AS "Value"
            FROM stock s JOIN reservation_lines l ON l.product_id = s.product_id
            WHERE l.order_id = {orderId} ORDER BY s.product_id FOR UPDATE OF s
            """).ToListAsync(cancellationToken);
        return enough.TrueForAll(line => line);
    }

    private Task MoveAsync(Guid orderId, StockMove move, CancellationToken cancellationToken) => MoveAsync([orderId], move, cancellationToken);

    /// <summary>Moves every line's pieces; the table's constraints refuse what would leave one count below zero.</summary>
    private async Task MoveAsync(Guid[] orderIds, StockMove move, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync($"""
            SELECT 1 FROM stock WHERE product_id IN (SELECT product_id FROM reservation_lines WHERE order_id = ANY ({orderIds}))
            ORDER BY product_id FOR UPDATE
            """, cancellationToken);
        var moved = await db.Database.SqlQuery<MovedStock>($"""
            UPDATE stock s SET
                available = s.available + {move.Available} * l.quantity,
                reserved  = s.reserved  + {move.Reserved} * l.quantity,
                sold      = s.sold      + {move.Sold} * l.quantity
            FROM (SELECT product_id, sum(quantity)::int AS quantity FROM reservation_lines
                  WHERE order_id = ANY ({orderIds}) GROUP BY product_id) l
            WHERE s.product_id = l.product_id
            RETURNING s.available AS "Available", l.quantity AS "Quantity"
            """).ToListAsync(cancellationToken);

        // The list shows only whether there is any.
        if (move.Available != 0 && moved.Exists(line => line.Available == 0 || line.Available - move.Available * line.Quantity == 0))
            cache.InvalidateAfterCommit(db);
    }

    private Task SettleAsync(Guid orderId, ReservationStatus status, CancellationToken cancellationToken) => SettleAsync([orderId], status, cancellationToken);

    private async Task SettleAsync(Guid[] orderIds, ReservationStatus status, CancellationToken cancellationToken)
    {
        var name = status.ToString().ToLowerInvariant();
        await db.Database.ExecuteSqlAsync(
            $"UPDATE reservations SET status = {name}, settled_at = now() WHERE order_id = ANY ({orderIds})", cancellationToken);
    }

    private sealed record LockedProduct(int Id, string NameRu, string NameEn, decimal Price, string Currency, int Available);

    private sealed record MovedStock(int Available, int Quantity);
}

/// <summary>Where pieces go: each count changes by this times the quantity. The three add up to nothing.</summary>
internal readonly record struct StockMove(int Available, int Reserved, int Sold)
{
    public static readonly StockMove Reserve = new(-1, +1, 0);
    public static readonly StockMove Release = new(+1, -1, 0);
    public static readonly StockMove Sell = new(0, -1, +1);
    public static readonly StockMove SellAgain = new(-1, 0, +1);
    public static readonly StockMove Return = new(+1, 0, -1);
}

/// <summary>What became of a wish to reserve.</summary>
internal abstract record ReserveOutcome
{
    /// <summary>The pieces are held, or sold already.</summary>
    public sealed record Reserved(Reservation Reservation) : ReserveOutcome;

    /// <summary>Some lines have too few pieces; nothing is held.</summary>
    public sealed record OutOfStock(IReadOnlyList<ShortLine> Lines) : ReserveOutcome;

    /// <summary>Some products are not in the catalogue; nothing is held.</summary>
    public sealed record UnknownProducts(IReadOnlyList<int> ProductIds) : ReserveOutcome;

    /// <summary>The products have no currency in common; nothing is held.</summary>
    public sealed record MixedCurrencies : ReserveOutcome;

    /// <summary>Other items are reserved for this order.</summary>
    public sealed record OtherItems : ReserveOutcome;

    /// <summary>The order was called off or ran out before.</summary>
    public sealed record Ended(ReservationStatus Status) : ReserveOutcome;
}

/// <summary>What became of a wish to sell or to give back.</summary>
internal enum SettleOutcome
{
    /// <summary>It is so now, or was before.</summary>
    Done,

    /// <summary>Nothing is reserved for the order.</summary>
    NotFound,

    /// <summary>The reservation has gone the other way.</summary>
    Refused,

    /// <summary>The reservation expired and somebody else has the pieces.</summary>
    OutOfStock,
}
