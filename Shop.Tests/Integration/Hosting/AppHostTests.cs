using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using Shop.Rig.Setup;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Hosting;

/// <summary>How the real AppHost, run as a person runs it, refuses, dies, recovers and ends.</summary>
[SupportedOSPlatform("linux")]
public sealed class AppHostTests : IDisposable
{
    private const string IsOpen = "The shop is open.";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("shop-apphost-").FullName;

    public AppHostTests() =>
        File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

    public static TheoryData<string, string[], string> Refusals => new()
    {
        { "a mode that there is not", ["--Servers:Mode=vm"], "Servers:Mode is 'vm'; it can be auto, process, container." },
        { "no container engine", ["--Servers:Mode=container"], "no container engine answers: docker is not installed, podman is not installed." },
        { "no servers", ["--Servers:Mode=process"], "rabbitmq-server redis-server. Elsewhere use the system's own package manager, or start Docker or Podman." },
        { "neither", [], "rabbitmq-server redis-server. Elsewhere use the system's own package manager, or start Docker or Podman." },
    };

    private string Data => Path.Combine(_directory, "data");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_keeps_it_from_starting_is_said_before_anything_is_made(string what, string[] settings, string message)
    {
        await using var refused = AppHostProcess.Start(_directory, [$"--LocalServers:DataDirectory={Data}", .. settings], path: _directory);
        await AssertRefusedAsync(refused, message);

        Assert.False(Directory.Exists(Data), what);
    }

    [Fact]
    public async Task Data_of_another_version_of_PostgreSQL_is_not_touched()
    {
        var data = Directory.CreateDirectory(Path.Combine(Data, "postgres", "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "PG_VERSION"), "9.6\n");
        await using var refused = AppHostProcess.Start(_directory, [$"--LocalServers:DataDirectory={Data}", "--Servers:Mode=process"]);
        await AssertRefusedAsync(refused, $"The data in {data} is of PostgreSQL 9.6; installed here is ");

        Assert.Equal([Path.Combine(data, "PG_VERSION")], Directory.EnumerateFileSystemEntries(data));
    }

    [Fact]
    public async Task Data_in_use_is_left_to_its_user()
    {
        Directory.CreateDirectory(Data);
        await using var held = new FileStream(Path.Combine(Data, "apphost.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await File.WriteAllTextAsync(Path.Combine(Data, "apphost.pid"), "4711");
        await using var refused = AppHostProcess.Start(_directory, [$"--LocalServers:DataDirectory={Data}", "--Servers:Mode=process"]);
        await AssertRefusedAsync(refused, $"The data in {Data} is in use by another AppHost (process 4711).");

        Assert.Equal(["apphost.lock", "apphost.pid"], Directory.EnumerateFileSystemEntries(Data).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("process")]
    [InlineData("container")]
    [InlineData("auto")]
    public async Task The_manifest_has_containers_and_projects_wherever_servers_run(string mode)
    {
        var file = Path.Combine(_directory, "m.json");
        await using var publisher = AppHostProcess.Start(_directory, ["--publisher", "manifest", "--output-path", file, $"--Servers:Mode={mode}"], path: _directory);
        await publisher.EndsAsync(StartTime);

        Assert.True(publisher.ExitCode == 0, publisher.Output);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var types = manifest.RootElement.GetProperty("resources").EnumerateObject().ToLookup(
            resource => resource.Value.GetProperty("type").GetString()!.Split('.')[0], resource => resource.Name);
        Assert.Equal(["postgres", "rabbitmq", "redis"], types["container"].Order());
        Assert.Equal(["auth", "catalog", "notifications", "orders", "payments", "sandbox", "telegrambot", "web"], types["project"].Order());
    }

    [Fact]
    public async Task Two_shops_on_one_machine_do_not_collide_and_stop_with_their_data_whole()
    {
        await using var first = await OpenAsync("first");
        await using var second = await OpenAsync("second");
        foreach (var replaced in (string[])["the dashboard", "postgres", "rabbitmq", "redis", "auth", "web"])
            Assert.Contains($" of {replaced} is taken; it has ", second.Output, StringComparison.Ordinal);

        var addresses = new[] { first, second }.SelectMany(shop => new[] { shop.Address("Storefront"), shop.Address("Dashboard"), shop.Address("RabbitMQ") }).ToList();
        Assert.Equal(addresses.Count, addresses.Select(address => address.Port).Distinct().Count());
        using var browser = new HttpClient();
        foreach (var address in addresses)
        {
            using var answer = await browser.GetAsync(address);
            Assert.True(answer.IsSuccessStatusCode, $"{address}: {answer.StatusCode}");
        }

        await AssertStopsAsync(first, "first", Signals.Terminate);
        await AssertStopsAsync(second, "second", Signals.Interrupt);
    }

    [Fact]
    public async Task Killed_it_leaves_no_process_and_no_data_that_was_to_be_thrown_away()
    {
        await using var killed = AppHostProcess.Start(_directory, ["--Servers:Mode=process", "--LocalServers:ThrowAwayData=true"]);
        await UntilAuthRunsAsync(killed, _directory);
        Assert.NotEmpty(Directory.EnumerateDirectories(_directory, "shop-*"));
        killed.Signal(Signals.Kill);

        await Eventually.HoldsAsync(() => !ProcessesOfTheShop(_directory).Any(), "nothing survives kill -9", StopTime);
        await Eventually.HoldsAsync(() => AppHostProcess.ProcessesOf(_directory).Count == 0, "the orchestrator ends too", TestHost.Limit);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory, "shop-*"));
    }

    [Fact]
    public async Task Killed_it_can_be_started_again_at_once_with_the_same_data_and_secrets()
    {
        var home = HomeOf("shop");
        IReadOnlyList<string> survivors;
        await using (var killed = Start("shop"))
        {
            // When the servers have begun to work and the services are about to.
            await UntilAuthRunsAsync(killed, home);
            survivors = AppHostProcess.ProcessesOf(home);
            killed.Signal(Signals.Kill);
        }

        var secrets = Path.Combine(home, ".microsoft", "usersecrets", "shop-apphost", "secrets.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secrets));
        var kept = await File.ReadAllTextAsync(secrets);

        await using var recovered = await OpenAsync("shop");
        Assert.Equal(kept, await File.ReadAllTextAsync(secrets));
        Assert.Empty(survivors.Intersect(AppHostProcess.ProcessesOf(home)));
        await AssertStopsAsync(recovered, "shop", Signals.Terminate);
    }

    private string HomeOf(string shop)
    {
        var home = Directory.CreateDirectory(Path.Combine(_directory, shop)).FullName;
        File.SetUnixFileMode(home, File.GetUnixFileMode(_directory));
        return home;
    }

    private AppHostProcess Start(string shop) =>
        AppHostProcess.Start(HomeOf(shop), ["--Servers:Mode=process", $"--LocalServers:DataDirectory={HomeOf(shop)}/data"]);

    private async Task<AppHostProcess> OpenAsync(string shop)
    {
        var process = Start(shop);
        try
        {
            await process.SaysAsync(IsOpen, StartTime);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static Task UntilAuthRunsAsync(AppHostProcess process, string home) => process.UntilAsync(
        () => AppHostProcess.ProcessesOf(home).Any(running => running.Contains("Shop.Auth.dll", StringComparison.Ordinal)), "auth runs", StartTime);

    private async Task AssertRefusedAsync(AppHostProcess refused, string message)
    {
        await refused.EndsAsync(TestHost.Limit);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(message, refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
        Assert.Empty(AppHostProcess.ProcessesOf(_directory));
    }

    private async Task AssertStopsAsync(AppHostProcess process, string shop, int signal)
    {
        process.Signal(signal);
        await process.EndsAsync(TestHost.Limit); // One shop alone takes half of it; here another one and other tests run beside it.
        Assert.Equal(0, process.ExitCode);
        Assert.Empty(ProcessesOfTheShop(HomeOf(shop)));
        await Eventually.HoldsAsync(() => AppHostProcess.ProcessesOf(HomeOf(shop)).Count == 0, "the orchestrator ends too", TestHost.Limit);
        Assert.Contains("shut down", await ControlDataAsync(Path.Combine(HomeOf(shop), "data", "postgres", "data")), StringComparison.Ordinal);
    }

    // The orchestrator sees to the end of everybody else, and ends a few seconds later itself.
    private static IEnumerable<string> ProcessesOfTheShop(string home) =>
        AppHostProcess.ProcessesOf(home).Where(process => !process.Contains("/aspire.hosting.orchestration.", StringComparison.Ordinal));

    /// <summary>What PostgreSQL's own tool says of the state of its data.</summary>
    private static async Task<string> ControlDataAsync(string data)
    {
        var version = (await File.ReadAllTextAsync(Path.Combine(data, "PG_VERSION"))).Trim();
        var debian = $"/usr/lib/postgresql/{version}/bin/pg_controldata";
        var start = new ProcessStartInfo(File.Exists(debian) ? debian : "pg_controldata", [data]) { RedirectStandardOutput = true, Environment = { ["LC_ALL"] = "C" } };
        using var process = Process.Start(start)!;
        var lines = (await process.StandardOutput.ReadToEndAsync(TestHost.Soon)).Split('\n');
        return lines.Single(line => line.StartsWith("Database cluster state:", StringComparison.Ordinal));
    }
}
