using System.Diagnostics;
using System.Threading.RateLimiting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Outbox;

/// <summary>
/// A long-lived channel on which messages are published and confirmed. It ends with its channel: the client library would
/// reopen the channel with the connection, and what was lost in between would look like the fault of a message.
/// </summary>
internal sealed class Publisher : IAsyncDisposable
{
    /// <summary>Messages on their way to the broker at a time; more wait here.</summary>
    private const int MaxUnconfirmed = 256;

    private readonly IChannel _channel;
    private readonly TimeSpan _confirmTimeout;
    private readonly ConcurrencyLimiter _unconfirmed;
    private volatile ShutdownEventArgs? _closed;

    private Publisher(IChannel channel, TimeSpan confirmTimeout, ConcurrencyLimiter unconfirmed)
    {
        (_channel, _confirmTimeout, _unconfirmed) = (channel, confirmTimeout, unconfirmed);
        _channel.ChannelShutdownAsync += (_, reason) =>
        {
            _closed ??= reason;
            return Task.CompletedTask;
        };
    }

    public bool IsOpen => _closed is null && _channel.IsOpen;

    public ShutdownEventArgs CloseReason => _closed
        ?? new ShutdownEventArgs(ShutdownInitiator.Library, Constants.InternalError, "The channel is closed.");

    public static async Task<Publisher> OpenAsync(Broker broker, TimeSpan confirmTimeout, CancellationToken cancellationToken)
    {
        // Not the library's own limiter: it makes every publish wait for half a second or more once half of it is used.
        var unconfirmed = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = MaxUnconfirmed,
            QueueLimit = MessagingOptions.MaxBatchSize,
        });
        var channel = await broker.OpenChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, unconfirmed), cancellationToken);
        return new Publisher(channel, confirmTimeout, unconfirmed);
    }

    /// <summary>Publishes and waits for the broker's confirm.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.PublishException">The broker refused the message, or no queue took it.</exception>
    /// <exception cref="TimeoutException">No confirm came in time.</exception>
    public async Task PublishAsync(PendingMessage message, Activity? activity, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, object?>();
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
        var confirmed = ConfirmAsync(ShopTopology.Exchange, message.Type, ShopTopology.HasConsumer(message.Type), properties, message.Payload, cancellationToken);
        FaultPoints.Reach(FaultPoints.OutboxAfterPublish, properties.MessageId, message.Type);
        await confirmed;
    }

    /// <summary>Publishes to one queue, which must be there, and waits for the broker's confirm.</summary>
    public Task PublishToQueueAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        ConfirmAsync("", queue, mandatory: true, properties, body, cancellationToken);

    private async Task ConfirmAsync(
        string exchange, string routingKey, bool mandatory, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_confirmTimeout);
        try
        {
            await _channel.BasicPublishAsync(exchange, routingKey, mandatory, properties, body, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The broker did not confirm within {_confirmTimeout.TotalSeconds} s.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await using (_unconfirmed)
            await _channel.DisposeAsync();
    }
}
