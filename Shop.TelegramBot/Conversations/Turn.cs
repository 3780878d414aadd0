using Shop.TelegramBot.Conversations.Texts;
using Shop.TelegramBot.Sessions;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.TelegramBot.Conversations;

/// <summary>One update of a private chat while it is being handled.</summary>
/// <param name="bot">The client to answer with.</param>
/// <param name="updateId">The update.</param>
/// <param name="chatId">The chat.</param>
/// <param name="messageId">The message that was typed, or whose button was pressed.</param>
/// <param name="isPress">Whether a button was pressed.</param>
/// <param name="texts">What the bot says, in the person's language.</param>
internal sealed class Turn(ITelegramBotClient bot, int updateId, long chatId, int messageId, bool isPress, BotTexts texts)
{
    public int UpdateId => updateId;

    public long ChatId => chatId;

    public BotTexts Texts => texts;

    /// <summary>The session; what is set here is kept.</summary>
    public ChatSession Session { get; set; } = new();

    /// <summary>A short notice over the chat, shown when a button was pressed.</summary>
    public string? Notice { get; set; }

    /// <summary>Names an order of this bot that begins with an update, so that the update can be handled twice.</summary>
    public string IdempotencyKey(int update) => $"telegram-{bot.BotId}-{chatId}-{update}";

    /// <summary>Answers with a new message.</summary>
    /// <returns>The id of the message.</returns>
    public async Task<int> SayAsync(string text, InlineKeyboardMarkup? buttons, CancellationToken cancellationToken)
        => (await bot.SendMessage(chatId: chatId, text: MessageText.Fit(text), replyMarkup: buttons, cancellationToken: cancellationToken)).Id;

    /// <summary>Answers a pressed button by rewriting its message, and a typed message by a new one.</summary>
    /// <returns>The id of the message that shows the answer.</returns>
    public async Task<int> ShowAsync(string text, InlineKeyboardMarkup? buttons, CancellationToken cancellationToken)
    {
        if (!isPress) return await SayAsync(text, buttons, cancellationToken);
        try
        {
            return await bot.RewriteAsync(chatId, messageId, text, buttons, cancellationToken);
        }
        catch (ApiRequestException refused) when (refused.ErrorCode == 400)
        {
            // The message was deleted or is too old to be edited.
            return await SayAsync(text, buttons, cancellationToken);
        }
    }

    /// <summary>Deletes the message that the person typed.</summary>
    /// <returns>Whether it is gone.</returns>
    public async Task<bool> DeleteTypedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await bot.DeleteMessage(chatId: chatId, messageId: messageId, cancellationToken: cancellationToken);
            return true;
        }
        catch (ApiRequestException refused) when (refused.ErrorCode == 400)
        {
            return false;
        }
    }
}
