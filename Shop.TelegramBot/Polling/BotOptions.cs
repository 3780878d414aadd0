namespace Shop.TelegramBot.Polling;

/// <summary>Section <c>Telegram</c>.</summary>
internal sealed class BotOptions
{
    /// <summary>The bot's token, a secret. Without it the process runs and does nothing.</summary>
    public string? Token { get; set; }

    /// <summary>A Bot API server other than Telegram's own.</summary>
    public string? ApiUrl { get; set; }

    public bool IsConfigured => !string.IsNullOrWhiteSpace(Token);
}
