using System.Text.Json.Serialization;
using Telegram.Bot.Types.ReplyMarkups;

namespace Telegram.Bot.Types;

/// <summary>A message in a chat.</summary>
public class Message
{
    /// <summary>The message's id, unique in its chat.</summary>
    [JsonPropertyName("message_id")]
    public int Id { get; set; }

    /// <summary>Who sent it.</summary>
    public User? From { get; set; }

    /// <summary>When it was sent, UTC.</summary>
    public DateTime Date { get; set; }

    /// <summary>The chat it belongs to.</summary>
    public Chat Chat { get; set; } = default!;

    /// <summary>Its text, if it has one.</summary>
    public string? Text { get; set; }

    /// <summary>The buttons under it.</summary>
    public InlineKeyboardMarkup? ReplyMarkup { get; set; }
}
