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
                while (await RelayBatchAsync(stoppingToken) is { } next)
                {
                    failures = 0;
                    if (next > TimeSpan.Zero)
                        await signal.WaitAsync(SleepUntil(next), stoppingToken);
                }

                // Nothing to claim, which is how a wake-up by the clock ends.
                await signal.WaitAsync(SleepUntil(await store.FindNextDueAsync(stoppingToken)), stoppingToken);
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

    /// <returns>When to try again, at the latest; null when there was nothing to claim.</returns>
    private async Task<TimeSpan?> RelayBatchAsync(CancellationToken cancellationToken)
    {
        // Connect first: a lease that waits for the broker to come back would hold its lanes for nothing.
        var publisher = await GetPublisherAsync(cancellationToken);
        var claimed = time.GetTimestamp();
        if (await store.ClaimAsync(cancellationToken) is not { } claim)
            return null;

        // A publish that starts later could end after the lease.
        var lastStart = TimeSpan.FromSeconds(_options.LeaseSeconds - _options.ConfirmSeconds);
        bool MayStart() => !cancellationToken.IsCancellationRequested && time.GetElapsedTime(claimed) < lastStart;

        // Rows of one key go one after the other, each after the confirm of the one before; keys go side by side.
        var chains = claim.Messages.GroupBy(message => message.Key).Select(chain => PublishChainAsync(publisher, [.. chain], MayStart));
        var results = await Task.WhenAll(chains);
        var published = results.SelectMany(result => result.Published).ToList();
        var errors = results.Select(result => result.Error).OfType<PublishError>().ToList();

        // No confirm at all: it is the broker that is stuck, not these messages.
        var stuck = published.Count == 0 ? errors.FirstOrDefault(error => error.Cause is TimeoutException)?.Cause : null;
        var failed = stuck is null ? errors.ConvertAll(Fail) : [];

        // The confirms are in: note them even while stopping, or the next start publishes the batch again.
        var completion = await store.CompleteAsync(claim, published.ConvertAll(message => message.Sequence), failed, CancellationToken.None);
        if (completion.LeaseHeld)
            FaultPoints.Reach(FaultPoints.OutboxAfterComplete, published, message => message.Id.ToString());
        else
            LeaseLost(logger, claim.Messages.Count);
        metrics.Published(published.Count);

        if (stuck is not null)
            throw new TimeoutException("The broker confirms nothing.", stuck);
        if (!publisher.IsOpen)
            throw new AlreadyClosedException(publisher.CloseReason);

        // A confirm that is still owed must not be waited for by the channel; a message that no queue took misses its queue.
        if (errors.Any(error => error.Cause is TimeoutException or NotPublishedException { IsReturn: true }))
            await DropPublisherAsync();
        return completion.NextDue ?? TimeSpan.MaxValue;
    }

    private async Task<(List<PendingMessage> Published, PublishError? Error)> PublishChainAsync(
        Publisher publisher, IReadOnlyList<PendingMessage> chain, Func<bool> mayStart)
    {
        List<PendingMessage> published = new(chain.Count);
        foreach (var message in chain)
        {
            // What is on its way is waited for, what is not stays in the outbox.
            if (!mayStart())
                break;
            using var activity = MessagingActivity.StartSend(message);
            try
            {
                await publisher.PublishAsync(message, activity, CancellationToken.None);
                published.Add(message);
                metrics.PublishDelay(time.GetUtcNow() - message.CreatedAt, message.Type);
            }
            catch (RabbitMQClientException exception)
            {
                // A channel that broke says nothing about this message: it is no attempt, and the next relay takes it as it is.
                activity.Fail(exception);
                return (published, null);
            }
            catch (Exception exception)
            {
                activity.Fail(exception);
                return (published, new PublishError(message, exception));
            }
        }

        return (published, null);
    }

    /// <remarks>A confirm that did not come is backed off but never given up: a queue without a quorum confirms nothing.</remarks>
    private FailedPublish Fail(PublishError error)
    {
        var (message, cause) = error;
        var attempt = message.Attempts + 1;
        var park = attempt >= _options.MaxPublishAttempts && cause is not TimeoutException;
        NotPublished(logger, message.Type, message.Id, attempt, park, cause);
        metrics.PublishFailed(message.Type, park);
        return new FailedPublish(message.Sequence, cause.Message, Backoff(attempt), park);
    }

    /// <remarks>Not shorter than a moment: what is due at once could not be claimed a moment ago.</remarks>
    private TimeSpan SleepUntil(TimeSpan? due)
    {
        var longest = TimeSpan.FromSeconds(_options.IdlePollSeconds);
        return due is null || due > longest ? longest : due < ShortestSleep ? ShortestSleep : due.Value;
    }

    private async ValueTask<Publisher> GetPublisherAsync(CancellationToken cancellationToken)
    {
        if (_publisher is { IsOpen: true } open)
            return open;
        await DropPublisherAsync();
        return _publisher = await Publisher.OpenAsync(broker, TimeSpan.FromSeconds(_options.ConfirmSeconds), cancellationToken);
    }

    /// <summary>Something was wrong with the channel: the next one declares the topology again, for it may be gone.</summary>
    private async ValueTask DropPublisherAsync()
    {
        if (_publisher is not { } publisher)
            return;
        _publisher = null;
        broker.DeclareAgain();
        try
        {
            await publisher.DisposeAsync();
        }
        catch (Exception exception)
        {
            NotClosed(logger, exception);
        }
    }

    /// <summary>0.2 s, doubled for each attempt up to half a minute, with a fifth of jitter.</summary>
    private static TimeSpan Backoff(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(0.1 * Math.Pow(2, Math.Min(attempt, 10)), LongestBackoff.TotalSeconds) * (0.9 + Random.Shared.NextDouble() * 0.2));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox relay is interrupted and goes on in {Seconds:0.0} s")]
    private static partial void Interrupted(ILogger logger, double seconds, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The relay's channel could not be closed in order")]
    private static partial void NotClosed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease on the outbox was lost; {Count} messages may be published twice, and the inbox will drop the copies")]
    private static partial void LeaseLost(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Type} {Id} was not published (attempt {Attempt}, parked: {Parked})")]
    private static partial void NotPublished(ILogger logger, string type, Guid id, int attempt, bool parked, Exception exception);

    private sealed record PublishError(PendingMessage Message, Exception Cause);
}
