using Telegram.Bot.Requests;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Telegram.Bot;

/// <summary>The methods of the Bot API.</summary>
public static class TelegramBotClientExtensions
{
    /// <summary>Receives updates by long polling. Asking with an offset confirms every update below it.</summary>
    /// <param name="botClient">The client.</param>
    /// <param name="offset">The id of the last handled update plus one.</param>
    /// <param name="limit">At most so many updates, 1 to 100.</param>
    /// <param name="timeout">How long to wait for an update, in seconds; the server waits 50 at most.</param>
    /// <param name="allowedUpdates">The kinds of update to receive; by default as before.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static Task<Update[]> GetUpdates(
        this ITelegramBotClient botClient,
        int? offset = null,
        int? limit = null,
        int? timeout = null,
        IEnumerable<UpdateType>? allowedUpdates = null,
        CancellationToken cancellationToken = default)
        => botClient.SendRequest(new ApiRequest<Update[]>("getUpdates", new { offset, limit, timeout, allowedUpdates }), cancellationToken);

    /// <summary>Tells which bot the token belongs to.</summary>
    public static Task<User> GetMe(this ITelegramBotClient botClient, CancellationToken cancellationToken = default)
        => botClient.SendRequest(new ApiRequest<User>("getMe", new { }), cancellationToken);

    /// <summary>Sends a text message.</summary>
    /// <param name="botClient">The client.</param>
    /// <param name="chatId">The chat.</param>
    /// <param name="text">1 to 4096 characters.</param>
    /// <param name="replyMarkup">Buttons under the message.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static Task<Message> SendMessage(
        this ITelegramBotClient botClient,
        ChatId chatId,
        string text,
        ReplyMarkup? replyMarkup = null,
        CancellationToken cancellationToken = default)
        => botClient.SendRequest(new ApiRequest<Message>("sendMessage", new { chatId, text, replyMarkup = (object?)replyMarkup }), cancellationToken);

    /// <summary>Replaces the text and the buttons of a message of the bot.</summary>
    /// <param name="botClient">The client.</param>
    /// <param name="chatId">The chat.</param>
    /// <param name="messageId">The message.</param>
    /// <param name="text">1 to 4096 characters.</param>
    /// <param name="replyMarkup">Buttons under the message; none removes them.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static Task<Message> EditMessageText(
        this ITelegramBotClient botClient,
        ChatId chatId,
        int messageId,
        string text,
        InlineKeyboardMarkup? replyMarkup = null,
        CancellationToken cancellationToken = default)
        => botClient.SendRequest(new ApiRequest<Message>("editMessageText", new { chatId, messageId, text, replyMarkup }), cancellationToken);

    /// <summary>Deletes a message; in a private chat also one of the other person.</summary>
    public static Task DeleteMessage(
        this ITelegramBotClient botClient,
        ChatId chatId,
        int messageId,
        CancellationToken cancellationToken = default)
        => botClient.SendRequest(new ApiRequest<bool>("deleteMessage", new { chatId, messageId }), cancellationToken);

    /// <summary>Ends the wait that a pressed button shows, optionally with a short notice.</summary>
    /// <param name="botClient">The client.</param>
    /// <param name="callbackQueryId">The query that the press sent.</param>
    /// <param name="text">A notice of up to 200 characters.</param>
    /// <param name="showAlert">Show the notice as a dialog.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static Task AnswerCallbackQuery(
        this ITelegramBotClient botClient,
        string callbackQueryId,
        string? text = null,
        bool showAlert = false,
        CancellationToken cancellationToken = default)
        => botClient.SendRequest(new ApiRequest<bool>("answerCallbackQuery", new { callbackQueryId, text, showAlert }), cancellationToken);

    /// <summary>Sets the list of commands that the bot offers.</summary>
    /// <param name="botClient">The client.</param>
    /// <param name="commands">Up to 100 commands.</param>
    /// <param name="languageCode">A two-letter code; by default the list is for users of every other language.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static Task SetMyCommands(
        this ITelegramBotClient botClient,
        IEnumerable<BotCommand> commands,
        string? languageCode = null,
        CancellationToken cancellationToken = default)
        => botClient.SendRequest(new ApiRequest<bool>("setMyCommands", new { commands, languageCode }), cancellationToken);
}
