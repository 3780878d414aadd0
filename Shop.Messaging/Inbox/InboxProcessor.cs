using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shop.Messaging.Diagnostics;
using Shop.ServiceDefaults.Database;

namespace Shop.Messaging.Inbox;

/// <summary>Handles one message in one transaction with its inbox row, so that a repeated delivery changes nothing.</summary>
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
    /// Handles the message. While the database is away it is tried again and again: that is not the message's fault,
    /// and a retry queue full of healthy messages would help nobody. A conflict that does not go away is a failure.
    /// </summary>
    /// <exception cref="Exception">The handler failed; everything is rolled back.</exception>
    public async Task ProcessAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        for (var failures = 1; ; failures++)
        {
            try
            {
                if (await HandleOnceAsync(delivery, cancellationToken))
                    metrics.Handled(Stopwatch.GetElapsedTime(started), delivery.Type);
                else
                    metrics.Duplicate(delivery.Type);
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

    /// <returns>False when the message was handled before.</returns>
    private async Task<bool> HandleOnceAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        // A copy that another replica is handling right now makes this wait until that one commits or rolls back.
        var isNew = await db.Database.ExecuteSqlAsync($"""
            INSERT INTO inbox (message_id, consumer, type) VALUES ({delivery.Id}, {consumer}, {delivery.Type ?? ""}) ON CONFLICT DO NOTHING
            """, cancellationToken) == 1;
        if (!isNew)
            return false;

        scope.ServiceProvider.GetRequiredService<MessageContext>().Message = new HandledMessage(delivery.Id, delivery.Type ?? "", time.GetUtcNow());
        await handlers.HandleAsync(scope.ServiceProvider, delivery.Type, delivery.Body, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        FaultPoints.Reach(FaultPoints.InboxBeforeCommit, delivery.Properties.MessageId, delivery.Type, consumer);
        await transaction.CommitAsync(cancellationToken);
        FaultPoints.Reach(FaultPoints.InboxAfterCommit, delivery.Properties.MessageId, delivery.Type, consumer);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Type} {Id} waits {Seconds:0.00} s: {Reason}")]
    private static partial void Waiting(ILogger logger, string? type, string? id, double seconds, string reason);
}
