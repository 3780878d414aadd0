using Shop.TelegramBot.Polling;

namespace Shop.Tests.Unit.Telegram;

public sealed class UpdateWindowTests
{
    private static readonly TimeSpan AWhile = TimeSpan.FromMilliseconds(50);

    private readonly List<int> _handled = [];

    [Fact]
    public async Task Nothing_is_confirmed_before_it_is_handled()
    {
        using var window = new UpdateWindow(8, TimeProvider.System);
        var slow = new TaskCompletionSource();
        Assert.Null(window.Offset);

        window.Add(10, chatId: 1, Handle(10));
        window.Add(11, chatId: 2, () => slow.Task);
        window.Add(12, chatId: 3, Handle(12));
        await window.SettleAsync(AWhile, CancellationToken.None);

        Assert.Equal(11, window.Offset);
        Assert.Equal([10, 12], _handled);
        slow.SetResult();
        await window.SettleAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.Equal(13, window.Offset);
        Assert.True(window.IsEmpty);
    }

    [Fact]
    public async Task What_comes_again_before_it_is_confirmed_is_not_handled_again()
    {
        using var window = new UpdateWindow(8, TimeProvider.System);
        var slow = new TaskCompletionSource();
        window.Add(10, chatId: 1, () => slow.Task);
        window.Add(11, chatId: 2, Handle(11));
        await window.SettleAsync(AWhile, CancellationToken.None);

        window.Add(10, chatId: 1, Handle(10));
        window.Add(11, chatId: 2, Handle(11));
        slow.SetResult();
        await window.SettleAsync(TimeSpan.FromSeconds(10), CancellationToken.None);

        Assert.Equal([11], _handled);
        Assert.Equal(12, window.Offset);
    }

    [Fact]
    public async Task The_updates_of_one_chat_wait_for_each_other()
    {
        using var window = new UpdateWindow(8, TimeProvider.System);
        var slow = new TaskCompletionSource();
        window.Add(10, chatId: 1, () => slow.Task);
        window.Add(11, chatId: 1, Handle(11));

        await window.SettleAsync(AWhile, CancellationToken.None);
        Assert.Empty(_handled);
        slow.SetResult();
        await window.SettleAsync(TimeSpan.FromSeconds(10), CancellationToken.None);

        Assert.Equal([11], _handled);
    }

    [Fact]
    public async Task Only_so_many_chats_are_handled_at_once()
    {
        using var window = new UpdateWindow(2, TimeProvider.System);
        var slow = new TaskCompletionSource();
        window.Add(10, chatId: 1, () => slow.Task);
        window.Add(11, chatId: 2, () => slow.Task);
        window.Add(12, chatId: 3, Handle(12));

        await window.SettleAsync(AWhile, CancellationToken.None);
        Assert.Empty(_handled);
        slow.SetResult();
        await window.SettleAsync(TimeSpan.FromSeconds(10), CancellationToken.None);

        Assert.Equal([12], _handled);
    }

    [Fact]
    public async Task From_the_first_failure_on_all_is_received_again()
    {
        using var window = new UpdateWindow(8, TimeProvider.System);
        window.Add(10, chatId: 1, Handle(10));
        window.Add(11, chatId: 2, () => Task.FromException(new InvalidOperationException("away")));
        window.Add(12, chatId: 2, Handle(12));
        window.Add(13, chatId: 3, Handle(13));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => window.SettleAsync(TimeSpan.FromSeconds(10), CancellationToken.None));

        Assert.Equal("away", failure.Message);
        Assert.Equal(11, window.Offset);
        Assert.Equal([10, 13], _handled);
    }

    private Func<Task> Handle(int updateId) => () =>
    {
        _handled.Add(updateId);
        return Task.CompletedTask;
    };
}
