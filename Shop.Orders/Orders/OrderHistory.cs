using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Messaging;
using Shop.Messaging.Outbox;
using Shop.Orders.Data;

namespace Shop.Orders.Orders;

/// <summary>The whole life of one order: its statuses, what caused each, and which events told the others.</summary>
internal static class OrderHistory
{
    public static async Task<Results<Ok<List<OrderStatusChangeResponse>>, ProblemHttpResult>> ListAsync(
        Guid id, ClaimsPrincipal user, OrdersDbContext db, CancellationToken cancellationToken)
    {
        var changes = await OrderEndpoints.VisibleTo(user, db)
            .Where(order => order.Id == id)
            .SelectMany(order => order.History)
            .OrderBy(change => change.Id)
            .ToListAsync(cancellationToken);
        if (changes.Count == 0) // Every order has the change that placed it.
            return OrderEndpoints.NoSuchOrder();

        var announced = changes.Select(change => change.AnnouncedMessageId).OfType<Guid>().ToList();
        var progress = await db.FindOutboxProgressAsync(announced, cancellationToken);
        return TypedResults.Ok(changes.ConvertAll(change => new OrderStatusChangeResponse(
            change.FromStatus, change.Status, change.Reason, change.ChangedAt, change.ChangedBy, CauseOf(change), AnnouncedBy(change, progress))));
    }

    private static CauseResponse? CauseOf(OrderStatusChange change) =>
        change is { CauseEvent: { } type, CauseMessageId: { } id, CauseReceivedAt: { } receivedAt }
            ? new CauseResponse(type, id, MessageTime.Of(id), receivedAt)
            : null;

    private static IReadOnlyList<AnnouncementResponse> AnnouncedBy(OrderStatusChange change, IReadOnlyDictionary<Guid, OutboxProgress> progress) =>
        change is { AnnouncedEvent: { } type, AnnouncedMessageId: { } id }
            ? [new AnnouncementResponse(type, id, MessageTime.Of(id), StateOf(progress.GetValueOrDefault(id)), progress.GetValueOrDefault(id)?.PublishedAt)]
            : [];

    /// <remarks>Only published events leave the outbox, so what is not there any more was published.</remarks>
    private static AnnouncementState StateOf(OutboxProgress? progress) => progress switch
    {
        null or { PublishedAt: not null } => AnnouncementState.Published,
        { ParkedAt: not null } => AnnouncementState.Parked,
        _ => AnnouncementState.Pending,
    };
}
