using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Shop.Messaging.Outbox;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Operations;

/// <summary>What was seen of a dead-letter queue.</summary>
/// <param name="Letters">The messages, by the time of their last failure.</param>
/// <param name="Unseen">How many more there are.</param>
internal sealed record DeadLetterView(IReadOnlyList<DeadLetter> Letters, long Unseen);

/// <summary>What became of the dead letters that were to be replayed.</summary>
/// <param name="Chosen">Those that were to be.</param>
/// <param name="Replayed">How many were sent, from the first on; the others are still dead letters.</param>
/// <param name="Unseen">How many messages were not looked at.</param>
internal sealed record DeadLetterReplay(IReadOnlyList<DeadLetter> Chosen, int Replayed, long Unseen);

/// <summary>
/// Looks through the service's dead letters, and sends them again. They stay in the broker's queue, where their confirm put
/// them (ADR 0012), and AMQP has no way to read a queue without taking from it. So what is looked at is taken unacknowledged,
/// on a channel of its own, and then put back; the broker does that too when this process dies. The broker keeps no order
/// among what is put back, so the order here is that of the messages' own times. While somebody looks, another replica that
/// looks finds those messages gone; within a process one look waits for the other.
/// Each look adds one to the <c>x-delivery-count</c> of what it saw, which nothing but a delivery limit minds, and the queue
/// has none (see <see cref="Broker"/>).
/// </summary>
internal sealed class DeadLetterQueue(
    string queue, Broker broker, IOptions<MessagingOptions> options, TimeProvider time, ILogger<DeadLetterQueue> logger) : IDisposable
{
    /// <summary>Messages that are looked at; more stay behind them.</summary>
    public const int MaxSeen = 1_000;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PutBackBound = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PutBackPoll = TimeSpan.FromMilliseconds(20);
    private readonly string _deadLetters = ShopTopology.DeadLetterQueue(queue);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The queue that the messages could not be handled from; also the consumer's name in the inbox.</summary>
    public string Queue => queue;

    /// <summary>Looks at the messages.</summary>
    /// <exception cref="OperationCanceledException">It took longer than half a minute.</exception>
    public Task<DeadLetterView> BrowseAsync(CancellationToken cancellationToken) => HoldingAsync(
        (_, view, _) => Task.FromResult((view, (IReadOnlyCollection<DeadLetter>)[])), cancellationToken);

    /// <summary>
    /// Sends the chosen messages to the queue they came from, in the order in which they were added to their outboxes and with
    /// their ids. Each is acknowledged only after the broker's confirm: a crash in between leaves a copy, and the inbox drops that.
    /// </summary>
    /// <param name="isChosen">Which ones.</param>
    /// <param name="user">Who asks, for the log.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    public Task<DeadLetterReplay> ReplayAsync(Func<DeadLetter, bool> isChosen, string? user, CancellationToken cancellationToken) => HoldingAsync(
        async (channel, view, bound) =>
        {
            var chosen = view.Letters.Where(isChosen).OrderBy(letter => letter.Id).ToList();
            await using var publisher = await Publisher.OpenAsync(broker, TimeSpan.FromSeconds(options.Value.ConfirmSeconds), bound);
            var replayed = 0;
            foreach (var letter in chosen)
            {
                if (bound.IsCancellationRequested)
                    break;
                await publisher.PublishToQueueAsync(queue, letter.PropertiesForReplay(time.GetUtcNow()), letter.Body, CancellationToken.None);
                await channel.BasicAckAsync(letter.Tag, multiple: false, CancellationToken.None);
                replayed++;
                OperatorLog.DeadLetterReplayed(logger, user, letter.Type, letter.MessageId, queue);
            }

            return (new DeadLetterReplay(chosen, replayed, view.Unseen), chosen[..replayed]);
        }, cancellationToken);

    /// <summary>How many there are, those that somebody looks at just now left out.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var channel = await broker.OpenConsumingChannelAsync(cancellationToken);
        return await channel.MessageCountAsync(_deadLetters, cancellationToken);
    }

    /// <param name="work">Acknowledges the messages that it takes away, and says which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<T> HoldingAsync<T>(
        Func<IChannel, DeadLetterView, CancellationToken, Task<(T Result, IReadOnlyCollection<DeadLetter> Taken)>> work, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Bound);
        await _turn.WaitAsync(bound.Token);
        try
        {
            await using var channel = await broker.OpenConsumingChannelAsync(bound.Token);
            List<DeadLetter> letters = [];
            long unseen = 0;
            while (letters.Count < MaxSeen && await channel.BasicGetAsync(_deadLetters, autoAck: false, bound.Token) is { } message)
            {
                letters.Add(new DeadLetter(message));
                unseen = message.MessageCount;
            }

            var seen = letters.OrderBy(letter => letter.LastFailure).ThenBy(letter => letter.Id).ToList();
            var (result, taken) = await work(channel, new DeadLetterView(seen, unseen), bound.Token);
            await PutBackAsync(channel, [.. letters.Except(taken)], unseen);
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <remarks>
    /// Closing the channel would put them back too. Either way they come back one by one, after the broker's answer: they are
    /// waited for, as who looks next would not find them. In vain, if another replica looks too, and so not for long.
    /// </remarks>
    private async Task PutBackAsync(IChannel channel, IReadOnlyList<DeadLetter> letters, long unseen)
    {
        if (letters.Count == 0)
            return;
        await channel.BasicNackAsync(letters[^1].Tag, multiple: true, requeue: true, CancellationToken.None);
        var started = time.GetTimestamp();
        while (await channel.MessageCountAsync(_deadLetters, CancellationToken.None) < letters.Count + unseen
            && time.GetElapsedTime(started) < PutBackBound)
            await Task.Delay(PutBackPoll, time, CancellationToken.None);
    }

    public void Dispose() => _turn.Dispose();
}
