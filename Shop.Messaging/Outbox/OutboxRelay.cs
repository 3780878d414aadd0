using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client.Exceptions;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Outbox;

/// <summary>
/// Publishes what the outbox holds. It sleeps until a commit of this process wakes it; the poll behind that picks up what
/// another replica left. See docs/outbox-and-inbox.md.
/// </summary>
internal sealed partial class OutboxRelay<TContext>(
    OutboxStore<TContext> store,
    OutboxSignal signal,
    Broker broker,
    MessagingMetrics metrics,
    IOptions<MessagingOptions> options,
    TimeProvider time,
    ILogger<OutboxRelay<TContext>> logger) : BackgroundService where TContext : DbContext
{
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    private readonly MessagingOptions _options = options.Value;
    private Publisher? _publisher;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RelayBatchAsync(stoppingToken))
                    failures = 0;
                await signal.WaitAsync(await NextSleepAsync(stoppingToken), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                // The database or the broker is away. Nothing is lost: the rows stay until they are confirmed.
                var delay = Backoff(++failures);
                Interrupted(logger, delay.TotalSeconds, exception);
                await DropPublisherAsync();
                await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await DropPublisherAsync();
    }

    /// <returns>Whether there may be more to do at once.</returns>
    private async Task<bool> RelayBatchAsync(CancellationToken cancellationToken)
    {
        // Connect first: a lease that waits for the broker to come back would hold its lanes for nothing.
        var publisher = await GetPublisherAsync(cancellationToken);
        if (await store.ClaimAsync(cancellationToken) is not { } claim)
            return false;

        // Rows of one key go one after the other, each after the confirm of the one before; keys go side by side.
        var chains = claim.Messages.GroupBy(message => message.Key).Select(chain => PublishChainAsync(publisher, [.. chain], cancellationToken));
        var results = await Task.WhenAll(chains);
        var published = results.SelectMany(result => result.Published).ToList();
        var failed = results.Select(result => result.Failed).OfType<FailedPublish>().ToList();

        // The confirms are in: note them even while stopping, or the next start publishes the batch again.
        if (!await store.CompleteAsync(claim, published, failed, CancellationToken.None))
            LeaseLost(logger, claim.Messages.Count);
        metrics.Published(published.Count);

        if (!publisher.IsOpen)
            throw new AlreadyClosedException(publisher.CloseReason);
        return failed.Count == 0 && claim.Messages.Count > 0;
    }

    private async Task<(List<long> Published, FailedPublish? Failed)> PublishChainAsync(
        Publisher publisher, IReadOnlyList<PendingMessage> chain, CancellationToken cancellationToken)
    {
        List<long> published = new(chain.Count);
        foreach (var message in chain)
        {
            // Stopping: what is on its way is waited for, what is not stays in the outbox.
            if (cancellationToken.IsCancellationRequested)
                break;
            using var activity = MessagingActivity.StartSend(message);
            try
            {
                await publisher.PublishAsync(message, activity, CancellationToken.None);
                published.Add(message.Sequence);
                metrics.PublishDelay(time.GetUtcNow() - message.CreatedAt, message.Type);
            }
            catch (Exception exception)
            {
                activity.Fail(exception);
                // A channel that broke says nothing about this message: it is no attempt, and the next relay takes it as it is.
                if (!publisher.IsOpen)
                    return (published, null);
                var park = message.Attempts + 1 >= _options.MaxPublishAttempts;
                NotPublished(logger, message.Type, message.Id, message.Attempts + 1, park, exception);
                metrics.PublishFailed(message.Type, park);
                return (published, new FailedPublish(message.Sequence, exception.Message, Backoff(message.Attempts + 1), park));
            }
        }

        return (published, null);
    }

    private async Task<TimeSpan> NextSleepAsync(CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromSeconds(_options.IdlePollSeconds);
        // Pending now and yet not claimed: the lane is leased to another replica, which may have looked before the row came.
        return await store.FindNextDueAsync(cancellationToken) is { } due
            ? TimeSpan.FromTicks(Math.Clamp(due.Ticks, ShortestSleep.Ticks, longest.Ticks))
            : longest;
    }

    private async ValueTask<Publisher> GetPublisherAsync(CancellationToken cancellationToken)
    {
        if (_publisher is { IsOpen: true } open)
            return open;
        await DropPublisherAsync();
        return _publisher = await Publisher.OpenAsync(broker, TimeSpan.FromSeconds(_options.ConfirmSeconds), cancellationToken);
    }

    private async ValueTask DropPublisherAsync()
    {
        if (_publisher is { } publisher)
            await publisher.DisposeAsync();
        _publisher = null;
    }

    /// <summary>0.2 s, doubled for each attempt up to half a minute, with a fifth of jitter.</summary>
    private static TimeSpan Backoff(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(0.1 * Math.Pow(2, Math.Min(attempt, 10)), LongestBackoff.TotalSeconds) * (0.9 + Random.Shared.NextDouble() * 0.2));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox relay is interrupted and goes on in {Seconds:0.0} s")]
    private static partial void Interrupted(ILogger logger, double seconds, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease on the outbox was lost; {Count} messages may be published twice, and the inbox will drop the copies")]
    private static partial void LeaseLost(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Type} {Id} was not published (attempt {Attempt}, parked: {Parked})")]
    private static partial void NotPublished(ILogger logger, string type, Guid id, int attempt, bool parked, Exception exception);
}
