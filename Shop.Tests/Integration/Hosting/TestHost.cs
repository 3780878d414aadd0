using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Tests.Integration.Hosting;

/// <summary>Applications of small programs, made for one test.</summary>
internal static class TestHost
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static CancellationToken Soon => new CancellationTokenSource(Limit).Token;

    public static IResourceBuilder<ExecutableResource> AddShell(this IDistributedApplicationBuilder builder, string name, string script) =>
        builder.AddExecutable(name, "/bin/sh", "/tmp", "-c", script);

    public static async Task<DistributedApplication> StartAsync(this IDistributedApplicationTestingBuilder builder)
    {
        var app = await builder.BuildAsync(Soon);
        await app.StartAsync(Soon);
        return app;
    }

    public static CustomResourceSnapshot State(this DistributedApplication app, string name) =>
        app.ResourceNotifications.TryGetCurrentState(name, out var state) ? state.Snapshot : throw new InvalidOperationException($"{name} is not known.");

    public static int Pid(this DistributedApplication app, string name) =>
        (int)app.State(name).Properties.Single(property => property.Name == "executable.pid").Value!;

    public static DateTime StoppedAt(this DistributedApplication app, string name) => app.State(name).StopTimeStamp!.Value;

    /// <summary>The lines that a resource has written, and what the AppHost says about it.</summary>
    public static async Task<string> LogAsync(this DistributedApplication app, string name)
    {
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(name))
            return string.Join('\n', lines.Select(line => line.Content));
        return "";
    }

    public static bool IsAlive(int pid) => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}
