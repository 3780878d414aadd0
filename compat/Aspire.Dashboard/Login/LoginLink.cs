using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Login;

/// <summary>Says how to get in, when nobody else has given the token and so knows it.</summary>
internal sealed partial class LoginLink(
    IServer server, IConfiguration configuration, IOptions<FrontendOptions> options, IHostApplicationLifetime lifetime, ILogger<LoginLink> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.IsOpen && string.IsNullOrEmpty(configuration[$"{FrontendOptions.Section}:BrowserToken"]))
            lifetime.ApplicationStarted.Register(() => Ready($"{server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()}/login?t={options.Value.BrowserToken}"));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Login to the dashboard at {Url}")]
    private partial void Ready(string url);
}
