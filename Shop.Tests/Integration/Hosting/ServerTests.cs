using System.Net.Http.Headers;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Npgsql;

namespace Shop.Tests.Integration.Hosting;

/// <summary>The three servers: their data outlives them, and nothing of them outlives the application.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ServerTests
{
    [Fact]
    public async Task Servers_start_keep_their_data_and_leave_no_process()
    {
        var directory = Directory.CreateTempSubdirectory("shop-hosting-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        string[] args =
        [
            $"--LocalServers:DataDirectory={directory}", "--LocalServers:ThrowAwayData=false",
            "--Parameters:postgres-password=first pass'word", "--Parameters:rabbitmq-password=second", "--Parameters:redis-password=third",
        ];

        int[] pids;
        await using (var app = await RunAsync(args))
        {
            await using var data = NpgsqlDataSource.Create(await app.GetConnectionStringAsync("books", TestHost.Soon) ?? "");
            await using var create = data.CreateCommand("CREATE TABLE kept (value int); INSERT INTO kept VALUES (42)");
            await create.ExecuteNonQueryAsync();
            using var management = app.CreateHttpClient("rabbitmq", "management");
            management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("guest:second")));
            Assert.Contains("rabbitmq@localhost", await management.GetStringAsync(new Uri("api/overview", UriKind.Relative)), StringComparison.Ordinal);
            pids = [app.Pid("postgres"), app.Pid("rabbitmq"), app.Pid("redis")];
        }

        Assert.DoesNotContain(pids, TestHost.IsAlive);
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), process => UsesDirectory(process, directory));

        // The second start has another password, which the kept data takes over.
        args[2] = "--Parameters:postgres-password=changed";
        await using (var app = await RunAsync(args))
        {
            await using var data = NpgsqlDataSource.Create(await app.GetConnectionStringAsync("books", TestHost.Soon) ?? "");
            await using var read = data.CreateCommand("SELECT value FROM kept");
            Assert.Equal(42, await read.ExecuteScalarAsync());
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_private_home_does_not_keep_postgres_out()
    {
        var home = Directory.CreateTempSubdirectory("shop-private-").FullName;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(home));
        string[] args = [$"--LocalServers:DataDirectory={home}/data", "--LocalServers:ThrowAwayData=false"];
        var places = new List<string?>();
        for (var start = 0; start < 2; start++)
        {
            await using var builder = DistributedApplicationTestingBuilder.Create([.. args, "--Parameters:postgres-password=kept"]);
            builder.AddPostgres("postgres").WithDataVolume("postgres").AddDatabase("books");
            await using var app = await builder.StartAsync();
            await app.ResourceNotifications.WaitForResourceHealthyAsync("books", TestHost.Soon);
            places.Add(Directory.ResolveLinkTarget($"{home}/data/postgres", returnFinalTarget: false)?.FullName);
        }

        // Only root's Postgres has a user of its own. Both starts found the same place.
        Assert.Equal(Environment.IsPrivilegedProcess, places[0] is not null);
        Assert.Equal(places[0], places[1]);
        Assert.True(File.Exists($"{home}/data/postgres/data/PG_VERSION"));
        if (places[0] is { } elsewhere)
            Directory.Delete(elsewhere, recursive: true);
        Directory.Delete(home, recursive: true);
    }

    private static async Task<DistributedApplication> RunAsync(string[] args)
    {
        var builder = DistributedApplicationTestingBuilder.Create(args);
        builder.AddPostgres("postgres").WithDataVolume().AddDatabase("books");
        builder.AddRabbitMQ("rabbitmq").WithManagementPlugin().WithDataVolume();
        builder.AddRedis("redis").WithDataVolume();
        var app = await builder.StartAsync();
        await Task.WhenAll(new[] { "books", "rabbitmq", "redis" }.Select(name => app.ResourceNotifications.WaitForResourceHealthyAsync(name, TestHost.Soon)));
        return app;
    }

    private static bool UsesDirectory(string process, string directory)
    {
        try
        {
            return Path.GetFileName(process).All(char.IsAsciiDigit)
                && File.ReadAllText(Path.Combine(process, "cmdline")).Contains(directory, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
