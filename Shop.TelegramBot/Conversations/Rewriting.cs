using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.TelegramBot.Conversations;

/// <summary>Changing what a message says.</summary>
internal static class Rewriting
{
    /// <summary>Rewrites a message of the bot. A message that says so already is left alone, which Telegram calls an error.</summary>
    public static async Task<int> RewriteAsync(
        this ITelegramBotClient bot, long chatId, int messageId, string text, InlineKeyboardMarkup? buttons, CancellationToken cancellationToken)
    {
        try
        {
            await bot.EditMessageText(chatId: chatId, messageId: messageId, text: MessageText.Fit(text), replyMarkup: buttons, cancellationToken: cancellationToken);
        }
        catch (ApiRequestException same) when (same.ErrorCode == 400 && same.Message.Contains("message is not modified", StringComparison.OrdinalIgnoreCase))
        {
            // The person sees what was to be shown.
        }

        return messageId;
    }
}
