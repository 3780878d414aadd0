using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using RabbitMQ.Client;

namespace Shop.Tests.Integration.Messaging;

/// <summary>Postgres and RabbitMQ for the messaging tests. Each test has a database and a virtual host of its own.</summary>
public sealed class MessagingServers : IAsyncLifetime
{
    private readonly string _postgres = Environment.GetEnvironmentVariable("TEST_PG")!;
    private readonly Uri _rabbit = new(Environment.GetEnvironmentVariable("TEST_MQ")!);
    private readonly Uri _management = new(Environment.GetEnvironmentVariable("TEST_MQM")!);

    /// <summary>Where one test's service lives.</summary>
    /// <param name="Database">The connection string.</param>
    /// <param name="Broker">The AMQP address, with the virtual host.</param>
    public sealed record Place(string Database, string Broker);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.CompletedTask;

    public async Task<Place> CreatePlaceAsync()
    {
        var name = $"probe_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(_postgres);
        await connection.OpenAsync();
        await using (var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection))
            await command.ExecuteNonQueryAsync();

        using var http = new HttpClient { BaseAddress = _management };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_rabbit.UserInfo))));
        (await http.PutAsJsonAsync($"api/vhosts/{name}", new { })).EnsureSuccessStatusCode();
        (await http.PutAsJsonAsync($"api/permissions/{name}/{Uri.UnescapeDataString(_rabbit.UserInfo).Split(':')[0]}",
            new { configure = ".*", write = ".*", read = ".*" })).EnsureSuccessStatusCode();

        return new Place(
            new NpgsqlConnectionStringBuilder(_postgres) { Database = name, MaxPoolSize = 20 }.ConnectionString,
            new UriBuilder(_rabbit) { Path = name }.ToString());
    }

    public static Task<IConnection> ConnectAsync(Place place) => new ConnectionFactory { Uri = new Uri(place.Broker) }.CreateConnectionAsync();
}
