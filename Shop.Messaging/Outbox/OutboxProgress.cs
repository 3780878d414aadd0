using Microsoft.EntityFrameworkCore;

namespace Shop.Messaging.Outbox;

/// <summary>How far an event has come.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="PublishedAt">When the broker's confirm was noted; null while it is pending or parked.</param>
/// <param name="ParkedAt">When it was given up.</param>
public sealed record OutboxProgress(Guid Id, DateTimeOffset? PublishedAt, DateTimeOffset? ParkedAt);

/// <summary>Finds out how far events have come.</summary>
public static class OutboxProgressExtensions
{
    /// <summary>Reads how far these events have come.</summary>
    /// <param name="db">A context whose model has the outbox.</param>
    /// <param name="ids">The messages' ids, best of one time: the ids between the first and the last are looked through.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that are in the outbox; published events leave it after <see cref="MessagingOptions.OutboxRetentionHours"/>.</returns>
    public static async Task<IReadOnlyDictionary<Guid, OutboxProgress>> FindOutboxProgressAsync(
        this DbContext db, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return new Dictionary<Guid, OutboxProgress>();
        var (first, last) = (ids.Min(), ids.Max());
        return await db.Database
            .SqlQuery<OutboxProgress>($"""
                SELECT id AS "Id", published_at AS "PublishedAt", parked_at AS "ParkedAt" FROM outbox
                WHERE id BETWEEN {first} AND {last} AND id = ANY ({ids.ToArray()})
                """)
            .ToDictionaryAsync(progress => progress.Id, cancellationToken);
    }
}
