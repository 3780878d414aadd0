namespace Telegram.Bot.Types.ReplyMarkups;

/// <summary>A button under a message.</summary>
public class InlineKeyboardButton
{
    /// <summary>What it says.</summary>
    public string Text { get; set; } = default!;

    /// <summary>What a press sends to the bot, 1 to 64 bytes.</summary>
    public string? CallbackData { get; set; }

    /// <summary>A button that sends data to the bot.</summary>
    public static InlineKeyboardButton WithCallbackData(string text, string callbackData) => new() { Text = text, CallbackData = callbackData };
}
