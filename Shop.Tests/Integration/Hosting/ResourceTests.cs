using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Hosting;

/// <summary>The order, the failures, the environment and the end of resources that are small programs.</summary>
public sealed class ResourceTests
{
    [Fact]
    public async Task A_resource_starts_when_what_it_waits_for_is_healthy_and_made_ready()
    {
        var healthy = false;
        var mayBeReady = new TaskCompletionSource();
        var order = new List<string>();
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.Services.AddHealthChecks().AddCheck("gate", () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        var first = builder.AddShell("first", "sleep 60").WithHealthCheck("gate").OnResourceReady(async (_, _, token) =>
        {
            await mayBeReady.Task.WaitAsync(token);
            order.Add("ready");
        });
        builder.AddShell("second", "sleep 60").WaitFor(first).OnBeforeResourceStarted((_, _, _) =>
        {
            order.Add("second");
            return Task.CompletedTask;
        });

        await using var app = await builder.StartAsync();
        await app.ResourceNotifications.WaitForResourceAsync("first", KnownResourceStates.Running, TestHost.Soon);
        Assert.Equal(KnownResourceStates.Waiting, app.State("second").State?.Text);

        healthy = true;
        await app.ResourceNotifications.WaitForResourceAsync("first", state => state.Snapshot.HealthStatus == HealthStatus.Healthy, TestHost.Soon);
        Assert.Equal(KnownResourceStates.Waiting, app.State("second").State?.Text);

        mayBeReady.SetResult();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("second", TestHost.Soon);
        Assert.Equal(["ready", "second"], order);
    }

    [Fact]
    public async Task A_crash_is_shown_with_its_last_lines_and_what_waits_for_it_says_so()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var broken = builder.AddShell("broken", "echo the reason; exit 3");
        builder.AddShell("dependent", "sleep 60").WaitForCompletion(broken);
        builder.AddExecutable("absent", "no-such-program", "/tmp");

        await using var app = await builder.StartAsync();
        await app.ResourceNotifications.WaitForResourceAsync("dependent", KnownResourceStates.FailedToStart, TestHost.Soon);
        await app.ResourceNotifications.WaitForResourceAsync("absent", KnownResourceStates.FailedToStart, TestHost.Soon);

        Assert.Equal(KnownResourceStates.Exited, app.State("broken").State?.Text);
        Assert.Equal(3, app.State("broken").ExitCode);
        var log = await app.LogAsync("broken");
        Assert.Contains("exit code 3", log, StringComparison.Ordinal);
        Assert.Contains("    the reason", log, StringComparison.Ordinal);
        Assert.Contains("'broken'", await app.LogAsync("dependent"), StringComparison.Ordinal);
        Assert.Contains("no-such-program", await app.LogAsync("absent"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<DistributedApplicationException>(() => app.ResourceNotifications.WaitForResourceHealthyAsync("broken", TestHost.Soon));
    }

    [Fact]
    public async Task Environment_has_references_in_both_forms_and_parameters_that_may_be_missing()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create("--Parameters:given=value-1", "--ConnectionStrings:outside=Host=there");
        var api = builder.AddShell("basket-api", "sleep 60").WithHttpEndpoint(port: 9999);
        builder.AddExecutable("reader", "env", "/tmp")
            .WithReference(api)
            .WithReference(builder.AddConnectionString("outside"))
            .WithEnvironment("GIVEN", builder.AddParameter("given"))
            .WithEnvironment("MIXED", $"at {api.GetEndpoint("http").Property(EndpointProperty.Port)}");
        builder.AddShell("lacking", "sleep 60").WithEnvironment("SECRET", builder.AddParameter("not-given", secret: true));

        await using var app = await builder.StartAsync();
        await app.ResourceNotifications.WaitForResourceAsync("lacking", KnownResourceStates.FailedToStart, TestHost.Soon);
        Assert.Contains("Parameters__not_given", await app.LogAsync("lacking"), StringComparison.Ordinal);
        Assert.Equal(KnownResourceStates.ValueMissing, app.State("not-given").State?.Text);

        var url = app.GetEndpoint("basket-api").ToString().TrimEnd('/');
        Assert.NotEqual(9999, app.GetEndpoint("basket-api").Port);
        await Eventually.HoldsAsync(async () => (await app.LogAsync("reader")).Contains("MIXED", StringComparison.Ordinal), "the environment is written");
        var environment = (await app.LogAsync("reader")).Split('\n');
        Assert.Contains($"services__basket-api__http__0={url}", environment);
        Assert.Contains($"BASKET_API_HTTP={url}", environment);
        Assert.Contains("ConnectionStrings__outside=Host=there", environment);
        Assert.Contains("GIVEN=value-1", environment);
        Assert.Contains($"MIXED=at {app.GetEndpoint("basket-api").Port}", environment);
        Assert.DoesNotContain(environment, line => line.StartsWith("Parameters__", StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => app.GetEndpoint("unknown"));
    }

    [Fact]
    public async Task Commands_stop_and_start_a_resource_with_all_its_processes_and_the_end_stops_in_reverse()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var server = builder.AddShell("server", "sleep 61 & sleep 62");
        builder.AddShell("user", "trap 'exit 0' TERM; while :; do sleep 0.1; done").WaitFor(server);
        builder.AddShell("later", "sleep 60").WithExplicitStart();
        await using var app = await builder.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("user", TestHost.Soon);
        Assert.Equal(KnownResourceStates.NotStarted, app.State("later").State?.Text);

        var first = app.Pid("server");
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("server", KnownResourceCommands.StopCommand, TestHost.Soon)).Success);
        Assert.Equal(KnownResourceStates.Exited, app.State("server").State?.Text);
        Assert.False(TestHost.IsAlive(first));
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("server", KnownResourceCommands.StartCommand, TestHost.Soon)).Success);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("later", KnownResourceCommands.StartCommand, TestHost.Soon)).Success);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("later", TestHost.Soon);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("nobody", KnownResourceCommands.StartCommand, TestHost.Soon)).Success);

        int[] pids = [app.Pid("server"), app.Pid("user"), app.Pid("later")];
        await app.StopAsync(TestHost.Soon);
        Assert.True(app.StoppedAt("user") <= app.StoppedAt("server"));
        Assert.DoesNotContain(pids, TestHost.IsAlive);
    }

    [Fact]
    public async Task A_declared_port_is_used_when_free_and_another_when_not()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var builder = DistributedApplicationTestingBuilder.Create("--DcpPublisher:RandomizePorts=false");
        builder.AddShell("late", "sleep 60").WithHttpEndpoint(port: port);
        builder.AddShell("early", "sleep 60").WithHttpEndpoint(port: 19_321);

        await using var app = await builder.StartAsync();
        Assert.NotEqual(port, app.GetEndpoint("late").Port);
        Assert.Equal(19_321, app.GetEndpoint("early").Port);
        Assert.Contains($"port {port} of late is taken", await app.LogAsync("apphost"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_applications_do_not_share_a_data_directory()
    {
        var directory = Directory.CreateTempSubdirectory("shop-hosting-").FullName;
        string[] args = [$"--LocalServers:DataDirectory={directory}"];
        await using var builder = DistributedApplicationTestingBuilder.Create(args);
        await using var app = await builder.StartAsync();
        await using var second = DistributedApplicationTestingBuilder.Create(args);

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => second.StartAsync());
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }
}
