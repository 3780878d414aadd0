using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Notifications.Data;
using Shop.Notifications.Notifications;
using Shop.Notifications.Templates;
using Shop.ServiceDefaults;
using Shop.ServiceDefaults.Http;

namespace Shop.Notifications.Recipients;

/// <summary>Remembers who signed up, and in which language to write.</summary>
internal sealed class RememberRecipient(NotificationsDbContext db) : IEventHandler<UserRegistered>
{
    public Task HandleAsync(UserRegistered message, CancellationToken cancellationToken)
    {
        var name = message.Name is { Length: > Recipient.MaxNameLength } longName ? longName[..Recipient.MaxNameLength] : message.Name;
        // A language that the user has chosen meanwhile stays.
        return db.Database.ExecuteSqlAsync($"""
            INSERT INTO recipients (user_id, email, name, language)
            VALUES ({message.UserId}, {message.Email}, {name}, {Language.Of(message.Language).Code})
            ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, name = excluded.name, updated_at = now()
            """, cancellationToken);
    }
}

/// <summary>Remembers who placed an order: what happens to it later names only the order. What came before is told now.</summary>
internal sealed class RememberOrder(NotificationsDbContext db, OrderNotifier notifier) : IEventHandler<OrderCreated>
{
    public async Task HandleAsync(OrderCreated message, CancellationToken cancellationToken)
    {
        var items = JsonSerializer.Serialize(message.Items.Select(line => new MessageItem(line.Name, line.Quantity)), JsonDefaults.Client);
        // A notification that overtook this message belongs to the buyer too.
        var failures = await db.Database.SqlQuery<string>($"""
            WITH contact AS (
                INSERT INTO order_contacts (order_id, customer_id, email, items)
                VALUES ({message.OrderId}, {message.CustomerId}, {message.CustomerEmail}, {items}::jsonb)
                ON CONFLICT (order_id) DO UPDATE SET customer_id = excluded.customer_id, email = excluded.email, items = excluded.items
                WHERE order_contacts.email IS NULL
                RETURNING payment_failure),
            overtook AS (
                UPDATE notifications SET user_id = {message.CustomerId} WHERE order_id = {message.OrderId} AND user_id IS NULL)
            SELECT payment_failure AS "Value" FROM contact WHERE payment_failure IS NOT NULL
            """).ToListAsync(cancellationToken);
        if (failures is [var reason])
            await notifier.TellAsync(message.OrderId, MessageTemplates.PaymentFailed, message.CustomerEmail, OrderNotifier.FailedBecause(reason), cancellationToken);
    }
}
