using Aspire.Hosting;
using Aspire.Hosting.Testing;
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
    public static int Pid(this DistributedApplication app, string name) =>
        app.ResourceNotifications.TryGetCurrentState(name, out var state) && state.Snapshot.ProcessId() is { } pid
            ? pid
            : throw new InvalidOperationException($"{name} has no process.");
}
