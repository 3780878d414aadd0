using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;
using Shop.Messaging.Operations;
using Shop.Messaging.Outbox;

namespace Shop.Messaging.Diagnostics;

/// <summary>Measures what waits and what was given up, so that the gauges tell it also when nobody asks <c>/health</c>.</summary>
internal sealed partial class BacklogMonitor<TContext>(
    OutboxStore<TContext> store, MessagingMetrics metrics, TimeProvider time, ILogger<BacklogMonitor<TContext>> logger, DeadLetterQueue? deadLetters = null)
    : BackgroundService where TContext : DbContext
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                metrics.Measured(await store.MeasureAsync(stoppingToken));
                metrics.DeadLetters = await CountDeadLettersAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                NotMeasured(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <returns>Null when there is no such queue, or no broker to ask.</returns>
    private async Task<long?> CountDeadLettersAsync(CancellationToken cancellationToken)
    {
        if (deadLetters is null)
            return null;
        try
        {
            return await deadLetters.CountAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or BrokerUnreachableException)
        {
            NotCounted(logger, deadLetters.Queue, exception.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The backlog could not be measured; trying again in a moment")]
    private static partial void NotMeasured(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The dead letters of {Queue} could not be counted: {Reason}")]
    private static partial void NotCounted(ILogger logger, string queue, string reason);
}
