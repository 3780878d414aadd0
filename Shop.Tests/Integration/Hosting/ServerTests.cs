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
