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
    private TimeSpan Lease => options.Value.Lease;

    /// <summary>Adds a notification, for the worker of any replica or leased to this process.</summary>
    /// <param name="notification">The notification.</param>
    /// <param name="status">Pending when a worker sends it, sending when the caller does.</param>
    /// <param name="lease">Whether this process sends it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is one with this id, or one that tells the same of the same order.</returns>
    public async Task<Notification?> TryAddAsync(
        NewNotification notification, NotificationStatus status, bool lease, CancellationToken cancellationToken)
    {
        var (attempts, due) = lease ? (1, Lease) : (0, TimeSpan.Zero);
        var name = status.ToString().ToLowerInvariant();
        var message = notification.Message;
        var traceParent = Activity.Current?.Id;
        var added = await db.Database.SqlQuery<AddedNotification>($"""
            INSERT INTO notifications (id, user_id, order_id, channel, template, language, recipient, subject, text_body, html_body,
                                       status, attempts, next_attempt_at, trace_parent)
            VALUES ({notification.Id}, {notification.UserId}, {notification.OrderId}, {Notification.Email}, {notification.Template},
                    {notification.Language.Code}, {notification.Recipient}, {message.Subject}, {message.Text}, {message.Html},
                    {name}, {attempts}, now() + {due}, {traceParent})
            ON CONFLICT DO NOTHING
            RETURNING created_at AS "CreatedAt", next_attempt_at AS "NextAttemptAt"
            """).ToListAsync(cancellationToken);
        return added is not [var times] ? null : new Notification
        {
            Id = notification.Id,
            UserId = notification.UserId,
            OrderId = notification.OrderId,
            Channel = Notification.Email,
            Template = notification.Template,
            Language = notification.Language.Code,
            Recipient = notification.Recipient,
            Subject = message.Subject,
            TextBody = message.Text,
            HtmlBody = message.Html,
            Status = status,
            Attempts = attempts,
            NextAttemptAt = times.NextAttemptAt,
            TraceParent = traceParent,
            CreatedAt = times.CreatedAt,
        };
    }

    /// <summary>Leases the pending notifications that have waited longest.</summary>
    public Task<List<Notification>> ClaimAsync(int most, CancellationToken cancellationToken) => db.Notifications
        .FromSql($"""
            UPDATE notifications SET attempts = attempts + 1, next_attempt_at = now() + {Lease}
            WHERE id = ANY (ARRAY(SELECT id FROM notifications WHERE status = 'pending' AND next_attempt_at <= now()
                                  ORDER BY next_attempt_at LIMIT {most} FOR UPDATE SKIP LOCKED))
            RETURNING id, user_id, order_id, channel, template, language, recipient, subject, text_body, html_body, status, attempts,
                      next_attempt_at, last_error, trace_parent, created_at, sent_at
            """)
        .AsNoTracking().ToListAsync(cancellationToken);

    /// <summary>Ends the lease of notifications that this process does not come to send.</summary>
    public Task<int> GiveBackAsync(IReadOnlyCollection<Notification> notifications, CancellationToken cancellationToken)
    {
        var (ids, attempts) = Attempts(notifications);
        return db.Database.ExecuteSqlAsync($"""
            UPDATE notifications n SET attempts = n.attempts - 1, next_attempt_at = now()
            FROM unnest({ids}, {attempts}) AS given (id, attempts)
            WHERE n.id = given.id AND n.attempts = given.attempts AND n.status = 'pending'
            """, cancellationToken);
    }

    /// <summary>Leases a notification that an earlier request could not send, to send it after all.</summary>
    /// <returns>Null when it is sent, or being sent.</returns>
    public async Task<Notification?> ReclaimAsync(Guid id, CancellationToken cancellationToken)
    {
        var claimed = await db.Notifications.FromSql($"""
            UPDATE notifications SET status = 'sending', attempts = attempts + 1, next_attempt_at = now() + {Lease}
            WHERE id = {id} AND (status = 'failed' OR (status = 'sending' AND next_attempt_at <= now()))
            RETURNING id, user_id, order_id, channel, template, language, recipient, subject, text_body, html_body, status, attempts,
                      next_attempt_at, last_error, trace_parent, created_at, sent_at
            """).AsNoTracking().ToListAsync(cancellationToken);
        return claimed is [var notification] ? notification : null;
    }

    /// <summary>Records that they were sent.</summary>
    /// <returns>The ids of those that no other attempt has taken over.</returns>
    public async Task<IReadOnlySet<Guid>> MarkSentAsync(IReadOnlyCollection<Notification> notifications, CancellationToken cancellationToken)
    {
        var (ids, attempts) = Attempts(notifications);
        var recorded = await db.Database.SqlQuery<Guid>($"""
            UPDATE notifications n SET status = 'sent', sent_at = now(), last_error = NULL
            FROM unnest({ids}, {attempts}) AS sent (id, attempts)
            WHERE n.id = sent.id AND n.attempts = sent.attempts AND n.status IN ('pending', 'sending')
            RETURNING n.id AS "Value"
            """).ToListAsync(cancellationToken);
        return recorded.ToHashSet();
    }

    /// <summary>Records that the attempt failed, and tries again after a while.</summary>
    /// <returns>False when another attempt has taken it over.</returns>
    public async Task<bool> MarkForRetryAsync(Notification notification, string error, TimeSpan wait, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync($"""
            UPDATE notifications SET next_attempt_at = now() + {wait}, last_error = {Shorten(error)}
            WHERE id = {notification.Id} AND attempts = {notification.Attempts} AND status = 'pending'
            """, cancellationToken) == 1;

    /// <summary>Records that it is not tried again.</summary>
    /// <returns>False when another attempt has taken it over.</returns>
    public async Task<bool> MarkFailedAsync(Notification notification, string error, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync($"""
            UPDATE notifications SET status = 'failed', last_error = {Shorten(error)}
            WHERE id = {notification.Id} AND attempts = {notification.Attempts} AND status IN ('pending', 'sending')
            """, cancellationToken) == 1;

    /// <summary>Gives up what a request was sending when its process died: the caller has been told of a failure.</summary>
    public Task<int> FailAbandonedAsync(CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            UPDATE notifications SET status = 'failed', last_error = 'The sender stopped before it was done.'
            WHERE status = 'sending' AND next_attempt_at <= now()
            """, cancellationToken);

    private static (Guid[] Ids, int[] Attempts) Attempts(IReadOnlyCollection<Notification> notifications) =>
        (notifications.Select(notification => notification.Id).ToArray(), notifications.Select(notification => notification.Attempts).ToArray());

    private static string Shorten(string error) => error.Length <= Notification.MaxErrorLength ? error : error[..Notification.MaxErrorLength];

    private sealed record AddedNotification(DateTimeOffset CreatedAt, DateTimeOffset NextAttemptAt);
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
