using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Outbox;

/// <summary>
/// A long-lived channel on which messages are published and confirmed. It ends with its channel: what was lost in between
/// would look like the fault of a message.
/// </summary>
/// <remarks>
/// It counts the confirms itself. The client library can, at the price of a header on each message and a limiter that makes
/// every publish wait for half a second or more once half of it is used.
/// </remarks>
internal sealed class Publisher : IAsyncDisposable
{
    /// <summary>Messages on their way to the broker at a time; more wait here.</summary>
    private const int MaxUnconfirmed = 256;

    private readonly IChannel _channel;
    private readonly TimeSpan _confirmTimeout;
    private readonly SemaphoreSlim _free = new(MaxUnconfirmed);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Unconfirmed> _unconfirmed = new(MaxUnconfirmed);
    private readonly Timer _overdue;
    private readonly CancellationTokenSource _abandon = new();
    private ulong _lastNumber;
    private ulong _oldestNumber = 1;
    private volatile ShutdownEventArgs? _closed;

    internal Publisher(IChannel channel, TimeSpan confirmTimeout)
    {
        (_channel, _confirmTimeout) = (channel, confirmTimeout);
        _overdue = new Timer(_ => FailOverdue());
        channel.BasicAcksAsync += (_, confirm) => Done(confirm.DeliveryTag, confirm.Multiple, error: null);
        channel.BasicNacksAsync += (_, confirm) => Done(confirm.DeliveryTag, confirm.Multiple, "The broker refused the message.");
        channel.BasicReturnAsync += (_, returned) => NoteReturn(returned);
        channel.ChannelShutdownAsync += (_, reason) => Close(reason);
    }

    public bool IsOpen => _closed is null && _channel.IsOpen;

    public ShutdownEventArgs CloseReason => _closed
        ?? new ShutdownEventArgs(ShutdownInitiator.Library, Constants.InternalError, "The channel is closed.");

    public static async Task<Publisher> OpenAsync(Broker broker, TimeSpan confirmTimeout, CancellationToken cancellationToken) => new(
        await broker.OpenChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), cancellationToken),
        confirmTimeout);

    /// <summary>Publishes and waits for the broker's confirm.</summary>
    /// <exception cref="NotPublishedException">The broker refused the message, or no queue took it.</exception>
    /// <exception cref="TimeoutException">No confirm came in time.</exception>
    /// <exception cref="RabbitMQClientException">The channel closed.</exception>
    public async Task PublishAsync(PendingMessage message, Activity? activity, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, object?>(2);
        MessagingActivity.Inject(headers, activity?.Id ?? message.TraceParent, activity?.TraceStateString ?? message.TraceState);
        var properties = new BasicProperties
        {
            MessageId = message.Id.ToString(),
            Type = message.Type,
            CorrelationId = message.Key,
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            Timestamp = new AmqpTimestamp(new DateTimeOffset(message.CreatedAt).ToUnixTimeSeconds()),
            Headers = headers,
        };
        FaultPoints.Reach(FaultPoints.OutboxBeforePublish, properties.MessageId, message.Type);
        var confirmed = await SendAsync(
            ShopTopology.Exchange, message.Type, ShopTopology.HasConsumer(message.Type), properties, message.Payload, cancellationToken);
        FaultPoints.Reach(FaultPoints.OutboxAfterPublish, properties.MessageId, message.Type);
        await confirmed;
        FaultPoints.Reach(FaultPoints.OutboxAfterConfirm, properties.MessageId, message.Type);
    }

    /// <summary>Publishes to one queue, which must be there, and waits for the broker's confirm.</summary>
    /// <exception cref="NotPublishedException">The broker refused the message, or the queue is not there.</exception>
    /// <exception cref="TimeoutException">No confirm came in time.</exception>
    /// <exception cref="RabbitMQClientException">The channel closed.</exception>
    public async Task PublishToQueueAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        FaultPoints.Reach(FaultPoints.FailedBeforePublish, properties.MessageId, properties.Type, queue);
        await await SendAsync("", queue, mandatory: true, properties, body, cancellationToken);
    }

    /// <returns>The confirm.</returns>
    private async Task<Task> SendAsync(
        string exchange, string routingKey, bool mandatory, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        // The broker counts the messages of a channel: the numbers here must be given in the order of the sends.
        await _sending.WaitAsync(CancellationToken.None);
        try
        {
            var confirmed = Expect(properties.MessageId);
            await _channel.BasicPublishAsync(exchange, routingKey, mandatory, properties, body, _abandon.Token);
            return confirmed;
        }
        catch (Exception exception)
        {
            // Whether the broker counts it is not known, so the numbers hold no more.
            await Close(new ShutdownEventArgs(ShutdownInitiator.Library, Constants.InternalError, $"A publish failed: {exception.Message}"));
            // Anything else is about the message: it cannot be put into a frame.
            if (exception is RabbitMQClientException or IOException or SocketException or ObjectDisposedException or OperationCanceledException)
                throw new AlreadyClosedException(CloseReason);
            throw;
        }
        finally
        {
            _sending.Release();
        }
    }

    private Task Expect(string? messageId)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                _free.Release(); // More may wait than the close itself let go.
                throw new AlreadyClosedException(CloseReason);
            }

            var unconfirmed = new Unconfirmed(messageId, Stopwatch.GetTimestamp());
            if (_unconfirmed.Count == 0)
                _overdue.Change(_confirmTimeout, Timeout.InfiniteTimeSpan);
            _unconfirmed.Add(++_lastNumber, unconfirmed);
            return unconfirmed.Task;
        }
    }

    private Task Done(ulong number, bool multiple, string? error)
    {
        lock (_gate)
        {
            if (!multiple)
                Complete(number, error);
            for (; multiple && _oldestNumber <= number; _oldestNumber++)
                Complete(_oldestNumber, error);
        }

        return Task.CompletedTask;
    }

    private void Complete(ulong number, string? error)
    {
        if (!_unconfirmed.Remove(number, out var unconfirmed))
            return;
        _free.Release();
        if (unconfirmed.ReturnReason is { } reason)
            unconfirmed.SetException(new NotPublishedException(reason, isReturn: true));
        else if (error is not null)
            unconfirmed.SetException(new NotPublishedException(error, isReturn: false));
        else
            unconfirmed.SetResult();
    }

    /// <remarks>The broker returns a message that no queue took, and confirms it afterwards.</remarks>
    private Task NoteReturn(BasicReturnEventArgs returned)
    {
        lock (_gate)
        {
            foreach (var unconfirmed in _unconfirmed.Values.Where(message => message.MessageId == returned.BasicProperties.MessageId))
                unconfirmed.ReturnReason = string.Create(CultureInfo.InvariantCulture, $"No queue took the message: {returned.ReplyCode} {returned.ReplyText}");
        }

        return Task.CompletedTask;
    }

    /// <remarks>After this the channel is of no more use: the confirms that are owed may still come, or the broker reads nothing at all.</remarks>
    private void FailOverdue()
    {
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            var oldest = _unconfirmed.Count == 0 ? now : _unconfirmed.Values.Min(message => message.SentAt);
            var left = _confirmTimeout - Stopwatch.GetElapsedTime(oldest, now);
            if (left > TimeSpan.Zero || _closed is not null)
            {
                if (_closed is null && _unconfirmed.Count > 0)
                    _overdue.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }

            var error = new TimeoutException($"The broker did not confirm within {_confirmTimeout.TotalSeconds} s.");
            foreach (var (number, message) in _unconfirmed.Where(message => Stopwatch.GetElapsedTime(message.Value.SentAt, now) >= _confirmTimeout).ToList())
            {
                _unconfirmed.Remove(number);
                _free.Release();
                message.SetException(error);
            }
        }

        Close(new ShutdownEventArgs(ShutdownInitiator.Library, Constants.InternalError, "A confirm is overdue."));
    }

    private Task Close(ShutdownEventArgs reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
            foreach (var unconfirmed in _unconfirmed.Values)
            {
                _free.Release();
                unconfirmed.SetException(new AlreadyClosedException(_closed));
            }

            _unconfirmed.Clear();
        }

        _abandon.Cancel(); // A send that the broker does not read waits for ever.
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await Close(CloseReason);
        await _overdue.DisposeAsync();
        _abandon.Dispose();
    }

    private sealed class Unconfirmed(string? messageId, long sentAt) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string? MessageId => messageId;

        public long SentAt => sentAt;

        public string? ReturnReason { get; set; }
    }
}

/// <summary>The broker is there, and did not take the message.</summary>
/// <param name="message">Why.</param>
/// <param name="isReturn">Whether it is that no queue is bound to its type.</param>
internal sealed class NotPublishedException(string message, bool isReturn) : Exception(message)
{
    public bool IsReturn => isReturn;
}
