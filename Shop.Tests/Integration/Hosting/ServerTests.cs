using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Npgsql;
using Shop.AppHost;
using Shop.AppHost.LocalServers;

namespace Shop.Tests.Integration.Hosting;

/// <summary>The three servers as processes: their data outlives them, and nothing of them outlives the application.</summary>
[SupportedOSPlatform("linux")]
public sealed class ServerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shop-hosting-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Servers_start_keep_their_data_and_leave_no_process()
    {
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        string[] passwords = ["--Parameters:postgres-password=first pass'word", "--Parameters:rabbitmq-password=second", "--Parameters:redis-password=third"];
        await using (var app = await RunAsync(passwords))
        {
            await using var data = NpgsqlDataSource.Create(await app.GetConnectionStringAsync("books", TestHost.Soon) ?? "");
            await using var create = data.CreateCommand("CREATE TABLE kept (value int); INSERT INTO kept VALUES (42)");
            await create.ExecuteNonQueryAsync();
            using var management = app.CreateHttpClient("rabbitmq", "management");
            management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("guest:second")));
            Assert.Contains("rabbitmq@localhost", await management.GetStringAsync(new Uri("api/overview", UriKind.Relative)), StringComparison.Ordinal);
            Assert.NotEmpty(AppHostProcess.ProcessesOf(_directory));
        }

        Assert.Empty(AppHostProcess.ProcessesOf(_directory));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_directory, "rabbitmq")));

        // The second start has another password, which the kept data takes over.
        await using (var app = await RunAsync(["--Parameters:postgres-password=changed", .. passwords[1..]]))
        {
            await using var data = NpgsqlDataSource.Create(await app.GetConnectionStringAsync("books", TestHost.Soon) ?? "");
            await using var read = data.CreateCommand("SELECT value FROM kept");
            Assert.Equal(42, await read.ExecuteScalarAsync());
        }
    }

    [Fact]
    public async Task A_private_home_does_not_keep_postgres_out()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory));
        var places = new List<string?>();
        for (var start = 0; start < 2; start++)
        {
            await using var builder = TestHost.Create($"--LocalServers:DataDirectory={_directory}", "--Parameters:postgres-password=kept");
            builder.AddPostgres("postgres").RunAsProcess().AddDatabase("books");
            await using var app = await builder.StartAsync("books");
            places.Add(Directory.ResolveLinkTarget($"{_directory}/postgres", returnFinalTarget: false)?.FullName);
        }

        // Only root's Postgres has a user of its own. Both starts found the same place.
        Assert.Equal(Environment.IsPrivilegedProcess, places[0] is not null);
        Assert.Equal(places[0], places[1]);
        Assert.True(File.Exists($"{_directory}/postgres/data/PG_VERSION"));
        if (places[0] is { } elsewhere)
            Directory.Delete(elsewhere, recursive: true);
    }

    [Fact]
    public async Task Two_applications_do_not_share_a_data_directory()
    {
        await using var builder = TestHost.Create($"--LocalServers:DataDirectory={_directory}");
        builder.AddRedis("redis").RunAsProcess();
        await using var app = await builder.StartAsync("redis");
        await using var second = TestHost.Create($"--LocalServers:DataDirectory={_directory}");
        second.AddRedis("redis").RunAsProcess();

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => second.StartAsync());
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_that_is_thrown_away_is_gone_at_the_end()
    {
        await using var builder = TestHost.Create($"--LocalServers:DataDirectory={_directory}/data", "--LocalServers:ThrowAwayData=true");
        builder.AddRedis("redis").RunAsProcess();
        await using (await builder.StartAsync("redis"))
            Assert.True(Directory.Exists($"{_directory}/data/redis"));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public async Task A_declared_port_is_used_when_free_and_another_when_not()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (port, free) = (((IPEndPoint)taken.LocalEndpoint).Port, FreePorts.Find());
        await using var builder = TestHost.Create("--DcpPublisher:RandomizePorts=false", "--LocalServers:ThrowAwayData=true");
        builder.AddRedis("late", port).RunAsProcess();
        builder.AddRedis("early", free).RunAsProcess();

        await using var app = await builder.StartAsync("late", "early");
        Assert.NotEqual(port, app.GetEndpoint("late").Port);
        Assert.Equal(free, app.GetEndpoint("early").Port);
    }

    private Task<DistributedApplication> RunAsync(string[] passwords)
    {
        var builder = TestHost.Create([$"--LocalServers:DataDirectory={_directory}", .. passwords]);
        builder.AddPostgres("postgres").WithDataVolume().RunAsProcess().AddDatabase("books");
        builder.AddRabbitMQ("rabbitmq").WithManagementPlugin().WithDataVolume().RunAsProcess();
        builder.AddRedis("redis").WithDataVolume().RunAsProcess();
        return builder.StartAsync("books", "rabbitmq", "redis");
    }
}
