using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shop.Rig.Setup;

namespace Shop.Tests.Integration.Hosting;

/// <summary>The shop's own AppHost, of which a test starts what it needs.</summary>
internal static class TestHost
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static CancellationToken Soon => new CancellationTokenSource(Limit).Token;

    /// <summary>Prepares the shop, with its servers as processes; what it and they log is not shown.</summary>
    /// <param name="settings">The AppHost's configuration in addition, as <c>--name=value</c>.</param>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(params IReadOnlyList<string> settings)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Shop_AppHost>(
            ["--Servers:Mode=process", .. settings], (options, _) => options.EnableResourceLogging = false, Soon);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        return builder;
    }

    /// <summary>Prepares the shop, of which only some servers are to be started.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateServersAsync(IReadOnlyList<string> servers, params IReadOnlyList<string> settings)
    {
        var builder = await CreateAsync(settings);
        foreach (var other in builder.Resources.Where(resource => resource is ProjectResource or ExecutableResource && !servers.Contains(resource.Name)))
            other.Annotations.Add(new ExplicitStartupAnnotation());
        return builder;
    }

    /// <summary>Starts an application, and waits until this is healthy.</summary>
    public static async Task<DistributedApplication> StartAsync(this IDistributedApplicationTestingBuilder builder, params IReadOnlyList<string> healthy)
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
