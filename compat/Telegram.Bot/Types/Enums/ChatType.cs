namespace Telegram.Bot.Types.Enums;

/// <summary>What kind a chat is.</summary>
public enum ChatType
{
    /// <summary>A chat of one person with the bot.</summary>
    Private = 1,

    /// <summary>A group.</summary>
    Group,

    /// <summary>A channel.</summary>
    Channel,

    /// <summary>A supergroup.</summary>
    Supergroup,

    /// <summary>The private chat of somebody who sent an inline query.</summary>
    Sender,
}
