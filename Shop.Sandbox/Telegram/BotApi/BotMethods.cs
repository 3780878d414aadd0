using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Shop.Sandbox.Telegram.BotApi;

/// <summary>The methods of the Bot API that the sandbox plays.</summary>
internal sealed partial class BotMethods(
    TelegramChats chats, UpdateQueue updates, MessageRate rate, IOptions<TelegramOptions> options, IHostApplicationLifetime lifetime)
{
    private const int MaxText = 4096;
    private const int MaxCallbackData = 64;
    private const int MaxNotice = 200;
    private const int MaxCommands = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, IReadOnlyList<BotCommand>> _commands = new(StringComparer.Ordinal);

    /// <summary>The commands that the bot offers to a speaker of a language.</summary>
    public IReadOnlyList<BotCommand> Commands(string language)
    {
        lock (_gate) return _commands.GetValueOrDefault(language) ?? _commands.GetValueOrDefault("") ?? [];
    }

    public async Task<object> CallAsync(string token, string method, BotRequest request, CancellationToken cancellationToken)
    {
        var bot = Authenticate(token);
        return method.ToUpperInvariant() switch
        {
            "GETME" => bot,
            "GETUPDATES" => await GetUpdatesAsync(request, cancellationToken),
            "SENDMESSAGE" => Limited(() => chats.Send(bot, request.ChatId(), MessageText(request), Markup(request))),
            "EDITMESSAGETEXT" => Limited(() => chats.Edit(bot, request.ChatId(), request.MessageId(), MessageText(request), Markup(request))),
            "DELETEMESSAGE" => Done(() => chats.Delete(request.ChatId(), request.MessageId())),
            "ANSWERCALLBACKQUERY" => Done(() => chats.Answer(request.Text("callback_query_id") ?? "", NoticeText(request), request.Flag("show_alert"))),
            "SETMYCOMMANDS" => Done(() => SetCommands(request)),
            _ => throw BotApiException.MethodNotFound(),
        };
    }

    private User Authenticate(string token)
    {
        var known = options.Value.Token;
        if (!WellFormedToken().IsMatch(token) || (known is { Length: > 0 } && token != known)) throw BotApiException.Unauthorized();

        var id = long.Parse(token.AsSpan(0, token.IndexOf(':', StringComparison.Ordinal)), provider: null);
        return new User(id, IsBot: true, options.Value.BotName, options.Value.BotUsername, LanguageCode: null);
    }

    private async Task<object> GetUpdatesAsync(BotRequest request, CancellationToken cancellationToken)
    {
        var allowed = request.Json<HashSet<string>>("allowed_updates", "allowed updates");
        var wait = TimeSpan.FromSeconds(Math.Clamp(request.Int("timeout") ?? 0, 0, 50));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            return await updates.GetAsync(request.Int("offset") ?? 0, request.Int("limit") ?? 100, wait, allowed, stop.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Array.Empty<Update>();
        }
    }

    private Message Limited(Func<Message> write)
        => rate.RetryAfter() is { } seconds ? throw BotApiException.TooManyRequests(seconds) : write();

    private static bool Done(Action act)
    {
        act();
        return true;
    }

    private static string MessageText(BotRequest request)
    {
        if (request.Text("parse_mode") is { Length: > 0 }) throw BotApiException.BadRequest("unsupported parse_mode");
        var text = request.Text("text")?.Trim() ?? "";
        return text.Length switch
        {
            0 => throw BotApiException.BadRequest("message text is empty"),
            > MaxText => throw BotApiException.BadRequest("message is too long"),
            _ => text,
        };
    }

    private static string? NoticeText(BotRequest request)
        => request.Text("text") is { Length: > MaxNotice } ? throw BotApiException.BadRequest("MESSAGE_TOO_LONG") : request.Text("text");

    private static ReplyMarkup? Markup(BotRequest request)
    {
        if (request.Json<ReplyMarkup>("reply_markup", "reply keyboard markup") is not { InlineKeyboard: { } rows } markup) return null;
        if (rows.Any(row => row is null || row.Any(button => button is null))) throw BotApiException.BadRequest("can't parse inline keyboard button: Can't parse inline keyboard markup");

        foreach (var button in markup.Buttons())
        {
            if (string.IsNullOrEmpty(button.Text)) throw BotApiException.BadRequest("can't parse inline keyboard button: Field \"text\" must not be empty");
            if (button is { CallbackData: null, Url: null }) throw BotApiException.BadRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
            if (button.CallbackData is { } data && Encoding.UTF8.GetByteCount(data) is 0 or > MaxCallbackData) throw BotApiException.BadRequest("BUTTON_DATA_INVALID");
        }

        return rows.Count == 0 ? null : markup;
    }

    private void SetCommands(BotRequest request)
    {
        var commands = request.Json<List<BotCommand>>("commands", "commands") ?? throw BotApiException.BadRequest("parameter \"commands\" is required");
        if (commands.Count > MaxCommands) throw BotApiException.BadRequest("BOT_COMMANDS_TOO_MUCH");
        if (commands.Any(command => command?.Command is null || !WellFormedCommand().IsMatch(command.Command))) throw BotApiException.BadRequest("BOT_COMMAND_INVALID");
        if (commands.Any(command => command.Description is not { Length: >= 1 and <= 256 })) throw BotApiException.BadRequest("BOT_COMMAND_DESCRIPTION_INVALID");

        var language = request.Text("language_code") ?? "";
        if (language.Length is not (0 or 2)) throw BotApiException.BadRequest("BOT_COMMAND_LANGUAGE_INVALID");
        lock (_gate) _commands[language] = commands;
    }

    [GeneratedRegex("^[0-9]{1,16}:[A-Za-z0-9_-]{20,64}$")]
    private static partial Regex WellFormedToken();

    [GeneratedRegex("^[a-z0-9_]{1,32}$")]
    private static partial Regex WellFormedCommand();
}
