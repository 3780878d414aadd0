using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shop.AppHost;
using Shop.Rig.Setup;

namespace Shop.Tests.Integration.Hosting;

/// <summary>Applications of a few servers, made for one test, which run them as the shop does.</summary>
internal static class TestHost
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static CancellationToken Soon => new CancellationTokenSource(Limit).Token;

    public static IDistributedApplicationTestingBuilder Create(params string[] settings)
    {
        var builder = DistributedApplicationTestingBuilder.Create(["--Servers:Mode=process", .. settings]);
        builder.UseFreePorts();
        return builder;
    }

    public static async Task<DistributedApplication> StartAsync(this IDistributedApplicationTestingBuilder builder, params string[] healthy)
    {
        var app = await builder.BuildAsync(Soon);
        try
        {
            await app.StartAsync(Soon);
            await Task.WhenAll(healthy.Select(name => app.ResourceNotifications.WaitForResourceHealthyAsync(name, Soon)));
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>The process that the orchestrator has started for a resource.</summary>
    public static async Task<int> GetProcessIdAsync(this DistributedApplication app, string name) =>
        (await app.ResourceNotifications.WaitForResourceAsync(name, state => state.Snapshot.ProcessId() is not null, Soon)).Snapshot.ProcessId()!.Value;

    /// <summary>The resource of the model that runs under this name.</summary>
    public static IResource Resource(this DistributedApplication app, string name) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(resource => resource.Name == name);
}
