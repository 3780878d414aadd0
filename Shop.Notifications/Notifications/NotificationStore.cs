using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Shop.Notifications.Data;
using Shop.Notifications.Delivery;
using Shop.Notifications.Templates;
using Shop.ServiceDefaults.Http;

namespace Shop.Notifications.Notifications;

/// <summary>Writes notifications, and records how their delivery goes. All times are the database's.</summary>
internal sealed class NotificationStore(NotificationsDbContext db, IOptions<DeliveryOptions> options)
{
    private TimeSpan Lease => TimeSpan.FromSeconds(options.Value.LeaseSeconds);

    /// <summary>Adds a notification: pending for the worker, or leased to the caller who sends it.</summary>
    /// <returns>False when there is one with this id, or one that tells the same of the same order.</returns>
    public async Task<bool> TryAddAsync(NewNotification notification, NotificationStatus status, CancellationToken cancellationToken)
    {
        var (attempts, due) = status == NotificationStatus.Sending ? (1, Lease) : (0, TimeSpan.Zero);
        var name = status.ToString().ToLowerInvariant();
        var message = notification.Message;
        return await db.Database.ExecuteSqlAsync($"""
            INSERT INTO notifications (id, user_id, order_id, channel, template, language, recipient, subject, text_body, html_body,
                                       status, attempts, next_attempt_at, trace_parent)
            VALUES ({notification.Id}, {notification.UserId}, {notification.OrderId}, {Notification.Email}, {notification.Template},
                    {notification.Language.Code}, {notification.Recipient}, {message.Subject}, {message.Text}, {message.Html},
                    {name}, {attempts}, now() + {due}, {Activity.Current?.Id})
            ON CONFLICT DO NOTHING
            """, cancellationToken) == 1;
    }

    /// <summary>Leases the pending notification that has waited longest.</summary>
    /// <returns>Null when none is due.</returns>
    public async Task<Notification?> ClaimAsync(CancellationToken cancellationToken)
    {
        var claimed = await db.Notifications.FromSql($"""
            UPDATE notifications SET attempts = attempts + 1, next_attempt_at = now() + {Lease}
            WHERE id = (SELECT id FROM notifications WHERE status = 'pending' AND next_attempt_at <= now()
                        ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellationToken);
        return claimed is [var notification] ? notification : null;
    }

    /// <summary>Leases a notification that an earlier request could not send, to send it after all.</summary>
    /// <returns>Null when it is sent, or being sent.</returns>
    public async Task<Notification?> ReclaimAsync(Guid id, CancellationToken cancellationToken)
    {
        var claimed = await db.Notifications.FromSql($"""
            UPDATE notifications SET status = 'sending', attempts = attempts + 1, next_attempt_at = now() + {Lease}
            WHERE id = {id} AND (status = 'failed' OR (status = 'sending' AND next_attempt_at <= now()))
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellationToken);
        return claimed is [var notification] ? notification : null;
    }

    /// <summary>Records that it was sent.</summary>
    /// <returns>False when another attempt has taken over.</returns>
    public async Task<bool> MarkSentAsync(Notification notification, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync($"""
            UPDATE notifications SET status = 'sent', sent_at = now(), last_error = NULL
            WHERE id = {notification.Id} AND attempts = {notification.Attempts} AND status IN ('pending', 'sending')
            """, cancellationToken) == 1;

    /// <summary>Records that the attempt failed, and tries again after a while.</summary>
    public Task MarkForRetryAsync(Notification notification, string error, TimeSpan wait, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            UPDATE notifications SET next_attempt_at = now() + {wait}, last_error = {Shorten(error)}
            WHERE id = {notification.Id} AND attempts = {notification.Attempts} AND status = 'pending'
            """, cancellationToken);

    /// <summary>Records that it is not tried again.</summary>
    public Task MarkFailedAsync(Notification notification, string error, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            UPDATE notifications SET status = 'failed', last_error = {Shorten(error)}
            WHERE id = {notification.Id} AND attempts = {notification.Attempts} AND status IN ('pending', 'sending')
            """, cancellationToken);

    /// <summary>Gives up what a request was sending when its process died: the caller has been told of a failure.</summary>
    public Task<int> FailAbandonedAsync(CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            UPDATE notifications SET status = 'failed', last_error = 'The sender stopped before it was done.'
            WHERE status = 'sending' AND next_attempt_at <= now()
            """, cancellationToken);

    private static string Shorten(string error) => error.Length <= Notification.MaxErrorLength ? error : error[..Notification.MaxErrorLength];
}

/// <summary>A notification that is not stored yet.</summary>
/// <param name="Id">Its id, also the source of the Message-ID.</param>
/// <param name="UserId">The user it is for, if known.</param>
/// <param name="OrderId">The order it is about, if any.</param>
/// <param name="Template">What it says.</param>
/// <param name="Language">The reader's language.</param>
/// <param name="Recipient">The address.</param>
/// <param name="Message">The rendered message.</param>
internal sealed record NewNotification(
    Guid Id, Guid? UserId, Guid? OrderId, string Template, Language Language, string Recipient, RenderedMessage Message);
