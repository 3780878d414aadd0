using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using Aspire.Hosting.Local;
using Aspire.Hosting.Postgres;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Hosting;

/// <summary>How the real AppHost, run as a person runs it, fails, dies, recovers and ends.</summary>
[SupportedOSPlatform("linux")]
public sealed class AppHostTests : IDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SurvivalTime = TimeSpan.FromSeconds(5);

    private readonly string _directory = Directory.CreateTempSubdirectory("shop-apphost-").FullName;

    public AppHostTests() =>
        File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Killed_it_leaves_no_process_and_the_next_start_recovers_and_ends_cleanly()
    {
        // Killed when the servers have begun to work and the services are about to.
        await using (var killed = AppHostProcess.Start(_directory))
        {
            await killed.SaysAsync("auth is healthy", StartTime);
            killed.Signal(Native.SigKill);
            await killed.EndsAsync(StopTime);
        }

        await Eventually.HoldsAsync(() => AppHostProcess.ProcessesOf(_directory).Count == 0, "nothing survives kill -9", SurvivalTime);
        var secrets = Path.Combine(_directory, ".microsoft", "usersecrets", "shop-apphost", "secrets.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secrets));
        var kept = await File.ReadAllTextAsync(secrets);
        using (var values = JsonDocument.Parse(kept))
            Assert.NotEmpty(values.RootElement.GetProperty("Parameters:postgres-password").GetString()!);

        await using var recovered = AppHostProcess.Start(_directory);
        await recovered.SaysAsync("resources are healthy", StartTime);
        Assert.Equal(kept, await File.ReadAllTextAsync(secrets));

        recovered.Signal(Native.SigTerm);
        Assert.InRange(await recovered.EndsAsync(StopTime), TimeSpan.Zero, StopTime);
        Assert.Equal(0, recovered.ExitCode);
        Assert.Empty(AppHostProcess.ProcessesOf(_directory));
        Assert.Contains("shut down", await ControlDataAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_servers_it_says_what_to_install()
    {
        await using var refused = AppHostProcess.Start(_directory, path: _directory);
        await refused.EndsAsync(TestHost.Limit);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Not installed on this machine: ", refused.Output, StringComparison.Ordinal);
        Assert.Contains("sudo apt-get install --no-install-recommends rabbitmq-server redis-server", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
        Assert.Empty(AppHostProcess.ProcessesOf(_directory));
    }

    private async Task<string> ControlDataAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(LocalPostgres.BinDirectory()!, "pg_controldata")) { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(_directory, "data", "postgres", "data"));
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var lines = (await process.StandardOutput.ReadToEndAsync(TestHost.Soon)).Split('\n');
        return lines.Single(line => line.StartsWith("Database cluster state:", StringComparison.Ordinal));
    }
}
