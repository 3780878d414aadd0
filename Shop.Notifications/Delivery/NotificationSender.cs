using System.Diagnostics;
using Microsoft.Extensions.Options;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Notifications.Data;
using Shop.Notifications.Diagnostics;
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

/// <summary>An attempt that has ended and is not recorded yet.</summary>
/// <param name="Notification">What was to be sent.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Error">Why it was not sent.</param>
/// <param name="Activity">Its span, which ends when it is recorded.</param>
internal sealed record DeliveryAttempt(Notification Notification, SendOutcome Outcome, string Error, Activity? Activity);

/// <summary>
/// Makes one attempt at a notification that is leased to the caller. A crash between sending and recording it means
/// that it is sent again, with the same Message-ID: at least once, and a repeat is recognizable.
/// </summary>
internal sealed partial class NotificationSender(
    NotificationsDbContext db, NotificationStore store, IEmailSender email, IOutbox outbox, NotificationMetrics metrics,
    IOptions<DeliveryOptions> options, ILogger<NotificationSender> logger)
{
    /// <summary>The spans of deliveries.</summary>
    public const string ActivitySourceName = "Shop.Notifications";

    private static readonly ActivitySource Source = new(ActivitySourceName);

    /// <summary>Makes an attempt at what an event caused; <see cref="RecordAsync"/> is to follow.</summary>
    public async Task<DeliveryAttempt> TryDeliverAsync(Notification notification, CancellationToken cancellationToken)
    {
        // The delivery belongs to the trace of the request that caused it.
        ActivityContext.TryParse(notification.TraceParent, traceState: null, isRemote: true, out var parent);
        var activity = Source.StartActivity($"deliver {notification.Template}", ActivityKind.Internal, parent);
        activity?.SetTag("shop.notification.id", notification.Id).SetTag("shop.order.id", notification.OrderId);

        var (outcome, error) = notification.Attempts > options.Value.MaxAttempts
            ? (SendOutcome.Refused, "No attempt was ever finished.")
            : await TrySendAsync(notification, cancellationToken);
        if (outcome != SendOutcome.Sent)
            activity?.SetStatus(ActivityStatusCode.Error, error);
        return new DeliveryAttempt(notification, outcome, error, activity);
    }

    /// <summary>Records attempts: those that succeeded together, with a <c>notification.sent</c> each; what failed is tried again later.</summary>
    /// <remarks>Not cancelled when the service stops: the messages are out, and this is short.</remarks>
    public async Task RecordAsync(IReadOnlyList<DeliveryAttempt> attempts)
    {
        try
        {
            if (attempts.Where(attempt => attempt.Outcome == SendOutcome.Sent).ToList() is { Count: > 0 } sent)
                await RecordSentAsync(sent);
            foreach (var attempt in attempts.Where(attempt => attempt.Outcome != SendOutcome.Sent))
                await RecordFailureAsync(attempt);
        }
        finally
        {
            foreach (var attempt in attempts)
                attempt.Activity?.Dispose();
        }
    }

    /// <summary>Sends what a request asked for; its caller decides about another attempt.</summary>
    public async Task<SendOutcome> SendNowAsync(Notification notification, CancellationToken cancellationToken)
    {
        var (outcome, error) = await TrySendAsync(notification, cancellationToken);
        if (outcome == SendOutcome.Sent)
        {
            var recorded = await store.MarkSentAsync([notification], CancellationToken.None);
            if (recorded.Contains(notification.Id))
                TellSent(notification);
        }
        else if (await store.MarkFailedAsync(notification, error, CancellationToken.None))
        {
            metrics.Failed(notification);
        }
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

    private async Task RecordSentAsync(List<DeliveryAttempt> sent)
    {
        var recorded = await db.InTransactionAsync(async () =>
        {
            var ids = await store.MarkSentAsync(sent.ConvertAll(attempt => attempt.Notification), CancellationToken.None);
            var ours = sent.FindAll(attempt => ids.Contains(attempt.Notification.Id));
            foreach (var (notification, _, _, activity) in ours)
            {
                Activity.Current = activity; // The event belongs to the trace of its own message.
                outbox.Add(new NotificationSent(notification.OrderId, notification.Id, notification.Channel, notification.Template));
            }
            Activity.Current = null;
            await db.SaveChangesAsync(CancellationToken.None);
            return ours;
        }, CancellationToken.None);
        foreach (var (notification, _, _, activity) in recorded)
        {
            Activity.Current = activity;
            TellSent(notification);
        }
    }

    private void TellSent(Notification notification)
    {
        metrics.Sent(notification);
        WasSent(logger, notification.Id, notification.Template, notification.OrderId, notification.Channel);
    }

    private async Task RecordFailureAsync(DeliveryAttempt attempt)
    {
        Activity.Current = attempt.Activity;
        var notification = attempt.Notification;
        if (attempt.Outcome == SendOutcome.Unavailable && notification.Attempts < options.Value.MaxAttempts)
        {
            if (await store.MarkForRetryAsync(notification, attempt.Error, options.Value.RetryDelay(notification.Attempts), CancellationToken.None))
                metrics.Retried(notification);
        }
        else if (await store.MarkFailedAsync(notification, attempt.Error, CancellationToken.None))
        {
            metrics.Failed(notification);
            GaveUp(logger, notification.Id, notification.Template, notification.Attempts);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Notification {Id} ({Template}) of order {OrderId} is sent by {Channel}")]
    private static partial void WasSent(ILogger logger, Guid id, string template, Guid? orderId, string channel);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Id} could not be sent (attempt {Attempt}): {Reason}")]
    private static partial void NotSent(ILogger logger, Guid id, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notification {Id} ({Template}) failed for good after {Attempts} attempts")]
    private static partial void GaveUp(ILogger logger, Guid id, string template, int attempts);
}
