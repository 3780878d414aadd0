using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Inbox;

/// <summary>
/// One channel's worth of consuming: it ends when the channel closes or the service stops. Messages of one key go through
/// one lane, one after the other; lanes work side by side, each on as many messages at a time as are waiting in it.
/// </summary>
internal sealed partial class ConsumerSession<TContext> : IAsyncDisposable where TContext : DbContext
{
    private static readonly TimeSpan FinishingTime = TimeSpan.FromSeconds(5);
    private readonly string _queue;
    private readonly IChannel _channel;
    private readonly InboxProcessor<TContext> _processor;
    private readonly FailedDeliveries _failed;
    private readonly QueueSettings _settings;
    private readonly ILogger _logger;
    private readonly Channel<Delivery>[] _lanes;
    private readonly TaskCompletionSource<ShutdownEventArgs> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ConsumerSession(
        string queue, IChannel channel, InboxProcessor<TContext> processor, FailedDeliveries failed, QueueSettings settings, ILogger logger)
    {
        (_queue, _channel, _processor, _failed, _settings, _logger) = (queue, channel, processor, failed, settings, logger);
        // The broker sends no more than the prefetch, so a lane that holds as many never makes the dispatcher wait.
        _lanes = [.. Enumerable.Range(0, settings.Concurrency).Select(_ => Channel.CreateBounded<Delivery>(
            new BoundedChannelOptions(settings.Prefetch) { SingleReader = true, SingleWriter = true }))];
    }

    public static async Task<ConsumerSession<TContext>> OpenAsync(
        string queue, Broker broker, InboxProcessor<TContext> processor, FailedDeliveries failed, QueueSettings settings, ILogger logger,
        CancellationToken cancellationToken) =>
        new(queue, await broker.OpenConsumingChannelAsync(cancellationToken), processor, failed, settings, logger);

    /// <summary>Consumes until the service stops.</summary>
    /// <exception cref="RabbitMQClientException">The channel closed, or the queue is not there.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        _channel.ChannelShutdownAsync += (_, reason) =>
        {
            _closed.TrySetResult(reason);
            return Task.CompletedTask;
        };
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += async (_, delivered) =>
        {
            var delivery = Delivery.From(delivered);
            await _lanes[StableHash.Of(delivery.Key ?? delivery.Properties.MessageId ?? "") % (uint)_lanes.Length].Writer.WriteAsync(delivery, stoppingToken);
        };
        // The broker cancels a consumer whose queue is deleted: the session ends, and the next declares the queue again.
        consumer.UnregisteredAsync += (_, _) =>
        {
            _closed.TrySetResult(new ShutdownEventArgs(ShutdownInitiator.Peer, Constants.NotFound, "The consumer was cancelled."));
            return Task.CompletedTask;
        };

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var abandoning = new CancellationTokenSource();
        await using var finishing = ending.Token.Register(() => abandoning.CancelAfter(FinishingTime));
        var workers = _lanes.Select(lane => Task.Run(() => WorkAsync(lane.Reader, ending.Token, abandoning.Token), CancellationToken.None)).ToList();
        try
        {
            await _channel.BasicQosAsync(0, _settings.Prefetch, global: false, stoppingToken);
            var tag = await _channel.BasicConsumeAsync(_queue, autoAck: false, consumer, stoppingToken);
            Task closed = _closed.Task;
            await closed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await CancelAsync(tag);
        }
        finally
        {
            // What is in hand is finished; what waits in a lane goes back to the broker with the channel.
            await ending.CancelAsync();
            await Task.WhenAll(workers);
        }

        stoppingToken.ThrowIfCancellationRequested();
        throw new AlreadyClosedException(await _closed.Task);
    }

    /// <summary>Has the broker send no more while what is in hand is finished; without it, more goes back with the channel.</summary>
    private async Task CancelAsync(string tag)
    {
        using var timeout = new CancellationTokenSource(FinishingTime);
        try
        {
            if (_channel.IsOpen)
                await _channel.BasicCancelAsync(tag, noWait: true, timeout.Token);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or OperationCanceledException)
        {
            NotCancelled(_logger, _queue, exception.Message);
        }
    }

    private async Task WorkAsync(ChannelReader<Delivery> lane, CancellationToken ending, CancellationToken abandoning)
    {
        List<Delivery> batch = new(_settings.BatchSize);
        var limit = _settings.BatchSize;
        try
        {
            while (await lane.WaitToReadAsync(ending) && !ending.IsCancellationRequested)
            {
                // What is waiting already shares a transaction. Nothing waits for more to come.
                while (batch.Count < limit && lane.TryPeek(out var next) && (batch.Count == 0 || !(next.IsSuspect || batch[0].IsSuspect)))
                {
                    batch.Add(next);
                    lane.TryRead(out _);
                }

                // Where messages fail or collide often, sharing is not worth it: half as many after that, and one more after each success.
                limit = await HandleAsync(batch, abandoning) ? Math.Min(limit + 1, _settings.BatchSize) : Math.Max(1, batch.Count / 2);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The session ends; unacknowledged messages are delivered again.
        }
        catch (Exception exception)
        {
            // The message could neither be handled nor sent on. Ending the session gives it back to the broker.
            LaneFailed(_logger, _queue, exception);
            _closed.TrySetResult(new ShutdownEventArgs(ShutdownInitiator.Application, Constants.InternalError, exception.Message));
        }
    }

    /// <returns>False when the messages could not share a transaction.</returns>
    private async Task<bool> HandleAsync(List<Delivery> batch, CancellationToken abandoning)
    {
        foreach (var delivery in batch)
            delivery.Activity = MessagingActivity.StartProcess(_queue, delivery.Type, delivery.Properties.MessageId, delivery.Key, delivery.Properties.Headers);
        try
        {
            if (batch.Count > 1 && await _processor.TryProcessTogetherAsync(batch, abandoning))
            {
                await AcknowledgeAsync(batch);
                return true;
            }

            foreach (var delivery in batch)
            {
                await HandleAsync(delivery, abandoning);
                await AcknowledgeAsync([delivery]);
            }

            return batch.Count == 1;
        }
        finally
        {
            foreach (var delivery in batch)
                delivery.Activity?.Dispose();
        }
    }

    private async Task HandleAsync(Delivery delivery, CancellationToken abandoning)
    {
        Activity.Current = delivery.Activity;
        try
        {
            await _processor.ProcessAsync(delivery, abandoning);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !abandoning.IsCancellationRequested)
        {
            delivery.Activity.Fail(exception);
            await _failed.SendOnAsync(delivery, exception, CancellationToken.None);
        }
    }

    private async Task AcknowledgeAsync(List<Delivery> handled)
    {
        FaultPoints.Reach(FaultPoints.InboxBeforeAck, handled, delivery => delivery.Properties.MessageId, _queue);
        try
        {
            foreach (var delivery in handled)
                await _channel.BasicAckAsync(delivery.Tag, multiple: false, CancellationToken.None);
            FaultPoints.Reach(FaultPoints.InboxAfterAck, handled, delivery => delivery.Properties.MessageId, _queue);
        }
        catch (RabbitMQClientException exception)
        {
            // The work is committed; the broker delivers the messages again, and the inbox drops them.
            NotAcknowledged(_logger, handled.Count, _queue, exception.Message);
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [LoggerMessage(Level = LogLevel.Information, Message = "Consuming {Queue} was not cancelled at the broker: {Reason}")]
    private static partial void NotCancelled(ILogger logger, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A lane of {Queue} failed")]
    private static partial void LaneFailed(ILogger logger, string queue, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} messages of {Queue} are handled but not acknowledged: {Reason}")]
    private static partial void NotAcknowledged(ILogger logger, int count, string queue, string reason);
}
