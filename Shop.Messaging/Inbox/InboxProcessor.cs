using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shop.Messaging.Diagnostics;
using Shop.ServiceDefaults.Database;

namespace Shop.Messaging.Inbox;

/// <summary>Handles messages in one transaction with their inbox rows, so that a repeated delivery changes nothing.</summary>
internal sealed partial class InboxProcessor<TContext>(
    string consumer,
    EventHandlers handlers,
    IServiceScopeFactory scopes,
    MessagingMetrics metrics,
    TimeProvider time,
    ILogger logger) where TContext : DbContext
{
    private const int MaxTransientFailures = 100;
    private const int MaxConflicts = 6;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Handles several messages in one transaction. All of it is rolled back when one of them fails, or when the work waits for
    /// a lock: several messages lock their rows in no order that anybody keeps, and must give way before it is a deadlock.
    /// </summary>
    /// <returns>False when nothing was done, and each message is to be handled by itself.</returns>
    public async Task<bool> TryProcessTogetherAsync(IReadOnlyList<Delivery> batch, CancellationToken cancellationToken)
    {
        try
        {
            await HandleAsync(batch, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            NotTogether(logger, batch.Count, consumer, exception.Message);
            return false;
        }
    }

    /// <summary>
    /// Handles the message. While the database is away it is tried again and again: that is not the message's fault,
    /// and a retry queue full of healthy messages would help nobody. A conflict that does not go away is a failure.
    /// </summary>
    /// <exception cref="Exception">The handler failed; everything is rolled back.</exception>
    public async Task ProcessAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await HandleAsync([delivery], cancellationToken);
                return;
            }
            catch (Exception exception) when (TransientErrors.IsTransient(exception)
                && failures < (TransientErrors.IsConflict(exception) ? MaxConflicts : MaxTransientFailures))
            {
                var wait = TimeSpan.FromMilliseconds(Math.Min(20 * Math.Pow(2, Math.Min(failures, 10)), LongestWait.TotalMilliseconds) * (0.75 + Random.Shared.NextDouble() / 2));
                Waiting(logger, delivery.Type, delivery.Properties.MessageId, wait.TotalSeconds, exception.Message);
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    private async Task HandleAsync(IReadOnlyList<Delivery> batch, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        var context = scope.ServiceProvider.GetRequiredService<MessageContext>();
        Activity.Current = batch[0].Activity ?? Activity.Current;
        var unseen = await RememberAsync(db, batch, cancellationToken);
        List<Delivery> handled = new(unseen.Count);
        var isAlive = true;
        foreach (var delivery in batch)
        {
            if (!unseen.Remove(delivery.Id))
                continue; // Handled before, or a copy of one in this batch.
            Activity.Current = delivery.Activity ?? Activity.Current;
            context.Message = new HandledMessage(delivery.Id, delivery.Type ?? "", time.GetUtcNow());
            await handlers.HandleAsync(scope.ServiceProvider, delivery.Type, delivery.Body, cancellationToken);
            isAlive = await SaveAsync(db, cancellationToken) > 0;
            handled.Add(delivery);
        }

        // A handler that swallowed the error of a statement left a transaction whose commit is a silent roll-back.
        if (!isAlive)
            await db.Database.ExecuteSqlAsync($"SELECT 1", cancellationToken);

        FaultPoints.Reach(FaultPoints.InboxBeforeCommit, handled, delivery => delivery.Properties.MessageId, consumer);
        await transaction.CommitAsync(cancellationToken);

        var duration = Stopwatch.GetElapsedTime(started);
        foreach (var delivery in handled)
        {
            FaultPoints.Reach(FaultPoints.InboxAfterCommit, delivery.Properties.MessageId, delivery.Type, consumer);
            metrics.Handled(duration, delivery.Type);
        }

        if (handled.Count < batch.Count)
            metrics.Duplicates(batch.Count - handled.Count);
    }

    /// <summary>
    /// Notes the messages as handled. A copy that another replica is handling right now makes this wait until that one commits
    /// or rolls back; one after the other by id, so that two replicas do not wait for each other.
    /// </summary>
    /// <returns>Those that were not noted before.</returns>
    private async Task<HashSet<Guid>> RememberAsync(TContext db, IReadOnlyList<Delivery> batch, CancellationToken cancellationToken)
    {
        await using var sql = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection());
        // Shorter than Postgres' deadlock_timeout: who has all the time in the world, as a request or a single message, wins.
        if (batch.Count > 1)
            sql.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL lock_timeout = '200ms'"));
        sql.BatchCommands.Add(new NpgsqlBatchCommand("""
            INSERT INTO inbox (message_id, consumer, type)
            SELECT id, $2, type FROM unnest($1, $3) AS message (id, type) ORDER BY id
            ON CONFLICT DO NOTHING RETURNING message_id
            """)
        {
            Parameters =
            {
                new() { Value = batch.Select(delivery => delivery.Id).ToArray() },
                new() { Value = consumer },
                new() { Value = batch.Select(delivery => delivery.Type ?? "").ToArray() },
            },
        });

        HashSet<Guid> unseen = new(batch.Count);
        await using var reader = await sql.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            unseen.Add(reader.GetGuid(0));
        return unseen;
    }

    /// <summary>Writes what the handler changed, so that the next one finds it in the database, and nothing else in the context.</summary>
    /// <returns>Rows written.</returns>
    private static async Task<int> SaveAsync(TContext db, CancellationToken cancellationToken)
    {
        var written = await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
        return written;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} messages of {Queue} are handled one by one: {Reason}")]
    private static partial void NotTogether(ILogger logger, int count, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Type} {Id} waits {Seconds:0.00} s: {Reason}")]
    private static partial void Waiting(ILogger logger, string? type, string? id, double seconds, string reason);
}
