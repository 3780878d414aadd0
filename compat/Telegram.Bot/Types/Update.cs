using System.Text.Json.Serialization;
using Telegram.Bot.Types.Enums;

namespace Telegram.Bot.Types;

/// <summary>Something that happened; at most one of its parts is present.</summary>
public class Update
{
    /// <summary>The update's id; ids grow, but not always by one.</summary>
    [JsonPropertyName("update_id")]
    public int Id { get; set; }

    /// <summary>A new message.</summary>
    public Message? Message { get; set; }

    /// <summary>A pressed button.</summary>
    public CallbackQuery? CallbackQuery { get; set; }

    /// <summary>Which part is present.</summary>
    [JsonIgnore]
    public UpdateType Type => this switch
    {
        { Message: not null } => UpdateType.Message,
        { CallbackQuery: not null } => UpdateType.CallbackQuery,
        _ => UpdateType.Unknown,
    };
}
