using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Shop.AppHost;

/// <summary>Says where everything is and who can sign in, once everything is healthy.</summary>
internal sealed class Welcome(
    DistributedApplicationModel model, RabbitMQServerResource broker, ResourceNotificationService notifications, IConfiguration configuration)
    : BackgroundService
{
    /// <summary>The administrator of development.</summary>
    public const string AdminEmail = "admin@shop.local";

    // Auth creates these two in development, with one password.
    public const string BuyerEmail = "demo@shop.local";
    private const string ManagerEmail = "manager@shop.local";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var service in model.Resources.OfType<ProjectResource>())
            await notifications.WaitForResourceHealthyAsync(service.Name, stoppingToken);

        var demoPassword = await ParameterAsync("demo-password", stoppingToken);
        Console.WriteLine($"""

            The shop is open.

              Storefront      {Url("web", "http")}
              Telegram bot    {Url("sandbox", "http")}/telegram
              Dashboard       {configuration["ASPNETCORE_URLS"]?.Split(';')[0]}/login?t={configuration["AppHost:BrowserToken"]}
              RabbitMQ        {broker.GetEndpoint("management").Url}  (guest / {await broker.PasswordParameter.GetValueAsync(stoppingToken)})
              A buyer         {BuyerEmail} / {demoPassword}
              A manager       {ManagerEmail} / {demoPassword}
              Administrator   {await ParameterAsync("admin-email", stoppingToken)} / {await ParameterAsync("admin-password", stoppingToken)}

            """);
    }

    private string Url(string resource, string endpoint) =>
        new EndpointReference((IResourceWithEndpoints)model.Resources.Single(candidate => candidate.Name == resource), endpoint).Url;

    private ValueTask<string?> ParameterAsync(string parameter, CancellationToken cancellationToken) =>
        model.Resources.OfType<ParameterResource>().Single(candidate => candidate.Name == parameter).GetValueAsync(cancellationToken);
}

internal static class WelcomeExtensions
{
    /// <summary>Prints the addresses and logins of a development machine.</summary>
    public static void AddWelcome(this IDistributedApplicationBuilder builder, IResourceBuilder<RabbitMQServerResource> broker)
    {
        if (builder.ExecutionContext.IsRunMode && builder.Environment.IsDevelopment())
            builder.Services.AddSingleton(broker.Resource).AddHostedService<Welcome>();
    }
}
