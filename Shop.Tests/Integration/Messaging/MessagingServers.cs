using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Npgsql;
using RabbitMQ.Client;
using Shop.Rig.Probe;
using Shop.Tests.Integration.Hosting;

namespace Shop.Tests.Integration.Messaging;

/// <summary>Postgres and RabbitMQ for the messaging tests. Each test has a database and a virtual host of its own.</summary>
public sealed class MessagingServers : IAsyncLifetime
{
    // Debian's program in PATH wants root and drops to its own user; the one beside the library does not.
    private const string Control = "/usr/lib/rabbitmq/bin/rabbitmqctl";
    private static readonly Dictionary<string, string?> ShortWaits = new()
    {
        ["Messaging:RetryDelaysMilliseconds:0"] = "50",
        ["Messaging:RetryDelaysMilliseconds:1"] = "100",
        ["Messaging:RetryDelaysMilliseconds:2"] = "150",
        ["Messaging:IdlePollSeconds"] = "1",
    };
    private DistributedApplication? _app;
    private string _postgres = "";
    private Uri _rabbit = new("amqp://localhost");
    private Uri _management = new("http://localhost");

    public async Task InitializeAsync()
    {
        var builder = await TestHost.CreateServersAsync(["postgres", "rabbitmq"], "--LocalServers:ThrowAwayData=true");
        _app = await builder.StartAsync("postgres", "rabbitmq");
        _postgres = await _app.GetConnectionStringAsync("postgres") ?? throw new InvalidOperationException("Postgres has no connection string.");
        _rabbit = new Uri(await _app.GetConnectionStringAsync("rabbitmq") ?? throw new InvalidOperationException("RabbitMQ has no connection string."));
        _management = _app.GetEndpoint("rabbitmq", "management");
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    public async Task<ProbePlace> CreatePlaceAsync()
    {
        var name = $"probe_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(_postgres);
        await connection.OpenAsync();
        await using (var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection))
            await command.ExecuteNonQueryAsync();

        using var http = CreateManagementClient();
        (await http.PutAsJsonAsync($"api/vhosts/{name}", new { })).EnsureSuccessStatusCode();
        (await http.PutAsJsonAsync($"api/permissions/{name}/{Uri.UnescapeDataString(_rabbit.UserInfo).Split(':')[0]}",
            new { configure = ".*", write = ".*", read = ".*" })).EnsureSuccessStatusCode();

        return new ProbePlace(
            new NpgsqlConnectionStringBuilder(_postgres) { Database = name, MaxPoolSize = 20 }.ConnectionString,
            new UriBuilder(_rabbit) { Path = name }.ToString(),
            ShortWaits);
    }

    public static Task<IConnection> ConnectAsync(ProbePlace place) => new ConnectionFactory { Uri = new Uri(place.Broker) }.CreateConnectionAsync();

    /// <summary>The connections to the place's virtual host, and what their clients call them.</summary>
    public async Task<Dictionary<string, string>> ListConnectionsAsync(ProbePlace place)
    {
        using var http = CreateManagementClient();
        var connections = await http.GetFromJsonAsync<JsonElement>($"api/vhosts/{VirtualHost(place)}/connections");
        return connections.EnumerateArray()
            .Where(connection => connection.TryGetProperty("client_properties", out _))
            .ToDictionary(
                connection => connection.GetProperty("name").GetString()!,
                connection => connection.GetProperty("client_properties").GetProperty("connection_name").GetString()!);
    }

    /// <summary>The connections on which the place's consumers are.</summary>
    public async Task<List<string>> ListConsumingConnectionsAsync(ProbePlace place)
    {
        using var http = CreateManagementClient();
        var consumers = await http.GetFromJsonAsync<JsonElement>($"api/consumers/{VirtualHost(place)}");
        return [.. consumers.EnumerateArray()
            .Where(consumer => consumer.GetProperty("channel_details").TryGetProperty("connection_name", out _))
            .Select(consumer => consumer.GetProperty("channel_details").GetProperty("connection_name").GetString()!)];
    }

    /// <summary>Has the broker close a connection.</summary>
    public async Task CloseConnectionAsync(string name)
    {
        using var http = CreateManagementClient();
        (await http.DeleteAsync($"api/connections/{Uri.EscapeDataString(name)}")).EnsureSuccessStatusCode();
    }

    /// <summary>What those of the place's connections are called on which the broker reads nothing.</summary>
    public async Task<List<string>> ListBlockedConnectionsAsync(ProbePlace place)
    {
        using var http = CreateManagementClient();
        var connections = await http.GetFromJsonAsync<JsonElement>($"api/vhosts/{VirtualHost(place)}/connections");
        return [.. connections.EnumerateArray()
            .Where(connection => connection.TryGetProperty("state", out var state) && state.GetString() == "blocked")
            .Select(connection => connection.GetProperty("client_properties").GetProperty("connection_name").GetString()!)];
    }

    /// <summary>The messages in a queue of the place, those delivered and not acknowledged included; as of some seconds ago.</summary>
    public async Task<int> CountMessagesAsync(ProbePlace place, string queue)
    {
        using var http = CreateManagementClient();
        var state = await http.GetFromJsonAsync<JsonElement>($"api/queues/{VirtualHost(place)}/{queue}");
        return state.TryGetProperty("messages", out var messages) ? messages.GetInt32() : 0;
    }

    /// <summary>Has the broker, for all tests of the class, raise the alarm when it uses more memory.</summary>
    /// <param name="limit">A part of the machine's memory, or <c>absolute</c> and a size.</param>
    public async Task SetMemoryLimitAsync(params IReadOnlyList<string> limit)
    {
        var pid = await _app!.GetProcessIdAsync("rabbitmq");
        var start = new ProcessStartInfo(File.Exists(Control) ? Control : "rabbitmqctl", ["--quiet", "set_vm_memory_high_watermark", .. limit])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // Where its node is, and what to show it to be let in.
        foreach (var variable in (await File.ReadAllTextAsync($"/proc/{pid}/environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            start.Environment[variable.Split('=')[0]] = variable[(variable.IndexOf('=', StringComparison.Ordinal) + 1)..];
        using var control = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = await Task.WhenAll(control.StandardOutput.ReadToEndAsync(timeout.Token), control.StandardError.ReadToEndAsync(timeout.Token));
        await control.WaitForExitAsync(timeout.Token);
        Assert.True(control.ExitCode == 0, string.Concat(output));
    }

    private static string VirtualHost(ProbePlace place) => new Uri(place.Broker).AbsolutePath.TrimStart('/');

    private HttpClient CreateManagementClient()
    {
        var http = new HttpClient { BaseAddress = _management };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_rabbit.UserInfo))));
        return http;
    }
}
