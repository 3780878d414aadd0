using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Shop.Notifications.Data;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Security;

namespace Shop.Notifications.Notifications;

/// <summary>A notification as its reader, or an operator, sees it.</summary>
/// <param name="Id">The notification.</param>
/// <param name="OrderId">The order it is about, if any.</param>
/// <param name="UserId">The user it is for, if known.</param>
/// <param name="Channel">email.</param>
/// <param name="Template">What it says.</param>
/// <param name="Language">ru or en.</param>
/// <param name="Recipient">The address.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Text">The plain text.</param>
/// <param name="Status">pending, sending, sent or failed.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Error">Why the last attempt failed; for operators only.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="SentAt">When it was sent.</param>
internal sealed record NotificationAnswer(
    Guid Id, Guid? OrderId, Guid? UserId, string Channel, string Template, string Language, string Recipient, string Subject, string Text,
    NotificationStatus Status, int Attempts, string? Error, DateTimeOffset CreatedAt, DateTimeOffset? SentAt);

internal static class NotificationEndpoints
{
    public static void MapNotifications(this IEndpointRouteBuilder app) =>
        app.MapGroup("/notifications").WithTags("Notifications").RequireAuthorization()
            .MapGet("", ListAsync).WithSummary("My notifications, newest first; everybody's for an operator.");

    private static async Task<Ok<NotificationAnswer[]>> ListAsync(
        [FromQuery(Name = "order_id")] Guid? orderId, Paging paging, ClaimsPrincipal user, NotificationsDbContext db,
        HttpResponse response, CancellationToken cancellationToken)
    {
        var seesAll = user.Can(Permissions.NotificationsReadAll);
        IQueryable<Notification> notifications = db.Notifications;
        if (!seesAll)
        {
            var userId = user.UserId();
            notifications = notifications.Where(notification => notification.UserId == userId);
        }
        if (orderId is not null)
            notifications = notifications.Where(notification => notification.OrderId == orderId);

        var total = await notifications.LongCountAsync(cancellationToken);
        var page = await notifications
            .OrderByDescending(notification => notification.CreatedAt).ThenByDescending(notification => notification.Id)
            .Skip(paging.Offset).Take(paging.PageSize)
            .Select(row => new NotificationAnswer(
                row.Id, row.OrderId, row.UserId, row.Channel, row.Template, row.Language, row.Recipient, row.Subject, row.TextBody,
                row.Status, row.Attempts, seesAll ? row.LastError : null, row.CreatedAt, row.SentAt))
            .ToArrayAsync(cancellationToken);
        paging.WriteHeaders(response, total);
        return TypedResults.Ok(page);
    }
}
