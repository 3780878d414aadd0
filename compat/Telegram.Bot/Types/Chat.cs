using Telegram.Bot.Types.Enums;

namespace Telegram.Bot.Types;

/// <summary>A chat.</summary>
public class Chat
{
    /// <summary>The chat's id, up to 52 bits.</summary>
    public long Id { get; set; }

    /// <summary>What kind of chat it is.</summary>
    public ChatType Type { get; set; }

    /// <summary>The first name of the other person in a private chat.</summary>
    public string? FirstName { get; set; }

    /// <summary>The user name, if there is one.</summary>
    public string? Username { get; set; }
}
