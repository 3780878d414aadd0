using Microsoft.Extensions.Diagnostics.HealthChecks;
using Telegram.Bot;

namespace Shop.TelegramBot.Polling;

internal static class PollingExtensions
{
    private const string HealthCheckName = "telegram";

    /// <summary>Receives updates as the bot that the token names.</summary>
    /// <exception cref="ArgumentException">The token or the URL is malformed.</exception>
    public static void AddPolling(this WebApplicationBuilder builder, BotOptions options)
    {
        builder.Services.AddSingleton<ITelegramBotClient>(CreateClient(options));
        builder.Services.AddSingleton<BotStatus>();
        builder.Services.AddHostedService<BotWorker>();
        builder.Services.AddHealthChecks().AddCheck<BotStatus>(HealthCheckName);
    }

    /// <summary>A shop without a bot is a healthy shop.</summary>
    public static void ReportNotConfigured(this WebApplicationBuilder builder)
        => builder.Services.AddHealthChecks().AddCheck(HealthCheckName, () => HealthCheckResult.Healthy("not configured: Telegram__Token is not set"));

    /// <summary>
    /// Every URL of the Bot API holds the token. So this client is not made by the client factory, which logs URLs,
    /// and its handler has no propagator, without which it writes no URL into a span.
    /// </summary>
    private static TelegramBotClient CreateClient(BotOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        var apiUrl = string.IsNullOrWhiteSpace(options.ApiUrl) ? null : options.ApiUrl;
        return new TelegramBotClient(
            new TelegramBotClientOptions(options.Token!, apiUrl) { RetryThreshold = 10 },
            new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(70) });
    }
}
