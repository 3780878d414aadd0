using System.Security.Cryptography;

namespace Shop.AppHost;

/// <summary>The bot talks to Telegram when it is given a token, and to the sandbox when not.</summary>
internal static class Telegram
{
    private const string Parameter = "telegram-token";

    /// <summary>The token of the bot; without one of Telegram's own, one that only the sandbox knows.</summary>
    public static IResourceBuilder<ParameterResource> AddTelegramToken(this IDistributedApplicationBuilder builder)
    {
        // The form of a token is the bot's number, a colon and 35 characters.
        const int SecretLength = 35;
        var forSandbox = $"1000:{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", SecretLength)}";
        return builder.AddParameter(Parameter, () => builder.GivenParameter(Parameter) ?? forSandbox, secret: true)
            .WithDescription("The token of a real bot, from @BotFather. Without one the bot talks to the sandbox.");
    }

    /// <summary>Gives the bot its token and, unless that is Telegram's own, the sandbox as its server.</summary>
    public static IResourceBuilder<ProjectResource> WithTelegram(
        this IResourceBuilder<ProjectResource> bot, IResourceBuilder<ParameterResource> token, IResourceBuilder<ProjectResource> sandbox)
    {
        bot.WithEnvironment("Telegram__Token", token);
        return bot.ApplicationBuilder.GivenParameter(Parameter) is null
            ? bot.WithEnvironment("Telegram__ApiUrl", sandbox.GetEndpoint("http")).WaitFor(sandbox)
            : bot;
    }
}
