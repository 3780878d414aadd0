using Shop.Sandbox.Telegram.BotApi;
using Shop.Sandbox.Telegram.ChatPage;

namespace Shop.Sandbox.Telegram;

/// <summary>Telegram as a bot sees it (the Bot API) and as a person sees it (the chat page).</summary>
internal static class TelegramSandbox
{
    public static void AddTelegram(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TelegramOptions>().BindConfiguration("Telegram").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<UpdateQueue>();
        builder.Services.AddSingleton<MessageRate>();
        builder.Services.AddSingleton<TelegramChats>();
        builder.Services.AddSingleton<BotMethods>();

        // The path of a Bot API request holds the bot's token, so requests are not logged by path.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    }

    public static void MapTelegram(this WebApplication app)
    {
        // Telegram has limits of its own.
        var telegram = app.MapGroup("").DisableRateLimiting().AllowAnonymous();
        telegram.MapBotApi();
        telegram.MapChatPage();
    }
}
