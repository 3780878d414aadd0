using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Npgsql;
using RabbitMQ.Client;

namespace Shop.Tests.Integration.Messaging;

/// <summary>Postgres and RabbitMQ for the messaging tests. Each test has a database and a virtual host of its own.</summary>
public sealed class MessagingServers : IAsyncLifetime
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);
    private DistributedApplication? _app;
    private string _postgres = "";
    private Uri _rabbit = new("amqp://localhost");
    private Uri _management = new("http://localhost");

    /// <summary>Where one test's service lives.</summary>
    /// <param name="Database">The connection string.</param>
    /// <param name="Broker">The AMQP address, with the virtual host.</param>
    public sealed record Place(string Database, string Broker);

    public async Task InitializeAsync()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddPostgres("postgres");
        builder.AddRabbitMQ("rabbitmq").WithManagementPlugin();
        _app = await builder.BuildAsync();

        using var timeout = new CancellationTokenSource(StartTime);
        await _app.StartAsync(timeout.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("postgres", timeout.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("rabbitmq", timeout.Token);
        _postgres = await _app.GetConnectionStringAsync("postgres", timeout.Token) ?? throw new InvalidOperationException("Postgres has no connection string.");
        _rabbit = new Uri(await _app.GetConnectionStringAsync("rabbitmq", timeout.Token) ?? throw new InvalidOperationException("RabbitMQ has no connection string."));
        _management = _app.GetEndpoint("rabbitmq", "management");
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    public async Task<Place> CreatePlaceAsync()
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

        return new Place(
            new NpgsqlConnectionStringBuilder(_postgres) { Database = name, MaxPoolSize = 20 }.ConnectionString,
            new UriBuilder(_rabbit) { Path = name }.ToString());
    }

    public static Task<IConnection> ConnectAsync(Place place) => new ConnectionFactory { Uri = new Uri(place.Broker) }.CreateConnectionAsync();

    /// <summary>The connections to the place's virtual host, and what their clients call them.</summary>
    public async Task<Dictionary<string, string>> ListConnectionsAsync(Place place)
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
    public async Task<List<string>> ListConsumingConnectionsAsync(Place place)
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

    private static string VirtualHost(Place place) => new Uri(place.Broker).AbsolutePath.TrimStart('/');

    private HttpClient CreateManagementClient()
    {
        var http = new HttpClient { BaseAddress = _management };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_rabbit.UserInfo))));
        return http;
    }
}
