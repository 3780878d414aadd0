namespace Telegram.Bot.Types;

/// <summary>A pressed inline button.</summary>
public class CallbackQuery
{
    /// <summary>The query's id, to answer it.</summary>
    public string Id { get; set; } = default!;

    /// <summary>Who pressed it.</summary>
    public User From { get; set; } = default!;

    /// <summary>The message under which the button was, unless it is too old.</summary>
    public Message? Message { get; set; }

    /// <summary>Names the chat of the button.</summary>
    public string ChatInstance { get; set; } = default!;

    /// <summary>The button's data.</summary>
    public string? Data { get; set; }
}
