using System.Security.Cryptography;
using System.Text.Json;
using Shop.Messaging.Contracts;
using Shop.Messaging.Topology;

namespace Shop.Rig.Bench.Floors;

/// <summary>
/// What one order writes and reads in the four databases from POST to <c>confirmed</c>: the services' own statements with
/// their transactions, one row and one round trip each. No HTTP, no JSON to parse, no broker, no object-relational mapper:
/// an upper bound of what a shop with this data model does on this machine row by row. What the services do in sets (the
/// lanes of a relay, the messages of a batch) is one row at a time here.
/// </summary>
internal sealed class OrderLife(
    PreparedConnection orders, PreparedConnection catalog, PreparedConnection payments, PreparedConnection notifications) : IAsyncDisposable
{
    private const string Currency = "RUB";
    private const decimal Price = 500m;
    private const long PriceMinor = 50_000;
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly byte[] Answer = new byte[420];
    private static readonly string Body = new('x', 700);

    /// <summary>Lives through one order.</summary>
    public async Task RunAsync(FloorBuyer buyer, int productId)
    {
        var orderId = Guid.CreateVersion7();
        var paymentId = Guid.CreateVersion7();
        var notificationId = Guid.CreateVersion7();

        // POST /orders: the catalogue keeps the piece, then the order is stored.
        var created = await PlaceAsync(orderId, buyer, productId);
        await RelayAsync(orders, created.Sequence);

        // order.created
        var processed = await ChargeAsync(created.Id, orderId, paymentId, buyer);
        await RememberOrderAsync(created.Id, orderId, buyer);
        await RelayAsync(payments, processed.Sequence);

        // payment.processed
        await MarkPaidAsync(processed.Id, orderId, paymentId);
        await SellAsync(processed.Id, orderId);
        await TellAsync(processed.Id, orderId, notificationId, buyer);

        // The mail, which itself costs nothing here.
        var sent = await DeliverAsync(orderId, notificationId);
        await RelayAsync(notifications, sent.Sequence);

        // notification.sent
        var confirmed = await ConfirmAsync(sent.Id, orderId);
        await RelayAsync(orders, confirmed.Sequence);
    }

    private async Task<OutboxRow> PlaceAsync(Guid orderId, FloorBuyer buyer, int productId)
    {
        var now = DateTime.UtcNow;
        await using var transaction = await orders.BeginAsync();
        var scope = $"{buyer.Id} POST /orders";
        var keyHash = SHA256.HashData(orderId.ToByteArray());
        await orders.RunAsync("INSERT INTO idempotency_keys (scope, key_hash, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            scope, keyHash, keyHash);
        await ReserveAsync(orderId, productId);
        await orders.RunAsync("""
            INSERT INTO orders (id, customer_id, customer_email, flow, status, total_amount, currency, payment_method, expires_at, created_at, updated_at)
            VALUES ($1, $2, $3, 'choreography', 'pending', $4, $5, 'wallet', $6, $7, $7) RETURNING xmin
            """, orderId, buyer.Id, buyer.Email, Price, Currency, now.AddMinutes(15), now);
        await orders.RunAsync("INSERT INTO order_lines (order_id, product_id, name, quantity, unit_price) VALUES ($1, $2, 'Phone', 1, $3)",
            orderId, productId, Price);
        await AddStatusChangeAsync(orderId, null, "pending", now);
        var row = await AddToOutboxAsync(orders, orderId, OrderCreated.Type,
            new OrderCreated(orderId, buyer.Id, buyer.Email, Price, Currency, "wallet", [new OrderLine(productId, "Phone", 1, Price)]));
        await orders.RunAsync("""
            UPDATE idempotency_keys SET status = 202, content_type = 'application/json', location = $3, body = $4, locked_until = NULL
            WHERE scope = $1 AND key_hash = $2
            """, scope, keyHash, $"/orders/{orderId}", Answer);
        await transaction.CommitAsync();
        return row;
    }

    private async Task ReserveAsync(Guid orderId, int productId)
    {
        await using var transaction = await catalog.BeginAsync();
        await catalog.RunAsync("""
            INSERT INTO reservations (order_id, status, expires_at) VALUES ($1, 'held', now() + interval '15 minutes') ON CONFLICT DO NOTHING
            """, orderId);
        await catalog.RunAsync("""
            SELECT p.id, p.name_ru, p.name_en, p.price, p.currency, s.available FROM stock s JOIN products p ON p.id = s.product_id
            WHERE s.product_id = $1 AND p.deleted_at IS NULL FOR UPDATE OF s
            """, productId);
        await catalog.RunAsync("""
            INSERT INTO reservation_lines (order_id, product_id, name, quantity, unit_price, currency) VALUES ($1, $2, 'Phone', 1, $3, $4)
            """, orderId, productId, Price, Currency);
        await catalog.RunAsync("UPDATE stock SET available = available - 1, reserved = reserved + 1 WHERE product_id = $1 RETURNING available", productId);
        await transaction.CommitAsync();
    }

    private async Task<OutboxRow> ChargeAsync(Guid messageId, Guid orderId, Guid paymentId, FloorBuyer buyer)
    {
        var now = DateTime.UtcNow;
        var wallet = $"wallet:{buyer.Id}:{Currency}";
        var ledgerId = Guid.CreateVersion7();
        var charge = $"order:{orderId}:charge";
        await using var transaction = await payments.BeginAsync();
        await AddToInboxAsync(payments, messageId, ShopTopology.PaymentQueue, OrderCreated.Type);
        await payments.RunAsync("""
            INSERT INTO payments (id, order_id, customer_id, customer_email, amount_minor, currency, method, status, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'wallet', 'pending', $7, $7)
            ON CONFLICT (order_id) DO UPDATE SET order_id = excluded.order_id RETURNING *
            """, paymentId, orderId, buyer.Id, buyer.Email, PriceMinor, Currency, now);
        await payments.RunAsync("SELECT * FROM accounts WHERE id = $1 FOR NO KEY UPDATE", wallet);
        await payments.RunAsync("SELECT EXISTS (SELECT FROM ledger_transactions WHERE external_id = $1)", charge);
        await payments.RunAsync("INSERT INTO ledger_transactions (id, external_id, kind, order_id, created_at) VALUES ($1, $2, 'charge', $3, $4)",
            ledgerId, charge, orderId, now);
        await AddEntryAsync(ledgerId, 1, wallet, -PriceMinor);
        await AddEntryAsync(ledgerId, 2, $"sales:{Currency}", PriceMinor);
        await payments.RunAsync("UPDATE payments SET status = 'captured', updated_at = $2 WHERE id = $1", paymentId, now);
        var row = await AddToOutboxAsync(payments, orderId, PaymentProcessed.Type, new PaymentProcessed(orderId, paymentId, Price, Currency, buyer.Email));
        await transaction.CommitAsync();
        return row;
    }

    private Task<object?> AddEntryAsync(Guid ledgerId, int line, string account, long amount) => payments.RunAsync(
        "INSERT INTO ledger_entries (transaction_id, line, account_id, currency, amount_minor) VALUES ($1, $2, $3, $4, $5)",
        ledgerId, line, account, Currency, amount);

    private async Task RememberOrderAsync(Guid messageId, Guid orderId, FloorBuyer buyer)
    {
        await using var transaction = await notifications.BeginAsync();
        await AddToInboxAsync(notifications, messageId, ShopTopology.NotificationQueue, OrderCreated.Type);
        await notifications.RunAsync("""
            INSERT INTO order_contacts (order_id, customer_id, email, items) VALUES ($1, $2, $3, '[{"name":"Phone","quantity":1}]') ON CONFLICT DO NOTHING
            """, orderId, buyer.Id, buyer.Email);
        await notifications.RunAsync("UPDATE notifications SET user_id = $1 WHERE order_id = $2 AND user_id IS NULL", buyer.Id, orderId);
        await transaction.CommitAsync();
    }

    private async Task MarkPaidAsync(Guid messageId, Guid orderId, Guid paymentId)
    {
        var now = DateTime.UtcNow;
        await using var transaction = await orders.BeginAsync();
        await AddToInboxAsync(orders, messageId, ShopTopology.OrderQueue, PaymentProcessed.Type);
        await orders.RunAsync("SELECT *, xmin FROM orders WHERE id = $1 FOR NO KEY UPDATE", orderId);
        await orders.RunAsync("""
            UPDATE orders SET status = 'paid', payment_id = $2, payment_status = 'captured', updated_at = $3 WHERE id = $1 RETURNING xmin
            """, orderId, paymentId, now);
        await AddStatusChangeAsync(orderId, "pending", "paid", now);
        await transaction.CommitAsync();
    }

    private async Task SellAsync(Guid messageId, Guid orderId)
    {
        await using var transaction = await catalog.BeginAsync();
        await AddToInboxAsync(catalog, messageId, ShopTopology.CatalogQueue, PaymentProcessed.Type);
        await catalog.RunAsync("SELECT status FROM reservations WHERE order_id = $1 FOR UPDATE", orderId);
        await catalog.RunAsync("""
            UPDATE stock s SET reserved = s.reserved - l.quantity, sold = s.sold + l.quantity
            FROM reservation_lines l WHERE l.order_id = $1 AND s.product_id = l.product_id RETURNING s.available
            """, orderId);
        await catalog.RunAsync("UPDATE reservations SET status = 'committed', settled_at = now() WHERE order_id = $1", orderId);
        await transaction.CommitAsync();
    }

    private async Task TellAsync(Guid messageId, Guid orderId, Guid notificationId, FloorBuyer buyer)
    {
        await using var transaction = await notifications.BeginAsync();
        await AddToInboxAsync(notifications, messageId, ShopTopology.NotificationQueue, PaymentProcessed.Type);
        await notifications.RunAsync("SELECT * FROM order_contacts WHERE order_id = $1", orderId);
        await notifications.RunAsync("SELECT * FROM recipients WHERE user_id = $1", buyer.Id);
        await notifications.RunAsync("""
            INSERT INTO notifications (id, user_id, order_id, channel, template, language, recipient, subject, text_body, html_body,
                                       status, attempts, next_attempt_at, trace_parent)
            VALUES ($1, $2, $3, 'email', 'payment_processed', 'ru', $4, 'Оплачено', $5, $5, 'pending', 1, now() + interval '1 minute', $6) ON CONFLICT DO NOTHING
            """, notificationId, buyer.Id, orderId, buyer.Email, Body, TraceParent);
        await transaction.CommitAsync();
    }

    private async Task<OutboxRow> DeliverAsync(Guid orderId, Guid notificationId)
    {
        await using var transaction = await notifications.BeginAsync();
        await notifications.RunAsync("""
            UPDATE notifications SET status = 'sent', sent_at = now(), last_error = NULL WHERE id = $1 AND attempts = 1 AND status IN ('pending', 'sending')
            """, notificationId);
        var row = await AddToOutboxAsync(notifications, orderId, NotificationSent.Type,
            new NotificationSent(orderId, notificationId, "email", "payment_processed"));
        await transaction.CommitAsync();
        return row;
    }

    private async Task<OutboxRow> ConfirmAsync(Guid messageId, Guid orderId)
    {
        var now = DateTime.UtcNow;
        await using var transaction = await orders.BeginAsync();
        await AddToInboxAsync(orders, messageId, ShopTopology.OrderQueue, NotificationSent.Type);
        await orders.RunAsync("SELECT *, xmin FROM orders WHERE id = $1 FOR NO KEY UPDATE", orderId);
        await orders.RunAsync("UPDATE orders SET status = 'confirmed', notified_at = $2, updated_at = $2 WHERE id = $1 RETURNING xmin", orderId, now);
        await AddStatusChangeAsync(orderId, "paid", "confirmed", now);
        var row = await AddToOutboxAsync(orders, orderId, OrderConfirmed.Type, new OrderConfirmed(orderId));
        await transaction.CommitAsync();
        return row;
    }

    private Task<object?> AddStatusChangeAsync(Guid orderId, string? from, string status, DateTime now) => orders.RunAsync("""
        INSERT INTO order_status_changes (order_id, from_status, status, changed_at) VALUES ($1, nullif($2, ''), $3, $4) RETURNING id
        """, orderId, from ?? "", status, now);

    private static Task<object?> AddToInboxAsync(PreparedConnection database, Guid messageId, string queue, string type) =>
        database.RunAsync("INSERT INTO inbox (message_id, consumer, type) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", messageId, queue, type);

    private static async Task<OutboxRow> AddToOutboxAsync<TEvent>(PreparedConnection database, Guid key, string type, TEvent message)
    {
        var id = Guid.CreateVersion7();
        var payload = JsonSerializer.SerializeToUtf8Bytes(message);
        var sequence = await database.RunAsync(
            "INSERT INTO outbox (id, type, key, lane, payload, trace_parent) VALUES ($1, $2, $3, $4, $5, $6) RETURNING sequence",
            id, type, key.ToString(), (short)(key.GetHashCode() & 15), payload, TraceParent);
        return new OutboxRow((long)sequence!, id);
    }

    /// <summary>One relay's work for one row: it claims the row, and marks it when the broker would have it.</summary>
    private static async Task RelayAsync(PreparedConnection database, long sequence)
    {
        await database.RunAsync("""
            SELECT sequence, id, type, key, payload, trace_parent, trace_state, attempts, created_at FROM outbox
            WHERE sequence = $1 AND published_at IS NULL AND parked_at IS NULL FOR UPDATE SKIP LOCKED
            """, sequence);
        await database.RunAsync("UPDATE outbox SET published_at = now(), attempts = attempts + 1, last_error = NULL WHERE sequence = $1", sequence);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in (PreparedConnection[])[orders, catalog, payments, notifications])
            await connection.DisposeAsync();
    }

    private readonly record struct OutboxRow(long Sequence, Guid Id);
}

/// <summary>A buyer with a wallet.</summary>
internal sealed record FloorBuyer(Guid Id, string Email);
