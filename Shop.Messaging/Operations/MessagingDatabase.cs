using Microsoft.EntityFrameworkCore;

namespace Shop.Messaging.Operations;

/// <summary>The outbox and the inbox of the service, whatever its DbContext is.</summary>
internal sealed record MessagingDatabase(DbContext Context)
{
    public IQueryable<OutboxRow> Outbox => Context.Database.SqlQuery<OutboxRow>($"""
        SELECT sequence AS "Sequence", id AS "Id", type AS "Type", key AS "Key", payload AS "Payload",
               trace_parent AS "TraceParent", trace_state AS "TraceState", attempts AS "Attempts", last_error AS "LastError",
               created_at AS "AddedAt", next_attempt_at AS "NextAttemptAt", published_at AS "PublishedAt", parked_at AS "ParkedAt",
               md5(concat_ws(chr(31), type, last_error)) AS "Group"
        FROM outbox
        """);

    /// <summary>When a consumer handled a message; null if it did not.</summary>
    public Task<DateTimeOffset?> FindHandledAsync(Guid messageId, string consumer, CancellationToken cancellationToken) => Context.Database
        .SqlQuery<DateTimeOffset?>($"""SELECT received_at AS "Value" FROM inbox WHERE message_id = {messageId} AND consumer = {consumer}""")
        .SingleOrDefaultAsync(cancellationToken);

    /// <summary>
    /// Has parked rows published after all. Their attempts are counted anew; the last error stays until they are published,
    /// so that one sees what it was.
    /// </summary>
    /// <returns>How many of them were still parked.</returns>
    public Task<int> UnparkAsync(long[] sequences, CancellationToken cancellationToken) => Context.Database.ExecuteSqlAsync($"""
        UPDATE outbox SET parked_at = NULL, attempts = 0, next_attempt_at = now()
        WHERE sequence = ANY ({sequences}) AND parked_at IS NOT NULL
        """, cancellationToken);
}
