using Shop.ServiceDefaults.Security;
using Shop.TelegramBot.Conversations;
using Shop.TelegramBot.Polling;
using Shop.TelegramBot.Sessions;
using Shop.TelegramBot.ShopApi;

namespace Shop.TelegramBot;

/// <summary>The bot's process: it answers nobody but health checks, and asks Telegram for what to do.</summary>
internal static class BotApplication
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();

        var options = builder.Configuration.GetSection("Telegram").Get<BotOptions>() ?? new BotOptions();
        if (options.IsConfigured)
        {
            builder.AddSessions();
            builder.AddShopApis();
            builder.AddConversations();
            builder.AddPolling(options);
        }
        else
        {
            builder.ReportNotConfigured();
        }

        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        return app;
    }

    private static void AddSessions(this WebApplicationBuilder builder)
    {
        builder.AddRedisClient("redis");
        builder.AddSharedDataProtection();
        builder.Services.AddSingleton<ISessionStore, RedisSessionStore>();
    }

    private static void AddShopApis(this WebApplicationBuilder builder)
    {
        builder.AddServiceClient<AuthApi>("auth");
        builder.Services.AddHttpClient<CatalogApi>(http => http.BaseAddress = new Uri("http://catalog"));
        builder.Services.AddHttpClient<OrdersApi>(http => http.BaseAddress = new Uri("http://orders"));
    }

    private static void AddConversations(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OrderFollower>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OrderFollower>());
        builder.Services.AddScoped<Conversation>();
        builder.Services.AddScoped<AccountDialog>();
        builder.Services.AddScoped<CatalogDialog>();
        builder.Services.AddScoped<CartDialog>();
        builder.Services.AddScoped<OrderDialog>();
    }
}
