using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Npgsql;
using RabbitMQ.Client;
using Shop.Rig.Chaos;
using Shop.Rig.Probe;
using Shop.Rig.Setup;

namespace Shop.Rig.Bench.Engine;

/// <summary>A Postgres and a RabbitMQ of their own, with their durable settings, on data that is thrown away: a shop of which nothing else is started.</summary>
internal sealed class EngineServers : IAsyncDisposable
{
    private static readonly Dictionary<string, string?> Settings = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection("Messaging")
        .AsEnumerable().ToDictionary();
    private readonly ThrowawayShop _shop;

    private EngineServers(ThrowawayShop shop, string postgres, string broker) => (_shop, Postgres, Broker) = (shop, postgres, broker);

    /// <summary>The connection string of the Postgres server.</summary>
    public string Postgres { get; }

    /// <summary>The AMQP address.</summary>
    public string Broker { get; }

    public static async Task<EngineServers> StartAsync(CancellationToken cancellationToken)
    {
        var shop = await ThrowawayShop.StartAsync(configure: Configure, cancellationToken: cancellationToken);
        return new EngineServers(shop, await AddressAsync(Names.Postgres), await AddressAsync(Names.RabbitMQ));

        async Task<string> AddressAsync(string resource) =>
            await shop.App.GetConnectionStringAsync(resource, cancellationToken) ?? throw new InvalidOperationException($"{resource} has no address.");
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

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    private static void Configure(IDistributedApplicationTestingBuilder builder)
    {
        builder.SetPostgres("fsync=on", "synchronous_commit=on", "full_page_writes=on");
        foreach (var resource in builder.Resources.Where(resource => resource is ProjectResource || resource.Name == Names.Redis).ToList())
            builder.CreateResourceBuilder(resource).WithExplicitStart();
    }
}
