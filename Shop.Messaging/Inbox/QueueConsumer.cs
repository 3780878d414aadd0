using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Inbox;

/// <summary>Consumes a service's queue for as long as the service runs, through every loss of the connection.</summary>
internal sealed partial class QueueConsumer<TContext>(
    string queue,
    EventHandlers handlers,
    IServiceScopeFactory scopes,
    Broker broker,
    MessagingMetrics metrics,
    IOptions<MessagingOptions> options,
    TimeProvider time,
    ILogger<QueueConsumer<TContext>> logger) : BackgroundService where TContext : DbContext
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var processor = new InboxProcessor<TContext>(queue, handlers, scopes, metrics, time, logger);
        await using var failed = new FailedDeliveries(queue, broker, options.Value, metrics, time, logger);
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                await using var session = await ConsumerSession<TContext>.OpenAsync(
                    queue, broker, processor, failed, options.Value.For(queue), logger, stoppingToken);
                Consuming(logger, queue);
                await session.RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                // The queue may be gone: deleted, or with the data of the broker that was lost.
                broker.DeclareAgain();
                if (time.GetElapsedTime(started) > LongestBackoff)
                    failures = 0;
                var delay = TimeSpan.FromSeconds(Math.Min(0.2 * Math.Pow(2, Math.Min(++failures, 10)), LongestBackoff.TotalSeconds));
                Interrupted(logger, queue, delay.TotalSeconds, exception);
                await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Consuming {Queue}")]
    private static partial void Consuming(ILogger logger, string queue);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Consuming {Queue} is interrupted and goes on in {Seconds:0.0} s")]
    private static partial void Interrupted(ILogger logger, string queue, double seconds, Exception exception);
}
