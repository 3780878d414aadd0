using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Aspire.Dashboard;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Local;
using Aspire.Hosting.Testing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Hosting;

/// <summary>The dashboard as a process of the AppHost, which tells it about the resources.</summary>
public sealed partial class DashboardTests : IAsyncLifetime
{
    private const string Worker = "worker";
    private IDistributedApplicationTestingBuilder _builder = null!;
    private DistributedApplication _app = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        _builder = DistributedApplicationTestingBuilder.Create(
            ["--ASPNETCORE_URLS=http://localhost:18888", $"--{LocalSettings.DashboardPathKey}={typeof(DashboardApp).Assembly.Location}"],
            (options, _) => options.DisableDashboard = false);
        var secret = _builder.AddParameter("password", "correct horse", secret: true);
        _builder.AddShell(Worker, "echo ready for work; exec sleep 1000")
            .WithEnvironment("PLAIN", "to be seen")
            .WithEnvironment("HIDDEN", secret);
        _app = await _builder.StartAsync();
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(DashboardResource.DefaultName, TestHost.Soon);
        _browser = Browse(new Uri(_builder.Configuration["ASPNETCORE_URLS"]!));
        using var response = await _browser.GetAsync(new Uri($"/login?t={_builder.Configuration["AppHost:BrowserToken"]}", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
        await _builder.DisposeAsync();
    }

    [Fact]
    public async Task It_shows_resources_and_their_consoles_and_tells_secrets_only_when_asked()
    {
        await ShowsAsync("Running");
        var page = await GetAsync($"/?resource={Worker}");
        Assert.Contains("to be seen", page, StringComparison.Ordinal);
        Assert.Contains("HIDDEN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", page, StringComparison.Ordinal);
        Assert.DoesNotContain(DashboardResource.DefaultName, page, StringComparison.Ordinal);

        var parameters = await GetAsync("/parameters");
        Assert.Contains("/resources/password/environment/value", parameters, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", parameters, StringComparison.Ordinal);
        Assert.Equal("correct horse", await GetAsync("/resources/password/environment/value"));

        Assert.Equal("correct horse", await GetAsync($"/resources/{Id(Worker)}/environment/HIDDEN"));
        Assert.Contains("ready for work", await GetAsync($"/consolelogs/{Worker}/download"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_and_starts_a_resource()
    {
        await ShowsAsync("Running");
        var pid = _app.Pid(Worker);

        await CommandAsync("stop");
        await ShowsAsync("Exited");
        Assert.False(TestHost.IsAlive(pid));

        await CommandAsync("start");
        await ShowsAsync("Running");
        Assert.True(TestHost.IsAlive(_app.Pid(Worker)));
    }

    [Fact]
    public async Task It_takes_telemetry_by_gRPC_too()
    {
        using var source = new ActivitySource("test.hosting.grpc");
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddOtlpExporter(exporter =>
        {
            exporter.Protocol = OtlpExportProtocol.Grpc;
            exporter.Endpoint = new Uri(_builder.Resources.OfType<DashboardResource>().Single().Grpc.Url);
            exporter.Headers = $"x-otlp-api-key={_builder.Configuration["AppHost:OtlpApiKey"]}";
        }).Build();
        source.StartActivity("sent by gRPC")!.Dispose();

        Assert.True(provider.ForceFlush());
        Assert.Contains("sent by gRPC", await GetAsync("/traces"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_it_disturbs_nobody_and_can_be_started_again()
    {
        var worker = _app.Pid(Worker);

        Native.Kill(_app.Pid(DashboardResource.DefaultName), Native.SigKill);
        await _app.ResourceNotifications.WaitForResourceAsync(DashboardResource.DefaultName, KnownResourceStates.Exited, TestHost.Soon);

        Assert.True(TestHost.IsAlive(worker));
        Assert.Contains("ended by itself with exit code 137", await _app.LogAsync(DashboardResource.DefaultName), StringComparison.Ordinal);
        Assert.True((await _app.ResourceCommands.ExecuteCommandAsync(DashboardResource.DefaultName, "start", TestHost.Soon)).Success);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(DashboardResource.DefaultName, TestHost.Soon);
    }

    [Fact]
    public async Task Nobody_else_learns_anything_from_the_AppHost()
    {
        var address = (ResourceServiceAddress)_app.Services.GetService(typeof(ResourceServiceAddress))!;
        using var stranger = new HttpClient { BaseAddress = address.Url };
        foreach (var path in new[] { "/resources", $"/resources/{Worker}/console", $"/resources/{Id(Worker)}/environment/HIDDEN" })
        {
            using var response = await stranger.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        using var refused = await stranger.PostAsync(new Uri($"/resources/{Id(Worker)}/commands/stop", UriKind.Relative), content: null);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.True(address.Url!.IsLoopback);
    }

    private static HttpClient Browse(Uri site) => new() { BaseAddress = site };

    private Task ShowsAsync(string state) => Eventually.HoldsAsync(
        async () => (await GetAsync("/")).Contains($"data-testid=\"resource-{Worker}\" data-state=\"{state}\"", StringComparison.Ordinal), $"the page shows {state}");

    private async Task CommandAsync(string command)
    {
        var token = FormToken().Match(await GetAsync("/")).Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("id", Id(Worker)), new("command", command), new("__RequestVerificationToken", token)]);
        using var response = await _browser.PostAsync(new Uri("/resources/commands", UriKind.Relative), form);
        response.EnsureSuccessStatusCode();
    }

    private string Id(string name) => _app.ResourceNotifications.TryGetCurrentState(name, out var state) ? state.ResourceId : name;

    private async Task<string> GetAsync(string path) => await _browser.GetStringAsync(new Uri(path, UriKind.Relative));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
