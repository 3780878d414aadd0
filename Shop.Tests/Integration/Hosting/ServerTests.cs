using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Npgsql;
using Shop.AppHost;

namespace Shop.Tests.Integration.Hosting;

/// <summary>The three servers as processes: their data outlives them, and nothing of them outlives the application.</summary>
[SupportedOSPlatform("linux")]
public sealed class ServerTests : IDisposable
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _directory = Directory.CreateTempSubdirectory("shop-hosting-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Servers_start_keep_their_data_and_leave_no_process()
    {
        File.SetUnixFileMode(_directory, OnlyOwner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        string[] passwords = ["--Parameters:postgres-password=first pass'word", "--Parameters:rabbitmq-password=second", "--Parameters:redis-password=third"];
        await using (var app = await RunAsync(passwords))
        {
            await using var data = NpgsqlDataSource.Create(await app.GetConnectionStringAsync("catalogdb", TestHost.Soon) ?? "");
            await using var create = data.CreateCommand("CREATE TABLE kept (value int); INSERT INTO kept VALUES (42)");
            await create.ExecuteNonQueryAsync();
            using var management = app.CreateHttpClient("rabbitmq", "management");
            management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("guest:second")));
            Assert.Contains("rabbitmq@localhost", await management.GetStringAsync(new Uri("api/overview", UriKind.Relative)), StringComparison.Ordinal);
            Assert.NotEmpty(AppHostProcess.ProcessesOf(_directory));
        }

        Assert.Empty(AppHostProcess.ProcessesOf(_directory));
        Assert.All(Directory.EnumerateDirectories($"{_directory}/data"), server => Assert.Equal(OnlyOwner, File.GetUnixFileMode(server)));

        // The second start has another password, which the kept data takes over.
        await using (var app = await RunAsync(["--Parameters:postgres-password=changed", .. passwords[1..]]))
        {
            await using var data = NpgsqlDataSource.Create(await app.GetConnectionStringAsync("catalogdb", TestHost.Soon) ?? "");
            await using var read = data.CreateCommand("SELECT value FROM kept");
            Assert.Equal(42, await read.ExecuteScalarAsync());
        }
    }

    [Fact]
    public async Task A_private_home_does_not_keep_postgres_out()
    {
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(_directory));
        var places = new List<string?>();
        for (var start = 0; start < 2; start++)
        {
            await using var builder = await TestHost.CreateServersAsync(["postgres"], $"--LocalServers:DataDirectory={_directory}/data");
            await using var app = await builder.StartAsync("catalogdb");
            places.Add(Directory.ResolveLinkTarget($"{_directory}/data/postgres", returnFinalTarget: false)?.FullName);
        }

        // Only root's Postgres has a user of its own. Both starts found the same place.
        Assert.Equal(Environment.IsPrivilegedProcess, places[0] is not null);
        Assert.Equal(places[0], places[1]);
        Assert.True(File.Exists($"{_directory}/data/postgres/data/PG_VERSION"));
        if (places[0] is { } elsewhere)
            Directory.Delete(elsewhere, recursive: true);
    }

    [Fact]
    public async Task Two_applications_do_not_share_a_data_directory_and_what_is_to_be_thrown_away_is_gone_at_the_end()
    {
        string[] settings = [$"--LocalServers:DataDirectory={_directory}/data", "--LocalServers:ThrowAwayData=true"];
        File.SetUnixFileMode(_directory, OnlyOwner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        await using var builder = await TestHost.CreateServersAsync(["redis"], settings);
        await using (await builder.StartAsync("redis"))
        {
            await using var second = await TestHost.CreateServersAsync(["redis"], settings);
            var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => second.StartAsync());
            Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
            Assert.True(Directory.Exists($"{_directory}/data/redis"));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public async Task A_declared_port_is_used_when_free_and_another_when_not()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (port, free) = (((IPEndPoint)taken.LocalEndpoint).Port, FreePorts.Find());
        await using var builder = await TestHost.CreateServersAsync(["redis", "postgres"], "--LocalServers:ThrowAwayData=true", "--DcpPublisher:RandomizePorts=false");
        Declare("redis", port);
        Declare("postgres", free);

        await using var app = await builder.StartAsync("redis", "postgres");
        Assert.NotEqual(port, app.GetEndpoint("redis", "tcp").Port);
        Assert.Equal(free, app.GetEndpoint("postgres", "tcp").Port);

        void Declare(string server, int number) =>
            builder.Resources.Single(resource => resource.Name == server).Annotations.OfType<EndpointAnnotation>().Single().Port = number;
    }

    private async Task<DistributedApplication> RunAsync(string[] passwords)
    {
        string[] servers = ["postgres", "rabbitmq", "redis"];
        var builder = await TestHost.CreateServersAsync(servers, [$"--LocalServers:DataDirectory={_directory}/data", .. passwords]);
        return await builder.StartAsync(["catalogdb", .. servers]);
    }
}
