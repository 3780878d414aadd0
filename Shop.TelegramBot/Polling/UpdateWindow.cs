namespace Shop.TelegramBot.Polling;

/// <summary>
/// The updates that were received and are not confirmed. Those of one chat are handled one after another, several chats
/// side by side; a slow chat holds back the confirmation, not the others. Holds at most as many as one answer of Telegram
/// brings, because what is not confirmed comes again. For one loop; not for several threads.
/// </summary>
internal sealed class UpdateWindow(int chatsAtOnce, TimeProvider clock) : IDisposable
{
    private readonly SortedDictionary<int, (long ChatId, Task Handling)> _updates = [];
    private readonly SemaphoreSlim _slots = new(chatsAtOnce);
    private int? _next;

    /// <summary>The first update that is not handled: asking for it confirms all before it.</summary>
    public int? Offset => _updates.Count > 0 ? _updates.Keys.First() : _next;

    public bool IsEmpty => _updates.Count == 0;

    /// <summary>Begins to handle an update, unless that was begun before.</summary>
    public void Add(int updateId, long chatId, Func<Task> handle)
    {
        if (_updates.ContainsKey(updateId)) return;
        var previous = _updates.Values.LastOrDefault(update => update.ChatId == chatId).Handling ?? Task.CompletedTask;
        _updates.Add(updateId, (chatId, HandleAfterAsync(previous, handle)));
        _next = updateId + 1;
    }

    /// <summary>Waits until everything is handled, or for a while, and forgets what can be confirmed.</summary>
    /// <exception cref="Exception">Handling failed. From the first failed update on, all will be received again.</exception>
    public async Task SettleAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var all = Task.WhenAll(_updates.Values.Select(update => update.Handling));
        await Task.WhenAny(all, Task.Delay(atMost, clock, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();

        if (_updates.Values.Any(update => update.Handling.IsFaulted || update.Handling.IsCanceled))
        {
            await Task.WhenAny(all);
            _next = _updates.First(update => !update.Value.Handling.IsCompletedSuccessfully).Key;
            _updates.Clear();
            await all;
        }

        while (_updates.Count > 0 && _updates.First() is { Value.Handling.IsCompletedSuccessfully: true } first) _updates.Remove(first.Key);
    }

    public void Dispose() => _slots.Dispose();

    private async Task HandleAfterAsync(Task previous, Func<Task> handle)
    {
        await previous;
        await _slots.WaitAsync();
        try
        {
            await handle();
        }
        finally
        {
            _slots.Release();
        }
    }
}
