using System.ComponentModel.DataAnnotations;

namespace Shop.Sandbox.Telegram;

/// <summary>The one bot that the sandbox knows, and how strict it is.</summary>
internal sealed class TelegramOptions
{
    /// <summary>The bot's token. When it is not set, every well-formed token names the bot.</summary>
    public string? Token { get; set; }

    [Required]
    public string BotName { get; set; } = "Shop";

    [Required]
    public string BotUsername { get; set; } = "shop_sandbox_bot";

    /// <summary>How many messages the bot may send or edit in a second before it is told to wait.</summary>
    [Range(1, 1000)]
    public int MessagesPerSecond { get; set; } = 30;
}
