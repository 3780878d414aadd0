using System.Diagnostics;
using Microsoft.Extensions.Options;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Notifications.Data;
using Shop.Notifications.Email;
using Shop.Notifications.Notifications;
using Shop.ServiceDefaults.Database;

namespace Shop.Notifications.Delivery;

/// <summary>What became of an attempt.</summary>
internal enum SendOutcome
{
    /// <summary>It is sent.</summary>
    Sent,

    /// <summary>It was refused and will always be.</summary>
    Refused,

    /// <summary>It could not be sent now.</summary>
    Unavailable,
}

/// <summary>
/// Makes one attempt at a notification that is leased to the caller. A crash between sending and recording it means
/// that it is sent again, with the same Message-ID: at least once, and a repeat is recognizable.
/// </summary>
internal sealed partial class NotificationSender(
    NotificationsDbContext db, NotificationStore store, IEmailSender email, IOutbox outbox, IOptions<DeliveryOptions> options,
    ILogger<NotificationSender> logger)
{
    /// <summary>The spans of deliveries.</summary>
    public const string ActivitySourceName = "Shop.Notifications";

    private static readonly ActivitySource Source = new(ActivitySourceName);

    /// <summary>Sends what an event caused, and says so by <c>notification.sent</c>; what fails is tried again later.</summary>
    public async Task DeliverAsync(Notification notification, CancellationToken cancellationToken)
    {
        // The delivery belongs to the trace of the request that caused it.
        ActivityContext.TryParse(notification.TraceParent, traceState: null, isRemote: true, out var parent);
        using var activity = Source.StartActivity($"deliver {notification.Template}", ActivityKind.Internal, parent);
        activity?.SetTag("shop.notification.id", notification.Id).SetTag("shop.order.id", notification.OrderId);

        var (outcome, error) = notification.Attempts > options.Value.MaxAttempts
            ? (SendOutcome.Refused, "No attempt was ever finished.")
            : await TrySendAsync(notification, cancellationToken);
        if (outcome != SendOutcome.Sent)
            activity?.SetStatus(ActivityStatusCode.Error, error);
        switch (outcome)
        {
            case SendOutcome.Sent:
                await RecordSentAsync(notification);
                break;
            case SendOutcome.Unavailable when notification.Attempts < options.Value.MaxAttempts:
                await store.MarkForRetryAsync(notification, error, options.Value.RetryDelay(notification.Attempts), cancellationToken);
                break;
            case SendOutcome.Unavailable or SendOutcome.Refused:
                await store.MarkFailedAsync(notification, error, cancellationToken);
                GaveUp(logger, notification.Id, notification.Template, notification.Attempts);
                break;
        }
    }

    /// <summary>Sends what a request asked for; its caller decides about another attempt.</summary>
    public async Task<SendOutcome> SendNowAsync(Notification notification, CancellationToken cancellationToken)
    {
        var (outcome, error) = await TrySendAsync(notification, cancellationToken);
        if (outcome == SendOutcome.Sent)
            await store.MarkSentAsync(notification, CancellationToken.None);
        else
            await store.MarkFailedAsync(notification, error, CancellationToken.None);
        return outcome;
    }

    private async Task<(SendOutcome Outcome, string Error)> TrySendAsync(Notification notification, CancellationToken cancellationToken)
    {
        try
        {
            await email.SendAsync(new EmailMessage(
                notification.Id, notification.CreatedAt, notification.Recipient, notification.Language,
                notification.Subject, notification.TextBody, notification.HtmlBody), cancellationToken);
            return (SendOutcome.Sent, "");
        }
        catch (EmailException exception)
        {
            NotSent(logger, notification.Id, notification.Attempts, exception.Message);
            return (exception.IsPermanent ? SendOutcome.Refused : SendOutcome.Unavailable, exception.Message);
        }
    }

    /// <remarks>Not cancelled when the service stops: the message is out, and this is short.</remarks>
    private Task<bool> RecordSentAsync(Notification notification) => db.InTransactionAsync(async () =>
    {
        if (!await store.MarkSentAsync(notification, CancellationToken.None))
            return false;
        outbox.Add(new NotificationSent(notification.OrderId, notification.Id, notification.Channel, notification.Template));
        await db.SaveChangesAsync(CancellationToken.None);
        return true;
    }, CancellationToken.None);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Id} could not be sent (attempt {Attempt}): {Reason}")]
    private static partial void NotSent(ILogger logger, Guid id, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notification {Id} ({Template}) failed for good after {Attempts} attempts")]
    private static partial void GaveUp(ILogger logger, Guid id, string template, int attempts);
}
