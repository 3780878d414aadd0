using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Shop.Messaging.Outbox;

/// <summary>A row as the relay claims it.</summary>
internal sealed record PendingMessage(
    long Sequence, Guid Id, string Type, string Key, byte[] Payload, string? TraceParent, string? TraceState, int Attempts, DateTime CreatedAt);

/// <summary>What the relay could claim.</summary>
/// <param name="Token">Fences the completion: it holds while the lease does.</param>
/// <param name="Messages">The rows, in order.</param>
internal sealed record Claim(Guid Token, IReadOnlyList<PendingMessage> Messages);

/// <summary>A row that could not be published.</summary>
internal sealed record FailedPublish(long Sequence, string Error, TimeSpan Delay, bool Park);

/// <summary>How far the outbox is behind.</summary>
/// <param name="Pending">Rows to be published.</param>
/// <param name="OldestAge">The age of the oldest of them.</param>
/// <param name="Parked">Rows given up.</param>
internal sealed record OutboxLag(long Pending, TimeSpan OldestAge, long Parked);

/// <summary>What became of a completion.</summary>
/// <param name="LeaseHeld">False when the lease was lost meanwhile: another relay has the rows, and nothing was marked.</param>
/// <param name="NextDue">When it is worth trying to claim again; null when nothing is pending.</param>
internal sealed record Completion(bool LeaseHeld, TimeSpan? NextDue);

/// <summary>The relay's SQL. Each method is one round trip and one short transaction: none is open while the broker is talked to.</summary>
/// <remarks>
/// What the relay notes about its own work is committed without waiting for the disk. Should the server crash right then and
/// forget it, rows that are published already are published again, as after a crash of the relay itself.
/// </remarks>
internal sealed class OutboxStore<TContext>(IServiceScopeFactory scopes, IOptions<MessagingOptions> options) where TContext : DbContext
{
    /// <summary>For a connection whose other end is gone without a word; well within the lease.</summary>
    private const int TimeoutSeconds = 10;

    /// <summary>A lane's holder looks for more before it sleeps; this bounds the wait for one that fails.</summary>
    private static readonly TimeSpan LeasedLaneWait = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The one notion of what may be published now: a row <c>o</c> that is due, and that no earlier row of its key which is
    /// backed off holds back.
    /// </summary>
    private const string Claimable = """
        o.published_at IS NULL AND o.parked_at IS NULL AND o.next_attempt_at <= now() AND NOT EXISTS (
            SELECT FROM outbox earlier
            WHERE earlier.key = o.key AND earlier.sequence < o.sequence AND earlier.attempts > 0
              AND earlier.published_at IS NULL AND earlier.parked_at IS NULL AND earlier.next_attempt_at > now())
        """;

    /// <summary>
    /// Whether lane <c>l</c> has a row to publish, found at the lane's first one: as a plain EXISTS it becomes a join with the
    /// whole backlog.
    /// </summary>
    private const string HasClaimable = $"(SELECT 1 FROM outbox o WHERE o.lane = l.lane AND {Claimable} ORDER BY o.sequence LIMIT 1) IS NOT NULL";

    /// <summary>For the transaction that calls it.</summary>
    private const string WithoutSync = "set_config('synchronous_commit', 'off', true)";

    /// <summary>
    /// When it is worth trying to claim again, in seconds: at once when something is claimable in a free lane, in a moment when
    /// another relay holds the lane, else when the next backed-off row falls due.
    /// </summary>
    private const string NextDue = $"""
        SELECT least(
            (SELECT min(CASE WHEN l.leased_until < now() THEN 0 ELSE $1 END) FROM outbox_lanes l
             WHERE {HasClaimable}),
            (SELECT extract(epoch FROM min(next_attempt_at) - now())::float8 FROM outbox
             WHERE published_at IS NULL AND parked_at IS NULL AND attempts > 0 AND next_attempt_at > now()))
        """;

    /// <summary>
    /// Leases the lanes that have something to publish and that nobody holds, and reads the first rows of each: the same
    /// share of the batch for every lane, so that a long backlog in one holds up no other. Null when there is nothing to claim.
    /// </summary>
    public Task<Claim?> ClaimAsync(CancellationToken cancellationToken) => UseAsync<Claim?>(async connection =>
    {
        var token = Guid.CreateVersion7();
        var lease = new NpgsqlBatchCommand($"""
            WITH free AS (
                SELECT lane FROM outbox_lanes l
                WHERE leased_until < now() AND {HasClaimable}
                FOR UPDATE SKIP LOCKED)
            UPDATE outbox_lanes SET token = $1, leased_until = now() + make_interval(secs => $2)
            FROM free CROSS JOIN {WithoutSync} WHERE outbox_lanes.lane = free.lane
            """)
        {
            Parameters = { new() { Value = token }, new() { Value = (double)options.Value.LeaseSeconds } },
        };
        // A statement of its own, because it must see what was committed until the lease was taken: what the lane's last
        // holder marked done is seen as done.
        var read = new NpgsqlBatchCommand($"""
            SELECT message.* FROM outbox_lanes l CROSS JOIN LATERAL (
                SELECT sequence, id, type, key, payload, trace_parent, trace_state, attempts, created_at
                FROM outbox o WHERE o.lane = l.lane AND {Claimable}
                ORDER BY sequence
                LIMIT greatest(1, $2 / greatest(1, (SELECT count(*) FROM outbox_lanes WHERE token = $1)))) message
            WHERE l.token = $1
            ORDER BY sequence
            """)
        {
            Parameters = { new() { Value = token }, new() { Value = options.Value.BatchSize } },
        };

        // Without a transaction of ours the batch is one of its own.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { lease, read }, Timeout = TimeoutSeconds };
        List<PendingMessage> messages = [];
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                messages.Add(ReadPending(reader));
        }

        return lease.RecordsAffected == 0 ? null : new Claim(token, messages);
    }, cancellationToken);

    /// <summary>Gives the lanes back, marks what was published, and backs off or parks what was not.</summary>
    public Task<Completion> CompleteAsync(
        Claim claim, IReadOnlyCollection<long> published, IReadOnlyCollection<FailedPublish> failed, CancellationToken cancellationToken) =>
        UseAsync(async connection =>
        {
            var complete = new NpgsqlBatchCommand($"""
                WITH released AS (
                    UPDATE outbox_lanes SET token = NULL, leased_until = '-infinity' WHERE token = $1 RETURNING lane),
                done AS (
                    UPDATE outbox SET published_at = now(), attempts = attempts + 1, last_error = NULL
                    WHERE sequence = ANY ($2) AND lane IN (SELECT lane FROM released)),
                failed AS (
                    UPDATE outbox SET attempts = attempts + 1, last_error = f.error,
                        next_attempt_at = now() + make_interval(secs => f.delay),
                        parked_at = CASE WHEN f.park THEN now() END
                    FROM unnest($3, $4, $5, $6) AS f (sequence, error, delay, park)
                    WHERE outbox.sequence = f.sequence AND lane IN (SELECT lane FROM released))
                SELECT count(*), {WithoutSync} FROM released
                """)
            {
                Parameters =
                {
                    new() { Value = claim.Token },
                    new() { Value = published.ToArray() },
                    new() { Value = failed.Select(row => row.Sequence).ToArray() },
                    new() { Value = failed.Select(row => row.Error).ToArray() },
                    new() { Value = failed.Select(row => row.Delay.TotalSeconds).ToArray() },
                    new() { Value = failed.Select(row => row.Park).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean },
                },
            };
            var next = new NpgsqlBatchCommand(NextDue) { Parameters = { new() { Value = LeasedLaneWait.TotalSeconds } } };

            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { complete, next }, Timeout = TimeoutSeconds };
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var leaseHeld = reader.GetInt64(0) > 0;
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new Completion(leaseHeld, reader.IsDBNull(0) ? null : TimeSpan.FromSeconds(reader.GetDouble(0)));
        }, cancellationToken);

    /// <summary>When it is worth trying to claim again; null when nothing is pending.</summary>
    public Task<TimeSpan?> FindNextDueAsync(CancellationToken cancellationToken) => UseAsync<TimeSpan?>(async connection =>
    {
        await using var command = new NpgsqlCommand(NextDue, connection)
        {
            CommandTimeout = TimeoutSeconds,
            Parameters = { new() { Value = LeasedLaneWait.TotalSeconds } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is double seconds ? TimeSpan.FromSeconds(seconds) : null;
    }, cancellationToken);

    /// <summary>Measures the backlog.</summary>
    public Task<OutboxLag> MeasureAsync(CancellationToken cancellationToken) => UseAsync(async connection =>
    {
        await using var command = new NpgsqlCommand("""
            SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8,
                   (SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL)
            FROM outbox WHERE published_at IS NULL AND parked_at IS NULL
            """, connection) { CommandTimeout = TimeoutSeconds };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new OutboxLag(reader.GetInt64(0), TimeSpan.FromSeconds(reader.GetDouble(1)), reader.GetInt64(2));
    }, cancellationToken);

    private static PendingMessage ReadPending(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<byte[]>(4),
        reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6),
        reader.GetInt32(7), reader.GetDateTime(8));

    private async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
        await database.OpenConnectionAsync(cancellationToken);
        return await work((NpgsqlConnection)database.GetDbConnection());
    }
}
