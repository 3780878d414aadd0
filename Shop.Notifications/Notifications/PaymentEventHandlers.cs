using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Notifications.Data;
using Shop.Notifications.Delivery;
using Shop.Notifications.Recipients;
using Shop.Notifications.Templates;
using Shop.ServiceDefaults;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Http;

namespace Shop.Notifications.Notifications;

/// <summary>Tells the buyer that the order is paid.</summary>
internal sealed class TellPaymentProcessed(OrderNotifier notifier) : IEventHandler<PaymentProcessed>
{
    public Task HandleAsync(PaymentProcessed message, CancellationToken cancellationToken) => notifier.TellAsync(
        message.OrderId, MessageTemplates.PaymentProcessed, message.CustomerEmail,
        new Dictionary<string, string>
        {
            ["amount"] = message.Amount.ToString(CultureInfo.InvariantCulture),
            ["currency"] = message.Currency,
            ["payment_id"] = message.PaymentId.ToString(),
        }, cancellationToken);
}

/// <summary>Tells the buyer that the order could not be paid.</summary>
internal sealed class TellPaymentFailed(NotificationsDbContext db, OrderNotifier notifier) : IEventHandler<PaymentFailed>
{
    public async Task HandleAsync(PaymentFailed message, CancellationToken cancellationToken)
    {
        var values = OrderNotifier.FailedBecause(message.Reason);
        if (!await notifier.TryTellAsync(message.OrderId, MessageTemplates.PaymentFailed, email: null, values, cancellationToken)
            && !await NoteAsync(message, cancellationToken))
        {
            await notifier.TellAsync(message.OrderId, MessageTemplates.PaymentFailed, email: null, values, cancellationToken);
        }
    }

    /// <summary>Leaves a note for <see cref="RememberOrder"/>.</summary>
    /// <returns>False when the order has come just now: it was waited for if it was about to be committed.</returns>
    private async Task<bool> NoteAsync(PaymentFailed message, CancellationToken cancellationToken)
    {
        var reason = message.Reason.Length <= OrderContact.MaxReasonLength ? message.Reason : message.Reason[..OrderContact.MaxReasonLength];
        return await db.Database.ExecuteSqlAsync($"""
            INSERT INTO order_contacts (order_id, payment_failure) VALUES ({message.OrderId}, {reason})
            ON CONFLICT (order_id) DO UPDATE SET payment_failure = excluded.payment_failure WHERE order_contacts.email IS NULL
            """, cancellationToken) == 1;
    }
}

/// <summary>Tells the buyer that money was given back.</summary>
internal sealed class TellPaymentRefunded(OrderNotifier notifier) : IEventHandler<PaymentRefunded>
{
    public Task HandleAsync(PaymentRefunded message, CancellationToken cancellationToken) => notifier.TellAsync(
        message.OrderId, MessageTemplates.PaymentRefunded, message.CustomerEmail,
        new Dictionary<string, string>
        {
            ["amount"] = message.Amount.ToString(CultureInfo.InvariantCulture),
            ["currency"] = message.Currency,
            ["payment_id"] = message.PaymentId.ToString(),
        }, cancellationToken);
}

/// <summary>Writes a notification about an order and leaves it to the delivery worker: no mail server is waited for in the inbox's transaction.</summary>
internal sealed class OrderNotifier(NotificationsDbContext db, NotificationStore store, MessageTemplates templates, DeliveryQueue queue)
{
    /// <summary>The values of <see cref="MessageTemplates.PaymentFailed"/>.</summary>
    public static IReadOnlyDictionary<string, string> FailedBecause(string reason) => new Dictionary<string, string> { ["reason"] = reason };

    /// <summary>As <see cref="TryTellAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">Nobody knows yet whose order it is; the message is tried again later.</exception>
    public async Task TellAsync(
        Guid orderId, string template, string? email, IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        if (!await TryTellAsync(orderId, template, email, values, cancellationToken))
            throw new InvalidOperationException($"Order {orderId} is not known here yet.");
    }

    /// <summary>Tells the buyer of the order, once per template where <see cref="MessageTemplates.IsToldOnce"/>.</summary>
    /// <returns>False when nobody knows yet whose order it is.</returns>
    public async Task<bool> TryTellAsync(
        Guid orderId, string template, string? email, IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        var known = await (
            from order in db.OrderContacts
            where order.OrderId == orderId
            join user in db.Recipients on order.CustomerId equals user.UserId into users
            from user in users.DefaultIfEmpty()
            select new { Contact = order, Recipient = user }).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        var contact = known?.Contact is { Email: not null } complete ? complete : null;
        if ((contact?.Email ?? email) is not { } address)
            return false;

        var userId = contact?.CustomerId ?? await FindReaderAsync(orderId, cancellationToken);
        var recipient = contact is null ? await db.FindRecipientAsync(userId, address, cancellationToken) : known?.Recipient;
        var language = Language.Of(recipient?.Language);

        var items = contact?.Items is { } lines ? JsonSerializer.Deserialize<List<MessageItem>>(lines, JsonDefaults.Client)! : [];
        var message = templates.Render(template, language, new MessageData(orderId, recipient?.Name, items, values))
            ?? throw new InvalidOperationException($"Template {template} has a subject that an order cannot fill in.");
        var isOurs = queue.HasRoom;
        var added = await store.TryAddAsync(
            new NewNotification(Guid.CreateVersion7(), userId, orderId, template, language, address, message),
            NotificationStatus.Pending, lease: isOurs, cancellationToken);
        if (added is not null)
            db.AfterCommit(() => isOurs ? queue.AddAsync(added) : queue.SignalAsync());
        return true;
    }

    /// <summary>Who was told of the order before: an orchestrated one is not announced by an event.</summary>
    private Task<Guid?> FindReaderAsync(Guid orderId, CancellationToken cancellationToken) => db.Notifications
        .Where(notification => notification.OrderId == orderId && notification.UserId != null)
        .Select(notification => notification.UserId)
        .FirstOrDefaultAsync(cancellationToken);
}

internal static class RecipientLookup
{
    /// <summary>The user by id, or else whoever signed up with the address.</summary>
    public static Task<Recipient?> FindRecipientAsync(
        this NotificationsDbContext db, Guid? userId, string email, CancellationToken cancellationToken)
    {
        var lower = email.ToLowerInvariant();
#pragma warning disable CA1862, CA1304, CA1311 // The database lower-cases, by its index.
        return userId is { } id
            ? db.Recipients.AsNoTracking().SingleOrDefaultAsync(recipient => recipient.UserId == id, cancellationToken)
            : db.Recipients.AsNoTracking().Where(recipient => recipient.Email.ToLower() == lower)
                .OrderByDescending(recipient => recipient.UpdatedAt).FirstOrDefaultAsync(cancellationToken);
#pragma warning restore CA1862, CA1304, CA1311
    }
}
