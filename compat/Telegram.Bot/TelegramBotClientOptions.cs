using System.Globalization;

namespace Telegram.Bot;

/// <summary>Where the Bot API is, which bot calls it, and how patient the client is.</summary>
public class TelegramBotClientOptions
{
    private const string PublicUrl = "https://api.telegram.org";

    /// <summary>Creates options for one bot.</summary>
    /// <param name="token">The bot's token, <c>id:secret</c>.</param>
    /// <param name="baseUrl">A Bot API server other than the public one; only its scheme, host and port count.</param>
    /// <param name="useTestEnvironment">Talk to Telegram's test environment.</param>
    /// <exception cref="ArgumentException">The token or the URL is malformed.</exception>
    public TelegramBotClientOptions(string token, string? baseUrl = null, bool useTestEnvironment = false)
    {
        ArgumentNullException.ThrowIfNull(token);
        var colon = token.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 1 or > 16 || !long.TryParse(token.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var botId))
            throw new ArgumentException("Bot token invalid", nameof(token));

        Token = token;
        BotId = botId;
        BaseUrl = baseUrl;
        UseTestEnvironment = useTestEnvironment;
        LocalBotServer = baseUrl is not null;
        BaseRequestUrl = $"{(baseUrl is null ? PublicUrl : Origin(baseUrl))}/bot{token}{(useTestEnvironment ? "/test" : "")}";
    }

    /// <summary>The bot's token. A secret.</summary>
    public string Token { get; }

    /// <summary>The server given instead of the public one.</summary>
    public string? BaseUrl { get; }

    /// <summary>Whether requests go to Telegram's test environment.</summary>
    public bool UseTestEnvironment { get; }

    /// <summary>The bot's user id, taken from the token.</summary>
    public long BotId { get; }

    /// <summary>Whether a server other than the public one is used.</summary>
    public bool LocalBotServer { get; }

    /// <summary>The URL before the method name. Contains the token.</summary>
    public string BaseRequestUrl { get; }

    /// <summary>A request answered "retry after N" is repeated by itself when N seconds is no more than this. 0 turns repeating off.</summary>
    public int RetryThreshold { get; set; } = 60;

    /// <summary>How many times in all such a request is sent.</summary>
    public int RetryCount { get; set; } = 3;

    private static string Origin(string baseUrl)
    {
        if (!Uri.TryCreate(baseUrl, UriKind.Absolute, out var uri) || string.IsNullOrEmpty(uri.Authority))
            throw new ArgumentException("""Invalid format. A valid base URL should look like "http://localhost:8081" """, nameof(baseUrl));
        return uri.GetLeftPart(UriPartial.Authority);
    }
}
