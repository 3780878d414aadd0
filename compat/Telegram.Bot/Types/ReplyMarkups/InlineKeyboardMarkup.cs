using System.Text.Json.Serialization;

namespace Telegram.Bot.Types.ReplyMarkups;

/// <summary>Buttons under a message, in rows.</summary>
/// <param name="inlineKeyboard">The rows.</param>
[method: JsonConstructor]
public class InlineKeyboardMarkup(IEnumerable<IEnumerable<InlineKeyboardButton>> inlineKeyboard) : ReplyMarkup
{
    /// <summary>The rows.</summary>
    public IEnumerable<IEnumerable<InlineKeyboardButton>> InlineKeyboard { get; set; } = inlineKeyboard;
}
