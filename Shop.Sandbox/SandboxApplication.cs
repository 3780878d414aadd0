using System.Text.Json.Serialization;
using Shop.Sandbox.Telegram;

namespace Shop.Sandbox;

/// <summary>The sandbox: one folder, one Add and one Map per stand-in.</summary>
internal static class SandboxApplication
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull);
        builder.AddTelegram();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapGet("/", () => Results.Redirect("/telegram")).ExcludeFromDescription();
        app.MapTelegram();
        return app;
    }
}
