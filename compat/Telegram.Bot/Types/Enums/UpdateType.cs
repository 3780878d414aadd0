namespace Telegram.Bot.Types.Enums;

/// <summary>What an update carries.</summary>
public enum UpdateType
{
    /// <summary>Something this client does not know.</summary>
    Unknown = 0,

    /// <summary>A new message.</summary>
    Message = 1,

    /// <summary>A pressed button.</summary>
    CallbackQuery = 4,
}
