namespace Telegram.Bot.Types;

/// <summary>A command that the bot offers.</summary>
public class BotCommand
{
    /// <summary>1 to 32 characters of <c>a-z0-9_</c>, without the slash.</summary>
    public string Command { get; set; } = default!;

    /// <summary>What it does, 1 to 256 characters.</summary>
    public string Description { get; set; } = default!;
}
