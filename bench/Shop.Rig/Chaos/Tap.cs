using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Shop.Messaging.Topology;
using Shop.Rig.Invariants;

namespace Shop.Rig.Chaos;

/// <summary>A message as the exchange carried it.</summary>
/// <param name="Id">The AMQP <c>message_id</c>.</param>
/// <param name="Properties">All of its properties, to send it again as it was.</param>
/// <param name="Body">Its body.</param>
internal sealed record TappedMessage(string Id, BasicProperties Properties, byte[] Body)
{
    public string Type => Properties.Type ?? "";
}

/// <summary>
/// The rig's own queue at the shop's exchange: it sees every event in the order in which the broker took it, and keeps it.
/// </summary>
internal sealed class Tap : IAsyncDisposable
{
    /// <summary>The queue. It is bound to each type by itself, so that one can be taken away.</summary>
    public const string Queue = "rig.tap";

    private const ushort Prefetch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly ChaosShop _shop;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TappedMessage> _messages = [];
    private readonly ConcurrentQueue<TappedMessage> _firstSeen = [];
    private readonly Task _running;
    private long _deliveries;

    private Tap(ChaosShop shop)
    {
        _shop = shop;
        _running = RunAsync();
    }

    /// <summary>The messages in the order in which each was first seen.</summary>
    public IReadOnlyCollection<TappedMessage> FirstSeen => _firstSeen;

    /// <summary>How often any message was seen.</summary>
    public long Deliveries => Volatile.Read(ref _deliveries);

    /// <summary>Adds what was seen.</summary>
    public Evidence AddTo(Evidence evidence) => evidence with { TapDeliveries = Deliveries, Tapped = [.. FirstSeen.Select(message => message.Id)] };

    /// <summary>Begins to listen; from here on nothing that is published is missed.</summary>
    public static async Task<Tap> StartAsync(ChaosShop shop, CancellationToken cancellationToken)
    {
        var tap = new Tap(shop);
        await tap._ready.Task.WaitAsync(cancellationToken);
        return tap;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(_stopping.Token);
            }
            catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException && !_stopping.IsCancellationRequested)
            {
                // The broker is away; what it took meanwhile waits in the queue.
            }

            await Waits.ForAsync(Pause, _stopping.Token);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _shop.Shop.ConnectToBrokerAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
        foreach (var type in EventTypes.All)
            await channel.QueueBindAsync(Queue, ShopTopology.Exchange, type, cancellationToken: cancellationToken);

        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivered) =>
        {
            Keep(delivered);
            await channel.BasicAckAsync(delivered.DeliveryTag, multiple: false, cancellationToken);
        };
        await channel.BasicQosAsync(0, Prefetch, global: false, cancellationToken);
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, cancellationToken);
        _ready.TrySetResult();
        await closed.Task.WaitAsync(cancellationToken);
    }

    private void Keep(BasicDeliverEventArgs delivered)
    {
        Interlocked.Increment(ref _deliveries);
        var message = new TappedMessage(
            delivered.BasicProperties.MessageId ?? "", new BasicProperties(delivered.BasicProperties), delivered.Body.ToArray());
        if (_messages.TryAdd(message.Id, message))
            _firstSeen.Enqueue(message);
    }
}
