using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RabbitMQ.Client;
using Shop.Messaging;
using Shop.ServiceDefaults.Database;
using Shop.Tests.Integration.Hosting;
using Shop.Tests.Support;
using Shop.Tests.Support.Otlp;

namespace Shop.Tests.Integration;

/// <summary>The whole shop, started once for all tests that use it, on free ports and throw-away data.</summary>
public sealed class ShopFixture : IAsyncLifetime
{
    /// <summary>The administrator's address, as AppHost has it.</summary>
    public const string AdminEmail = "admin@shop.local";

    /// <summary>The administrator's password.</summary>
    public const string AdminPassword = "Correct-horse-1-battery";

    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(3);

    /// <summary>Every resource that has to be healthy before the tests begin.</summary>
    private static readonly string[] Resources =
        ["postgres", "rabbitmq", "redis", "auth", "catalog", "orders", "payments", "notifications", "sandbox", "web", "telegrambot"];

    private readonly DirectoryInfo _mails = Directory.CreateTempSubdirectory("shop-mails-");
    private DistributedApplication? _app;
    private OtlpReceiver? _otlp;
    private string? _adminToken;

    /// <summary>The running application.</summary>
    public DistributedApplication App => _app ?? throw new InvalidOperationException("The shop is not started.");

    /// <summary>Where every service exports its telemetry.</summary>
    internal OtlpReceiver Otlp => _otlp ?? throw new InvalidOperationException("The shop is not started.");

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        _otlp = await OtlpReceiver.StartAsync();
        using var timeout = new CancellationTokenSource(StartTime);
        var builder = await TestHost.CreateAsync(
            "--LocalServers:ThrowAwayData=true", $"--Shop:MailDirectory={_mails.FullName}", $"--Parameters:admin-password={AdminPassword}");
        builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = null; // The launch profile has it, and it goes before the other.
        builder.Configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = _otlp.Url.ToString();
        _app = await builder.BuildAsync(timeout.Token);
        await _app.StartAsync(timeout.Token);
        foreach (var resource in Resources)
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(resource, timeout.Token);
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        if (_otlp is not null)
            await _otlp.DisposeAsync();
        _mails.Delete(recursive: true);
    }

    /// <summary>A client of one service that is not signed in.</summary>
    public HttpClient CreateClient(string service)
    {
        var client = App.CreateHttpClient(service, "http");
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        return client;
    }

    /// <summary>A client of one service that sends this token.</summary>
    public HttpClient CreateClient(string service, string token)
    {
        var client = CreateClient(service);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A client of one service, signed in as the administrator.</summary>
    public async Task<HttpClient> AdminClientAsync(string service) =>
        CreateClient(service, _adminToken ??= await SignInAsync(AdminEmail, AdminPassword));

    /// <summary>Signs up a buyer nobody else uses.</summary>
    public async Task<Customer> RegisterCustomerAsync()
    {
        var email = $"buyer-{Guid.NewGuid():N}@example.com";
        const string Password = "Correct-horse-2-battery";
        using var auth = CreateClient("auth");
        using var response = await auth.PostAsJsonAsync("/auth/register", new { email, password = Password, name = "Buyer" });
        var body = await ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        var token = (string)body["access_token"]!;

        using var verify = CreateClient("auth", token);
        var identity = await verify.GetFromJsonAsync<JsonObject>("/auth/verify");
        return new Customer(Guid.Parse((string)identity!["user_id"]!), email, Password, token);
    }

    /// <summary>Signs in and returns the access token.</summary>
    public async Task<string> SignInAsync(string email, string password)
    {
        using var auth = CreateClient("auth");
        using var response = await auth.PostAsJsonAsync("/auth/token", new { email, password });
        var body = await ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return (string)body["access_token"]!;
    }

    /// <summary>Opens a service's database.</summary>
    public async Task<NpgsqlConnection> OpenDatabaseAsync(string name)
    {
        var connection = new NpgsqlConnection(await App.GetConnectionStringAsync(name));
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Makes an empty database with the tables of a service, for tests that put into it what the running service must not see.</summary>
    /// <returns>The connection string.</returns>
    public async Task<string> CreateDatabaseAsync<TContext>() where TContext : DbContext
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using (var server = await OpenDatabaseAsync("postgres"))
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", server);
            await create.ExecuteNonQueryAsync();
        }

        var database = new NpgsqlConnectionStringBuilder(await App.GetConnectionStringAsync("postgres")) { Database = name, Pooling = false }.ConnectionString;
        MigrationSource[] sources = [new(typeof(MigrationSource).Assembly), new(typeof(TContext).Assembly), new(typeof(MessagingOptions).Assembly)];
        await new MigrationRunner(sources, () => new NpgsqlConnection(database), NullLogger<MigrationRunner>.Instance).ApplyAsync(default);
        return database;
    }

    /// <summary>Puts a message straight into a queue, past the exchange, and waits until the broker has it.</summary>
    public async Task SendAsync(string queue, string type, Guid id, string key, ReadOnlyMemory<byte> body)
    {
        var factory = new ConnectionFactory { Uri = new Uri((await App.GetConnectionStringAsync("rabbitmq"))!) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties
        {
            MessageId = id.ToString(),
            Type = type,
            CorrelationId = key,
            DeliveryMode = DeliveryModes.Persistent,
        };
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, body);
    }

    /// <summary>A single value from a service's database.</summary>
    public async Task<T> QueryAsync<T>(string database, string sql, params object[] values)
    {
        await using var connection = await OpenDatabaseAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Stops a service as an operator would, and waits until it is gone.</summary>
    public async Task StopResourceAsync(string name)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(App.Resource(name), KnownResourceCommands.StopCommand);
        Assert.True(result.Success, result.Message);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await App.ResourceNotifications.WaitForResourceAsync(name, KnownResourceStates.TerminalStates, timeout.Token);
    }

    /// <summary>Starts a service that was stopped, and waits until it is healthy.</summary>
    public async Task StartResourceAsync(string name)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(App.Resource(name), KnownResourceCommands.StartCommand);
        Assert.True(result.Success, result.Message);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await App.ResourceNotifications.WaitForResourceHealthyAsync(name, timeout.Token);
    }

    /// <summary>Reads a JSON answer; an empty one is an empty object.</summary>
    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    /// <summary>Waits until an order has this status.</summary>
    public static async Task<JsonNode> UntilOrderAsync(HttpClient orders, string id, string status, TimeSpan? within = null)
    {
        JsonNode? last = null;
        try
        {
            return await Eventually.GetAsync(async () =>
            {
                using var response = await orders.GetAsync(new Uri($"/orders/{id}", UriKind.Relative));
                last = await ReadAsync(response);
                return (string?)last["status"] == status ? last : null;
            }, $"order {id} is {status}", within ?? TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}; it is {last}", exception);
        }
    }
}

/// <summary>A signed-in buyer.</summary>
public sealed record Customer(Guid Id, string Email, string Password, string Token);

/// <summary>Groups the tests that share one running shop; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ShopGroup : ICollectionFixture<ShopFixture>
{
    /// <summary>The group's name.</summary>
    public const string Name = "Shop";
}
