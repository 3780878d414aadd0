using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using Shop.Rig.Probe;

namespace Shop.Rig.Bench.Engine;

/// <summary>A Postgres and a RabbitMQ of their own, with their durable settings, on data that is thrown away.</summary>
internal sealed class EngineServers : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);
    private static readonly Dictionary<string, string?> Settings = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection("Messaging")
        .AsEnumerable().ToDictionary();
    private readonly DistributedApplication _app;

    private EngineServers(DistributedApplication app, string postgres, string broker) => (_app, Postgres, Broker) = (app, postgres, broker);

    /// <summary>The connection string of the Postgres server.</summary>
    public string Postgres { get; }

    /// <summary>The AMQP address.</summary>
    public string Broker { get; }

    public static async Task<EngineServers> StartAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTime);
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.Services.Configure<LoggerFilterOptions>(options => options.AddFilter("Aspire.Hosting.Resources", LogLevel.None));
        // Data that is thrown away need not be synced; what is measured here is an engine that keeps it.
        builder.AddPostgres("postgres").WithArgs("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on");
        builder.AddRabbitMQ("rabbitmq");
        var app = await builder.BuildAsync(timeout.Token);
        try
        {
            await app.StartAsync(timeout.Token);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("postgres", timeout.Token);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("rabbitmq", timeout.Token);
            return new EngineServers(app, await AddressAsync("postgres"), await AddressAsync("rabbitmq"));
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        async Task<string> AddressAsync(string resource) =>
            await app.GetConnectionStringAsync(resource, timeout.Token) ?? throw new InvalidOperationException($"{resource} has no address.");
    }

    /// <summary>Creates an empty database for a service that uses the broker. What <c>Messaging__*</c> of the environment says goes for it.</summary>
    public async Task<ProbePlace> CreatePlaceAsync(string name, CancellationToken cancellationToken)
    {
        var database = $"{name}_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(Postgres);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"CREATE DATABASE {database}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new ProbePlace(new NpgsqlConnectionStringBuilder(Postgres) { Database = database }.ConnectionString, Broker, Settings);
    }

    /// <summary>Connects to the broker as a bare client.</summary>
    public Task<IConnection> ConnectAsync(CancellationToken cancellationToken) =>
        new ConnectionFactory { Uri = new Uri(Broker) }.CreateConnectionAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
