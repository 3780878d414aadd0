using System.Diagnostics;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.Tests.Integration.Telegram;

/// <summary>How updates are received and confirmed.</summary>
public sealed class GetUpdatesTests
{
    [Fact]
    public async Task An_update_comes_again_until_a_higher_offset_confirms_it()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var bot = sandbox.Client();
        await WriteAsync(sandbox, "one", "two", "three");

        var first = await bot.GetUpdates();
        var again = await bot.GetUpdates(offset: first[0].Id);
        var rest = await bot.GetUpdates(offset: first[1].Id);
        var none = await bot.GetUpdates(offset: first[2].Id + 1);
        var noneAgain = await bot.GetUpdates();

        Assert.Equal(["one", "two", "three"], Texts(first));
        Assert.Equal(["one", "two", "three"], Texts(again));
        Assert.Equal(["two", "three"], Texts(rest));
        Assert.Empty(none);
        Assert.Empty(noneAgain);
        Assert.Equal([first[0].Id, first[0].Id + 1, first[0].Id + 2], first.Select(update => update.Id));
    }

    [Fact]
    public async Task A_limit_cuts_and_a_negative_offset_counts_from_the_end()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var bot = sandbox.Client();
        await WriteAsync(sandbox, "one", "two", "three");

        Assert.Equal(["one", "two"], Texts(await bot.GetUpdates(limit: 2)));
        Assert.Equal(["three"], Texts(await bot.GetUpdates(offset: -1)));
        Assert.Equal(["three"], Texts(await bot.GetUpdates()));
    }

    [Fact]
    public async Task A_waiting_poll_returns_as_soon_as_somebody_writes()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var stopwatch = Stopwatch.StartNew();
        var poll = sandbox.Client().GetUpdates(timeout: 30);

        await WriteAsync(sandbox, "wake up");

        Assert.Equal(["wake up"], Texts(await poll));
        Assert.True(stopwatch.Elapsed < TimeSpan.FromSeconds(10), $"The poll took {stopwatch.Elapsed}.");
    }

    [Fact]
    public async Task A_poll_without_updates_ends_with_its_timeout()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Assert.Empty(await sandbox.Client().GetUpdates(timeout: 1));
    }

    [Fact]
    public async Task A_second_poll_ends_the_first_with_409()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var bot = sandbox.Client();

        // Whichever request the server sees first is the one that ends.
        Task<Update[]>[] polls = [bot.GetUpdates(timeout: 30), bot.GetUpdates(timeout: 30)];
        var ended = await Task.WhenAny(polls);
        var conflict = await Assert.ThrowsAsync<ApiRequestException>(() => ended);
        await WriteAsync(sandbox, "for the second");

        Assert.Equal(409, conflict.ErrorCode);
        Assert.Equal("Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", conflict.Message);
        Assert.Equal(["for the second"], Texts(await polls.Single(poll => poll != ended)));
    }

    [Fact]
    public async Task Only_the_allowed_kinds_arrive()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var bot = sandbox.Client();
        var person = sandbox.Person(7);
        await bot.GetUpdates(allowedUpdates: [UpdateType.CallbackQuery]);
        await person.WriteAsync("not wanted");
        await bot.SendMessage(chatId: 7, text: "choose", replyMarkup: new InlineKeyboardMarkup([[InlineKeyboardButton.WithCallbackData("a", "a")]]));

        await person.PressAsync((await person.LookAsync()).Messages[^1], "a");

        Assert.Equal(UpdateType.CallbackQuery, Assert.Single(await bot.GetUpdates()).Type);
    }

    private static async Task WriteAsync(RunningSandbox sandbox, params string[] texts)
    {
        foreach (var text in texts) await sandbox.Person(7).WriteAsync(text);
    }

    private static IEnumerable<string?> Texts(Update[] updates) => updates.Select(update => update.Message?.Text);
}
