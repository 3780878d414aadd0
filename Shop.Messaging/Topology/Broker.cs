using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Shop.Messaging.Topology;

/// <summary>
/// The connections to RabbitMQ, and the shop's exchange and queues on it. One publishes and one consumes: a broker short of
/// memory or disk stops reading from connections that publish, and acknowledgements must not wait behind that.
/// </summary>
internal sealed class Broker(IConnectionFactory factory, IHostEnvironment environment, IOptions<MessagingOptions> options) : IAsyncDisposable
{
    /// <summary>Redeliveries that the broker itself counts, for a message whose handling kills the process: a parachute below the retries.</summary>
    private const int DeliveryLimit = 50;

    private readonly BrokerConnection _publishing = new(factory, $"{environment.ApplicationName} publishing");
    private readonly BrokerConnection _consuming = new(factory, $"{environment.ApplicationName} consuming");
    private readonly SemaphoreSlim _declaring = new(1, 1);
    private int _wanted = 1;
    private int _declared;

    /// <summary>Opens a channel to publish on; the topology is declared before the first, and again after <see cref="DeclareAgain"/>.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.BrokerUnreachableException">The broker is not there.</exception>
    public Task<IChannel> OpenChannelAsync(CreateChannelOptions channelOptions, CancellationToken cancellationToken) =>
        OpenChannelAsync(_publishing, channelOptions, cancellationToken);

    /// <summary>Opens a channel to consume on, and only that; else as <see cref="OpenChannelAsync(CreateChannelOptions, CancellationToken)"/>.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.BrokerUnreachableException">The broker is not there.</exception>
    public Task<IChannel> OpenConsumingChannelAsync(CancellationToken cancellationToken) =>
        OpenChannelAsync(_consuming, new CreateChannelOptions(false, false), cancellationToken);

    /// <summary>Connects, unless it is connected.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.BrokerUnreachableException">The broker is not there.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken) => _publishing.GetAsync(cancellationToken);

    private async Task<IChannel> OpenChannelAsync(BrokerConnection to, CreateChannelOptions channelOptions, CancellationToken cancellationToken)
    {
        var connection = await to.GetAsync(cancellationToken);
        await DeclareOnceAsync(connection, cancellationToken);
        return await connection.CreateChannelAsync(channelOptions, cancellationToken);
    }

    /// <summary>
    /// Has the topology declared with the next channel: the connection was lost, and the broker may have lost its data; or a
    /// queue turned out to be missing.
    /// </summary>
    public void DeclareAgain() => Interlocked.Increment(ref _wanted);

    /// <summary>The queue where a failed message waits for its next try.</summary>
    /// <param name="queue">The queue it failed in.</param>
    /// <param name="delayMilliseconds">How long it waits.</param>
    public static string RetryQueue(string queue, int delayMilliseconds) => $"{queue}.retry.{delayMilliseconds}";

    private async Task DeclareOnceAsync(IConnection connection, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _declared) == Volatile.Read(ref _wanted))
            return;

        await _declaring.WaitAsync(cancellationToken);
        try
        {
            var wanted = Volatile.Read(ref _wanted);
            if (_declared == wanted)
                return;
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            var deadLetterArguments = DeadLetterArguments(connection);
            await channel.ExchangeDeclareAsync(ShopTopology.Exchange, ExchangeType.Topic, durable: true, cancellationToken: cancellationToken);
            foreach (var (queue, types) in ShopTopology.Bindings)
                await DeclareAsync(channel, queue, types, deadLetterArguments, cancellationToken);
            Volatile.Write(ref _declared, wanted);
        }
        finally
        {
            _declaring.Release();
        }
    }

    /// <remarks>
    /// Whoever looks at a dead letter adds to its delivery count. Since version 4 the broker drops messages after 20 deliveries
    /// unless it is told otherwise; before, there is no such limit, and it does not know the value that lifts it.
    /// </remarks>
    private static Dictionary<string, object?> DeadLetterArguments(IConnection connection)
    {
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        if (connection.ServerProperties?.TryGetValue("version", out var version) == true
            && version is byte[] text && Version.TryParse(Encoding.UTF8.GetString(text).Split('-', '+')[0], out var number) && number.Major >= 4)
            arguments["x-delivery-limit"] = -1;
        return arguments;
    }

    private async Task DeclareAsync(
        IChannel channel, string queue, IReadOnlyList<string> types, Dictionary<string, object?> deadLetterArguments, CancellationToken cancellationToken)
    {
        var deadLetters = ShopTopology.DeadLetterQueue(queue);
        await channel.QueueDeclareAsync(
            deadLetters, durable: true, exclusive: false, autoDelete: false, deadLetterArguments, cancellationToken: cancellationToken);

        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = DeliveryLimit,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = deadLetters,
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-overflow"] = "reject-publish",
        }, cancellationToken: cancellationToken);

        // One queue per wait: with one waiting time in a queue, the message in front is always the next that is due.
        foreach (var delay in options.Value.RetryDelays.Distinct())
        {
            await channel.QueueDeclareAsync(RetryQueue(queue, delay), durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
            {
                ["x-queue-type"] = "quorum",
                ["x-message-ttl"] = delay,
                ["x-dead-letter-exchange"] = "",
                ["x-dead-letter-routing-key"] = queue,
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish",
            }, cancellationToken: cancellationToken);
        }

        foreach (var type in types)
            await channel.QueueBindAsync(queue, ShopTopology.Exchange, type, cancellationToken: cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _consuming.DisposeAsync();
        await _publishing.DisposeAsync();
        _declaring.Dispose();
    }
}
