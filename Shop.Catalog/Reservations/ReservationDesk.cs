using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Shop.Catalog.Data;
using Shop.Catalog.Diagnostics;
using Shop.Catalog.Products;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Http;

namespace Shop.Catalog.Reservations;

/// <summary>
/// Keeps, sells and gives back pieces. Every operation is one transaction that locks the reservation first and then
/// the stock rows in the order of their product ids, so operations wait for each other but never in a circle.
/// Doing one twice changes nothing.
/// </summary>
internal sealed partial class ReservationDesk(
    CatalogDbContext db, ProductListCache cache, CatalogMetrics metrics, IOptions<ReservationOptions> options, ILogger<ReservationDesk> logger)
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
        var rows = await TryHoldAsync(orderId, items, language, cancellationToken);
        if (rows.Count == 0)
        {
            var repeated = Repeat(await ReadAsync(orderId, cancellationToken), items);
            metrics.Reserved(repeated is ReserveOutcome.Reserved ? ReserveResult.Repeated : ReserveResult.Refused);
            return repeated;
        }
        if (!rows[0].IsHeld)
        {
            var refusal = Refuse(items, rows.Where(row => row.ProductId is not null).ToDictionary(row => row.ProductId!.Value));
            metrics.Reserved(refusal is ReserveOutcome.OutOfStock ? ReserveResult.OutOfStock : ReserveResult.Refused);
            return refusal;
        }

        InvalidateIfSoldOut(rows.ConvertAll(row => new MovedStock(row.Available - row.Quantity, row.Quantity)), StockMove.Reserve);
        await transaction.CommitAsync(cancellationToken);
        metrics.Reserved(ReserveResult.Reserved);
        HeldPieces(logger, rows.Sum(row => row.Quantity), orderId, rows[0].ExpiresAt);
        return new ReserveOutcome.Reserved(new Reservation
        {
            OrderId = orderId,
            Status = ReservationStatus.Held,
            CreatedAt = rows[0].CreatedAt,
            ExpiresAt = rows[0].ExpiresAt,
            Lines = rows.ConvertAll(row => new ReservationLine
            {
                OrderId = orderId,
                ProductId = row.ProductId!.Value,
                Name = row.Name!,
                Quantity = row.Quantity,
                UnitPrice = row.UnitPrice,
                Currency = row.Currency!,
            }),
        });
    }

    /// <summary>
    /// Sells what is held. What has expired meanwhile is taken again if it is still there.
    /// </summary>
    public Task<SettleOutcome> CommitAsync(Guid orderId, CancellationToken cancellationToken) => db.InTransactionAsync(async () =>
    {
        if (await TrySellHeldAsync(orderId, cancellationToken))
            return SettleOutcome.Done;

        switch (await LockAsync(orderId, cancellationToken))
        {
            case null:
                return SettleOutcome.NotFound;
            case ReservationStatus.Committed:
                return SettleOutcome.Done;
            case ReservationStatus.Released:
                return SettleOutcome.Refused;
            case ReservationStatus.Held: // It was made just now, and is locked now.
                await TrySellHeldAsync(orderId, cancellationToken);
                return SettleOutcome.Done;
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

    /// <summary>
    /// Makes the reservation, locks the stock, and if there is enough of everything writes the lines and moves the pieces, all
    /// in one statement. What is not enough leaves the reservation alone, for the caller to roll back.
    /// </summary>
    /// <returns>The products that were found; one without an id when none was; nothing when the order had a reservation.</returns>
    private async Task<List<HeldProduct>> TryHoldAsync(
        Guid orderId, IReadOnlyList<ReserveItem> items, Language language, CancellationToken cancellationToken)
    {
        var lifetime = TimeSpan.FromSeconds(options.Value.LifetimeSeconds);
        var ids = items.Select(item => item.ProductId).ToArray();
        var quantities = items.Select(item => item.Quantity).ToArray();
        var (inRussian, count) = (language == Language.Russian, ids.Length);
        // A second request for the order waits at the first INSERT until the first one ends.
        return await db.Database.SqlQuery<HeldProduct>($"""
            WITH reservation AS (
                INSERT INTO reservations (order_id, status, expires_at) VALUES ({orderId}, 'held', now() + {lifetime})
                ON CONFLICT DO NOTHING RETURNING created_at, expires_at),
            found AS (
                SELECT s.product_id, CASE WHEN {inRussian} THEN p.name_ru ELSE p.name_en END AS name, p.price, p.currency, s.available, wanted.quantity
                FROM unnest({ids}, {quantities}) AS wanted (product_id, quantity)
                JOIN stock s ON s.product_id = wanted.product_id
                JOIN products p ON p.id = s.product_id
                WHERE p.deleted_at IS NULL AND EXISTS (SELECT FROM reservation)
                ORDER BY s.product_id FOR UPDATE OF s),
            verdict AS (
                SELECT count(*) = {count} AND count(DISTINCT currency) = 1 AND bool_and(available >= quantity) AS is_enough FROM found),
            lines AS (
                INSERT INTO reservation_lines (order_id, product_id, name, quantity, unit_price, currency)
                SELECT {orderId}, product_id, name, quantity, price, currency FROM found WHERE (SELECT is_enough FROM verdict)),
            moved AS (
                UPDATE stock SET available = stock.available - found.quantity, reserved = stock.reserved + found.quantity
                FROM found WHERE stock.product_id = found.product_id AND (SELECT is_enough FROM verdict))
            SELECT found.product_id AS "ProductId", found.name AS "Name", coalesce(found.price, 0) AS "UnitPrice", found.currency AS "Currency",
                   coalesce(found.available, 0) AS "Available", coalesce(found.quantity, 0) AS "Quantity",
                   coalesce((SELECT is_enough FROM verdict), false) AS "IsHeld",
                   reservation.created_at AS "CreatedAt", reservation.expires_at AS "ExpiresAt"
            FROM reservation LEFT JOIN found ON true
            ORDER BY found.product_id
            """).ToListAsync(cancellationToken);
    }

    /// <summary>Sells what is held, in one statement: the reservation is locked first and then the stock, as everywhere.</summary>
    /// <returns>False when nothing is held for the order.</returns>
    private async Task<bool> TrySellHeldAsync(Guid orderId, CancellationToken cancellationToken)
    {
        var settled = await db.Database.SqlQuery<Guid>($"""
            WITH settled AS (
                UPDATE reservations SET status = 'committed', settled_at = now() WHERE order_id = {orderId} AND status = 'held' RETURNING order_id),
            locked AS (
                SELECT s.product_id, l.quantity
                FROM settled JOIN reservation_lines l ON l.order_id = settled.order_id JOIN stock s ON s.product_id = l.product_id
                ORDER BY s.product_id FOR UPDATE OF s),
            moved AS (
                UPDATE stock SET reserved = stock.reserved - locked.quantity, sold = stock.sold + locked.quantity
                FROM locked WHERE stock.product_id = locked.product_id)
            SELECT order_id AS "Value" FROM settled
            """).ToListAsync(cancellationToken);
        return settled.Count > 0;
    }

    private static ReserveOutcome Refuse(IReadOnlyList<ReserveItem> items, Dictionary<int, HeldProduct> found)
    {
        if (items.Where(item => !found.ContainsKey(item.ProductId)).Select(item => item.ProductId).ToList() is { Count: > 0 } unknown)
            return new ReserveOutcome.UnknownProducts(unknown);
        if (found.Values.DistinctBy(product => product.Currency).Skip(1).Any())
            return new ReserveOutcome.MixedCurrencies();
        return new ReserveOutcome.OutOfStock(items
            .Where(item => found[item.ProductId].Available < item.Quantity)
            .Select(item => new ShortLine(item.ProductId, found[item.ProductId].Name!, item.Quantity, found[item.ProductId].Available))
            .ToList());
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

        InvalidateIfSoldOut(moved, move);
    }

    /// <remarks>The list shows only whether there is any.</remarks>
    private void InvalidateIfSoldOut(List<MovedStock> moved, StockMove move)
    {
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

    /// <summary>A product that was asked for, with its stock before.</summary>
    private sealed record HeldProduct(
        int? ProductId, string? Name, decimal UnitPrice, string? Currency, int Available, int Quantity, bool IsHeld,
        DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

    private sealed record MovedStock(int Available, int Quantity);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} pieces are held for order {OrderId} until {ExpiresAt:u}")]
    private static partial void HeldPieces(ILogger logger, int count, Guid orderId, DateTimeOffset expiresAt);
}

/// <summary>Where pieces go: each count changes by this times the quantity. The three add up to nothing.</summary>
internal readonly record struct StockMove(int Available, int Reserved, int Sold)
{
    public static readonly StockMove Reserve = new(-1, +1, 0);
    public static readonly StockMove Release = new(+1, -1, 0);
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
