using System.Collections.Concurrent;
using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Shop.Rig.Bench.Floors;

/// <summary>What the client library alone does with a quorum queue: persistent messages with confirms, deliveries with acknowledgements.</summary>
internal sealed class BrokerFloor : IAsyncDisposable
{
    private const string Queue = "bench_floor";
    private const int MaxUnconfirmed = 1_024;
    private const ushort Prefetch = 1_024;

    /// <summary>Acknowledged together: the broker answers one acknowledgement for many as it does many for one.</summary>
    private const int AckEvery = 64;

    private static readonly byte[] Body = new byte[300];

    private readonly IConnection _connection;

    private BrokerFloor(IConnection connection) => _connection = connection;

    public static async Task<BrokerFloor> ConnectAsync(string uri, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = new Uri(uri), ClientProvidedName = "bench" };
        var floor = new BrokerFloor(await factory.CreateConnectionAsync(cancellationToken));
        await using var channel = await floor._connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
        return floor;
    }

    /// <summary>Publishes and waits for every confirm.</summary>
    /// <returns>Confirmed messages a second.</returns>
    public async Task<double> PublishAsync(int count, CancellationToken cancellationToken)
    {
        await using var channel = await _connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), cancellationToken);
        var unconfirmed = new ConcurrentDictionary<ulong, byte>();
        using var room = new SemaphoreSlim(MaxUnconfirmed);
        channel.BasicAcksAsync += (sender, confirm) =>
        {
            var confirmed = confirm.Multiple ? unconfirmed.Keys.Where(tag => tag <= confirm.DeliveryTag) : [confirm.DeliveryTag];
            foreach (var tag in confirmed)
            {
                if (unconfirmed.TryRemove(tag, out _))
                    room.Release();
            }
            return Task.CompletedTask;
        };

        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            await room.WaitAsync(cancellationToken);
            unconfirmed[await channel.GetNextPublishSequenceNumberAsync(cancellationToken)] = 0;
            var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent, MessageId = Guid.CreateVersion7().ToString() };
            await channel.BasicPublishAsync("", Queue, mandatory: true, properties, Body, cancellationToken);
        }
        for (var i = 0; i < MaxUnconfirmed; i++)
            await room.WaitAsync(cancellationToken);
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Consumes what was published.</summary>
    /// <returns>Acknowledged messages a second.</returns>
    public async Task<double> ConsumeAsync(int count, CancellationToken cancellationToken)
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.BasicQosAsync(0, Prefetch, global: false, cancellationToken);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var received = 0;
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            received++;
            if (received % AckEvery == 0 || received == count)
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: true, cancellationToken);
            if (received == count)
                done.TrySetResult();
        };
        var started = Stopwatch.GetTimestamp();
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, cancellationToken);
        await done.Task.WaitAsync(cancellationToken);
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await using var channel = await _connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(Queue, ifUnused: false, ifEmpty: false);
        await _connection.DisposeAsync();
    }
}
