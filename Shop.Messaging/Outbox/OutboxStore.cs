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

/// <summary>The relay's SQL. Each method is one short transaction: none is open while the broker is talked to.</summary>
internal sealed class OutboxStore<TContext>(IServiceScopeFactory scopes, IOptions<MessagingOptions> options) where TContext : DbContext
{
    /// <summary>
    /// Leases the lanes that have something to publish and that nobody holds, and reads their first rows. A row waits behind
    /// an earlier row of its key that is backed off. Null when there is nothing to claim.
    /// </summary>
    public Task<Claim?> ClaimAsync(CancellationToken cancellationToken) => UseAsync<Claim?>(async connection =>
    {
        var token = Guid.CreateVersion7();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("""
            WITH free AS (
                SELECT lane FROM outbox_lanes l
                WHERE leased_until < now() AND EXISTS (
                    SELECT FROM outbox o WHERE o.lane = l.lane AND published_at IS NULL AND parked_at IS NULL AND next_attempt_at <= now())
                FOR UPDATE SKIP LOCKED),
            leased AS (
                UPDATE outbox_lanes SET token = $1, leased_until = now() + make_interval(secs => $2)
                FROM free WHERE outbox_lanes.lane = free.lane
                RETURNING outbox_lanes.lane)
            SELECT lane FROM leased
            """, connection, transaction)
        {
            Parameters = { new() { Value = token }, new() { Value = (double)options.Value.LeaseSeconds } },
        };
        List<short> lanes = [];
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                lanes.Add(reader.GetInt16(0));
        }

        if (lanes.Count == 0)
            return null;

        // Read after the lease is taken: what the lane's last holder marked done is seen as done.
        await using var read = new NpgsqlCommand("""
            SELECT sequence, id, type, key, payload, trace_parent, trace_state, attempts, created_at
            FROM outbox o
            WHERE lane = ANY ($1) AND published_at IS NULL AND parked_at IS NULL AND next_attempt_at <= now()
              AND NOT EXISTS (
                SELECT FROM outbox earlier
                WHERE earlier.key = o.key AND earlier.sequence < o.sequence AND earlier.attempts > 0
                  AND earlier.published_at IS NULL AND earlier.parked_at IS NULL AND earlier.next_attempt_at > now())
            ORDER BY sequence LIMIT $2
            """, connection, transaction)
        {
            Parameters = { new() { Value = lanes.ToArray() }, new() { Value = options.Value.BatchSize } },
        };
        List<PendingMessage> messages = [];
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                messages.Add(ReadPending(reader));
        }

        await transaction.CommitAsync(cancellationToken);
        return new Claim(token, messages);
    }, cancellationToken);

    /// <summary>Marks what was published, backs off or parks what was not, and gives the lanes back.</summary>
    /// <returns>False when the lease was lost meanwhile: another relay has the rows, and nothing is marked.</returns>
    public Task<bool> CompleteAsync(
        Claim claim, IReadOnlyCollection<long> published, IReadOnlyCollection<FailedPublish> failed, CancellationToken cancellationToken) =>
        UseAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var release = new NpgsqlCommand("""
                UPDATE outbox_lanes SET token = NULL, leased_until = '-infinity' WHERE token = $1
                """, connection, transaction)
            {
                Parameters = { new() { Value = claim.Token } },
            };
            if (await release.ExecuteNonQueryAsync(cancellationToken) == 0)
                return false;

            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new("UPDATE outbox SET published_at = now(), attempts = attempts + 1, last_error = NULL WHERE sequence = ANY ($1)")
                    {
                        Parameters = { new() { Value = published.ToArray() } },
                    },
                    new("""
                        UPDATE outbox SET attempts = attempts + 1, last_error = f.error,
                            next_attempt_at = now() + make_interval(secs => f.delay),
                            parked_at = CASE WHEN f.park THEN now() END
                        FROM unnest($1, $2, $3, $4) AS f (sequence, error, delay, park)
                        WHERE outbox.sequence = f.sequence
                        """)
                    {
                        Parameters =
                        {
                            new() { Value = failed.Select(row => row.Sequence).ToArray() },
                            new() { Value = failed.Select(row => row.Error).ToArray() },
                            new() { Value = failed.Select(row => row.Delay.TotalSeconds).ToArray() },
                            new() { Value = failed.Select(row => row.Park).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean },
                        },
                    },
                },
            };
            await batch.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }, cancellationToken);

    /// <summary>When the next row can be claimed: a backed-off row falls due, or another relay's lease on its lane ends.</summary>
    /// <returns>Null when nothing is pending.</returns>
    public Task<TimeSpan?> FindNextDueAsync(CancellationToken cancellationToken) => UseAsync<TimeSpan?>(async connection =>
    {
        await using var command = new NpgsqlCommand("""
            SELECT extract(epoch FROM min(next_attempt_at) - now())::float8 FROM outbox
            WHERE published_at IS NULL AND parked_at IS NULL HAVING count(*) > 0
            """, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is double seconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : null;
    }, cancellationToken);

    /// <summary>Measures the backlog.</summary>
    public Task<OutboxLag> MeasureAsync(CancellationToken cancellationToken) => UseAsync(async connection =>
    {
        await using var command = new NpgsqlCommand("""
            SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8,
                   (SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL)
            FROM outbox WHERE published_at IS NULL AND parked_at IS NULL
            """, connection);
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
