using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Shop.Messaging.Outbox;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Operations;

/// <summary>What was seen of a dead-letter queue.</summary>
/// <param name="Letters">The messages in front, in their order.</param>
/// <param name="Unseen">How many lie behind them.</param>
internal sealed record DeadLetterView(IReadOnlyList<DeadLetter> Letters, long Unseen);

/// <summary>What became of the dead letters that were to be replayed.</summary>
/// <param name="Chosen">Those that were to be.</param>
/// <param name="Replayed">How many were sent, from the first on; the others are still dead letters.</param>
/// <param name="Unseen">How many messages lie behind those that were looked at.</param>
internal sealed record DeadLetterReplay(IReadOnlyList<DeadLetter> Chosen, int Replayed, long Unseen);

/// <summary>
/// Looks through the service's dead letters, and sends them again. They stay in the broker's queue, where their confirm put
/// them (ADR 0012), and AMQP has no way to read a queue without taking from it. So what is looked at is taken unacknowledged,
/// on a channel of its own, and the broker puts it back in its place when the channel closes, also when this process dies.
/// While somebody looks, another replica that looks finds those messages gone; within a process one look waits for the other.
/// Each look adds one to the <c>x-delivery-count</c> of what it saw, which nothing but a delivery limit minds, and the queue
/// has none (see <see cref="Broker"/>).
/// </summary>
internal sealed class DeadLetterQueue(
    string queue, Broker broker, IOptions<MessagingOptions> options, ILogger<DeadLetterQueue> logger) : IDisposable
{
    /// <summary>Messages that are looked at, from the front of the queue.</summary>
    public const int MaxSeen = 1_000;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly string _deadLetters = ShopTopology.DeadLetterQueue(queue);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The queue that the messages could not be handled from; also the consumer's name in the inbox.</summary>
    public string Queue => queue;

    /// <summary>Looks at the messages in front.</summary>
    /// <exception cref="OperationCanceledException">It took longer than half a minute.</exception>
    public Task<DeadLetterView> BrowseAsync(CancellationToken cancellationToken) => HoldingAsync(
        (_, view, _) => Task.FromResult(view), cancellationToken);

    /// <summary>
    /// Sends the chosen messages to the queue they came from, with their ids, each acknowledged only after the broker's
    /// confirm: a crash in between leaves a copy, and the inbox drops that.
    /// </summary>
    /// <param name="isChosen">Which ones.</param>
    /// <param name="user">Who asks, for the log.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    public Task<DeadLetterReplay> ReplayAsync(Func<DeadLetter, bool> isChosen, string? user, CancellationToken cancellationToken) => HoldingAsync(
        async (channel, view, bound) =>
        {
            var chosen = view.Letters.Where(isChosen).ToList();
            await using var publisher = await Publisher.OpenAsync(broker, TimeSpan.FromSeconds(options.Value.ConfirmSeconds), bound);
            var replayed = 0;
            foreach (var letter in chosen)
            {
                if (bound.IsCancellationRequested)
                    break;
                await publisher.PublishToQueueAsync(queue, letter.PropertiesForReplay(), letter.Body, CancellationToken.None);
                await channel.BasicAckAsync(letter.Tag, multiple: false, CancellationToken.None);
                replayed++;
                OperatorLog.DeadLetterReplayed(logger, user, letter.Type, letter.MessageId, queue);
            }

            return new DeadLetterReplay(chosen, replayed, view.Unseen);
        }, cancellationToken);

    /// <summary>How many there are, those that somebody looks at just now left out.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var channel = await broker.OpenConsumingChannelAsync(cancellationToken);
        return (await channel.QueueDeclarePassiveAsync(_deadLetters, cancellationToken)).MessageCount;
    }

    private async Task<T> HoldingAsync<T>(Func<IChannel, DeadLetterView, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Bound);
        await _turn.WaitAsync(bound.Token);
        try
        {
            // Closing the channel is what puts back whatever is not acknowledged.
            await using var channel = await broker.OpenConsumingChannelAsync(bound.Token);
            List<DeadLetter> letters = [];
            long unseen = 0;
            while (letters.Count < MaxSeen && await channel.BasicGetAsync(_deadLetters, autoAck: false, bound.Token) is { } message)
            {
                letters.Add(new DeadLetter(message));
                unseen = message.MessageCount;
            }

            return await work(channel, new DeadLetterView(letters, unseen), bound.Token);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
