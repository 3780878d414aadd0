using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.Tests.Integration.Telegram;

/// <summary>The client against the sandbox's Bot API: messages, buttons, errors, limits.</summary>
public sealed class BotApiTests
{
    [Fact]
    public async Task The_token_names_the_bot()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var bot = sandbox.Client();

        var me = await bot.GetMe();

        Assert.Equal((4242L, true), (me.Id, me.IsBot));
        Assert.Equal(4242, bot.BotId);
    }

    [Theory]
    [InlineData("4242:another-token-of-the-right-length-")]
    [InlineData("4242:short")]
    public async Task An_unknown_or_malformed_token_is_401(string token)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        var refused = await Assert.ThrowsAsync<ApiRequestException>(() => sandbox.Client(token).GetMe());

        Assert.Equal((401, "Unauthorized"), (refused.ErrorCode, refused.Message));
    }

    [Fact]
    public void A_token_without_a_bot_id_is_refused_before_anything_is_sent()
        => Assert.Throws<ArgumentException>(() => new TelegramBotClientOptions("token"));

    [Fact]
    public async Task An_error_has_the_shape_of_the_Bot_API()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        using var response = await sandbox.Http.GetAsync($"/bot{sandbox.Token}/dance");
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.False(body.GetProperty("ok").GetBoolean());
        Assert.Equal(404, body.GetProperty("error_code").GetInt32());
        Assert.Equal("Not Found: method not found", body.GetProperty("description").GetString());
        Assert.False(body.TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Parameters_come_by_query_form_or_JSON_and_methods_in_any_case()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.Person(7).WriteAsync("hello");
        var url = $"/bot{sandbox.Token}/SENDmessage";
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["chat_id"] = "7",
            ["text"] = "by form",
            ["reply_markup"] = """{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}""",
        });

        using var byQuery = await sandbox.Http.GetAsync($"{url}?chat_id=7&text=by+query");
        using var byForm = await sandbox.Http.PostAsync(url, form);
        using var byJson = await sandbox.Http.PostAsJsonAsync(url, new { chat_id = 7, text = "by JSON" });
        using var notJson = await sandbox.Http.PostAsync(url, new StringContent("{", null, "application/json"));

        Assert.All([byQuery, byForm, byJson], response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(HttpStatusCode.BadRequest, notJson.StatusCode);
        var chat = await sandbox.Person(7).LookAsync();
        Assert.Equal(["hello", "by query", "by form", "by JSON"], chat.Messages.Select(message => message.Text));
        Assert.Equal("b", chat.Messages[2].ReplyMarkup!.Buttons().Single().CallbackData);
    }

    [Fact]
    public async Task A_bot_cannot_begin_a_chat()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await RefusedAsync(() => sandbox.Client().SendMessage(chatId: 7, text: "hello"), "Bad Request: chat not found");
    }

    [Fact]
    public async Task A_message_has_1_to_4096_characters()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.Person(7).WriteAsync("hello");
        var bot = sandbox.Client();

        await RefusedAsync(() => bot.SendMessage(chatId: 7, text: " "), "Bad Request: message text is empty");
        await RefusedAsync(() => bot.SendMessage(chatId: 7, text: new string('x', 4097)), "Bad Request: message is too long");
        Assert.Equal(4096, (await bot.SendMessage(chatId: 7, text: new string('x', 4096))).Text!.Length);
    }

    [Fact]
    public async Task The_data_of_a_button_has_1_to_64_bytes()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.Person(7).WriteAsync("hello");
        var bot = sandbox.Client();

        await bot.SendMessage(chatId: 7, text: "fits", replyMarkup: Button(new string('я', 32)));
        await RefusedAsync(() => bot.SendMessage(chatId: 7, text: "does not", replyMarkup: Button(new string('я', 33))), "Bad Request: BUTTON_DATA_INVALID");
    }

    [Fact]
    public async Task A_message_is_edited_and_deleted()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var person = sandbox.Person(7);
        var typed = await person.WriteAsync("my password");
        var bot = sandbox.Client();
        var sent = await bot.SendMessage(chatId: 7, text: "one", replyMarkup: Button("data"));

        await RefusedAsync(() => bot.EditMessageText(chatId: 7, messageId: sent.Id, text: "one", replyMarkup: Button("data")), "Bad Request: message is not modified");
        var edited = await bot.EditMessageText(chatId: 7, messageId: sent.Id, text: "two");
        await bot.DeleteMessage(chatId: 7, messageId: typed.MessageId);

        Assert.Equal("two", edited.Text);
        var left = Assert.Single((await person.LookAsync()).Messages);
        Assert.Equal("two", left.Text);
        Assert.Null(left.ReplyMarkup);
        await RefusedAsync(() => bot.DeleteMessage(chatId: 7, messageId: typed.MessageId), "Bad Request: message to delete not found");
        await RefusedAsync(() => bot.EditMessageText(chatId: 7, messageId: 99, text: "x"), "Bad Request: message to edit not found");
    }

    [Fact]
    public async Task A_pressed_button_is_answered_once()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var person = sandbox.Person(7);
        await person.WriteAsync("hello");
        var bot = sandbox.Client();
        await bot.SendMessage(chatId: 7, text: "choose", replyMarkup: Button("chosen"));
        await person.PressAsync((await person.LookAsync()).Messages[^1], "press me");

        var query = (await bot.GetUpdates())[^1].CallbackQuery!;
        await bot.AnswerCallbackQuery(callbackQueryId: query.Id, text: "done");

        Assert.Equal(("chosen", 7L, "choose"), (query.Data, query.From.Id, query.Message!.Text));
        Assert.Equal("done", (await person.LookAsync()).Notice!.Text);
        await RefusedAsync(() => bot.AnswerCallbackQuery(callbackQueryId: query.Id), "Bad Request: query is too old");
    }

    [Fact]
    public async Task Commands_are_set_per_language_and_checked()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var bot = sandbox.Client();

        await bot.SetMyCommands(commands: [new BotCommand { Command = "help", Description = "what I can do" }]);
        await bot.SetMyCommands(commands: [new BotCommand { Command = "help", Description = "что я умею" }], languageCode: "ru");

        await RefusedAsync(() => bot.SetMyCommands(commands: [new BotCommand { Command = "HELP!", Description = "x" }]), "Bad Request: BOT_COMMAND_INVALID");
        Assert.Contains("что я умею", await sandbox.Http.GetStringAsync("/telegram/commands?language=ru"), StringComparison.Ordinal);
        Assert.Contains("what I can do", await sandbox.Http.GetStringAsync("/telegram/commands?language=de"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_messages_are_429_with_the_seconds_to_wait()
    {
        await using var sandbox = await RunningSandbox.StartAsync("--Telegram:MessagesPerSecond=1");
        await sandbox.Person(7).WriteAsync("hello");
        var impatient = sandbox.Client(configure: options => options.RetryThreshold = 0);

        var refused = await Assert.ThrowsAsync<ApiRequestException>(async () =>
        {
            // Three messages fall into at most two seconds of the clock.
            for (var i = 0; i < 3; i++) await impatient.SendMessage(chatId: 7, text: $"message {i}");
        });

        Assert.Equal((429, "Too Many Requests: retry after 1"), (refused.ErrorCode, refused.Message));
        Assert.Equal(1, refused.Parameters!.RetryAfter);
    }

    [Fact]
    public async Task The_client_waits_and_repeats_as_it_is_told()
    {
        await using var sandbox = await RunningSandbox.StartAsync("--Telegram:MessagesPerSecond=1");
        await sandbox.Person(7).WriteAsync("hello");
        var patient = sandbox.Client();

        for (var i = 0; i < 3; i++) await patient.SendMessage(chatId: 7, text: $"message {i}");

        Assert.Equal(4, (await sandbox.Person(7).LookAsync()).Messages.Count);
    }

    [Fact]
    public async Task An_API_out_of_reach_is_a_request_exception_that_does_not_name_the_token()
    {
        const string Token = "4242:never-to-be-written-anywhere";
        using var http = new HttpClient();
        var bot = new TelegramBotClient(new TelegramBotClientOptions(Token, "http://127.0.0.1:1"), http);

        var failure = await Assert.ThrowsAsync<RequestException>(() => bot.GetMe());

        Assert.DoesNotContain(Token, failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ru-RU,ru;q=0.9,en;q=0.5", "ru")]
    [InlineData("en;q=0.5, ru;q=0.4", "en")]
    [InlineData("*", "en")]
    public async Task The_chat_page_speaks_the_language_of_the_browser(string accepted, string language)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        sandbox.Http.DefaultRequestHeaders.Add("Accept-Language", accepted);

        Assert.Contains($"""<html lang="{language}">""", await sandbox.Http.GetStringAsync("/telegram"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "text")]
    [InlineData(7, " ")]
    public async Task The_chat_page_refuses_what_Telegram_would_never_carry(long chatId, string text)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        using var response = await sandbox.Http.PostAsJsonAsync($"/telegram/chats/{chatId}/messages", new { text });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    private static InlineKeyboardMarkup Button(string data) => new([[InlineKeyboardButton.WithCallbackData("press me", data)]]);

    private static async Task RefusedAsync(Func<Task> call, string description)
    {
        var refused = await Assert.ThrowsAsync<ApiRequestException>(call);
        Assert.Equal(400, refused.ErrorCode);
        Assert.StartsWith(description, refused.Message, StringComparison.Ordinal);
    }
}
