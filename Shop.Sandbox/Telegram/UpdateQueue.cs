using Shop.Sandbox.Telegram.BotApi;

namespace Shop.Sandbox.Telegram;

/// <summary>The updates that the bot has not confirmed, and the one long poll that may wait for more.</summary>
internal sealed class UpdateQueue(TimeProvider clock)
{
    private const int MaxPending = 10_000;
    private const int MaxLimit = 100;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan KeepFor = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly LinkedList<(Update Update, DateTimeOffset At)> _pending = new();

    // A restarted sandbox must not repeat an id: the bot's idempotency keys come from them.
    private int _lastId = (int)clock.GetUtcNow().ToUnixTimeSeconds();
    private IReadOnlySet<string>? _allowed;
    private TaskCompletionSource<bool>? _poll;

    /// <summary>Adds an update, unless the bot has asked not to receive its kind.</summary>
    public void Add(Func<int, Update> create)
    {
        lock (_gate)
        {
            var update = create(++_lastId);
            if (_allowed is { Count: > 0 } && !_allowed.Contains(update.Kind())) return;

            _pending.AddLast((update, clock.GetUtcNow()));
            if (_pending.Count > MaxPending) _pending.RemoveFirst();
            _poll?.TrySetResult(true);
        }
    }

    /// <summary>Answers getUpdates: confirms what is below the offset and waits until there is something to return.</summary>
    /// <param name="offset">The first id wanted; a negative one counts from the end; 0 confirms nothing.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="wait">How long to wait for the first.</param>
    /// <param name="allowed">The kinds to receive from now on; null leaves them as they are.</param>
    /// <param name="cancellationToken">The bot has gone away.</param>
    /// <exception cref="BotApiException">Another poll took this one's place.</exception>
    public async Task<IReadOnlyList<Update>> GetAsync(
        int offset, int limit, TimeSpan wait, IReadOnlySet<string>? allowed, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> poll;
        lock (_gate)
        {
            _poll?.TrySetResult(false);
            _poll = null;
            _allowed = allowed ?? _allowed;
            Confirm(offset);
            if (_pending.Count > 0 || wait <= TimeSpan.Zero) return Take(limit);
            _poll = poll = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            var stillMine = await poll.Task.WaitAsync(wait < MaxWait ? wait : MaxWait, clock, cancellationToken);
            if (!stillMine) throw BotApiException.Conflict();
        }
        catch (TimeoutException)
        {
            return [];
        }
        finally
        {
            lock (_gate)
            {
                if (_poll == poll) _poll = null;
            }
        }

        lock (_gate) return Take(limit);
    }

    private void Confirm(int offset)
    {
        if (offset < 0)
        {
            while (_pending.Count > -(long)offset) _pending.RemoveFirst();
        }

        var expired = clock.GetUtcNow() - KeepFor;
        while (_pending.First is { Value: var first } && (first.Update.UpdateId < offset || first.At < expired))
            _pending.RemoveFirst();
    }

    private List<Update> Take(int limit)
        => [.. _pending.Take(limit is < 1 or > MaxLimit ? MaxLimit : limit).Select(entry => entry.Update)];
}
