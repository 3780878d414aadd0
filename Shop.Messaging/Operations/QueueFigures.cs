using Microsoft.Extensions.Options;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Operations;

/// <summary>
/// The figures of the service's queues. How many messages wait, and for how many consumers, AMQP itself tells, exactly and now;
/// the rest is the management API's, some seconds old, and missing while that is away.
/// </summary>
internal sealed class QueueFigures(string queue, Broker broker, BrokerStatistics statistics, IOptions<MessagingOptions> options)
{
    /// <summary>Asks the broker.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.BrokerUnreachableException">The broker is not there.</exception>
    public async Task<QueueResponse> ReadAsync(CancellationToken cancellationToken)
    {
        var measuring = statistics.FindAsync(queue, cancellationToken);
        await using var channel = await broker.OpenConsumingChannelAsync(cancellationToken);
        var main = await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
        List<RetryQueueResponse> retries = [];
        foreach (var delay in options.Value.RetryDelays.Distinct().Order())
        {
            var messages = await channel.MessageCountAsync(Broker.RetryQueue(queue, delay), cancellationToken);
            retries.Add(new RetryQueueResponse(TimeSpan.FromMilliseconds(delay).TotalSeconds, messages));
        }

        var deadLetters = await channel.MessageCountAsync(ShopTopology.DeadLetterQueue(queue), cancellationToken);
        var (state, measured) = await measuring;
        return new QueueResponse(
            queue, main.MessageCount, main.ConsumerCount, measured?.Unacknowledged, measured?.PublishRate, measured?.DeliverRate,
            retries, deadLetters, state);
    }
}
