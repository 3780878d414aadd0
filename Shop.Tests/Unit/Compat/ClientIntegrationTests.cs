using Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;
using Aspire.RabbitMQ.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shop.Rig.Setup;

namespace Shop.Tests.Unit.Compat;

public sealed class ClientIntegrationTests
{
    private static HostApplicationBuilder Builder(params (string Key, string Value)[] configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            configuration.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)));
        return builder;
    }

    private static async Task<IReadOnlyDictionary<string, HealthReportEntry>> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries;

    [Fact]
    public void The_context_is_configured_from_its_sections_and_the_connection_string_wins()
    {
        const string Section = "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL";
        var builder = Builder(
            ("ConnectionStrings:ordersdb", "Host=wins"),
            ($"{Section}:ConnectionString", "Host=loses"),
            ($"{Section}:CommandTimeout", "5"),
            ($"{Section}:OrdersContext:CommandTimeout", "7"));
        NpgsqlEntityFrameworkCorePostgreSQLSettings? seen = null;
        builder.AddNpgsqlDbContext<OrdersContext>("ordersdb", settings => seen = settings);
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<OrdersContext>();

        Assert.Equal(7, seen!.CommandTimeout);
        Assert.Equal("Host=wins", context.Database.GetConnectionString());
        Assert.Equal(7, context.Database.GetCommandTimeout());
        Assert.True(context.Database.CreateExecutionStrategy().RetriesOnFailure);
    }

    [Fact]
    public void Retries_can_be_switched_off()
    {
        var builder = Builder(("ConnectionStrings:ordersdb", "Host=x"));
        builder.AddNpgsqlDbContext<OrdersContext>("ordersdb", settings => settings.DisableRetry = true);
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();

        Assert.False(scope.ServiceProvider.GetRequiredService<OrdersContext>().Database.CreateExecutionStrategy().RetriesOnFailure);
    }

    [Fact]
    public void A_context_of_ones_own_can_be_enriched_once_it_is_there()
    {
        var builder = Builder();
        Assert.Throws<InvalidOperationException>(() => builder.EnrichNpgsqlDbContext<OrdersContext>());
        builder.Services.AddDbContextPool<OrdersContext>(options => options.UseNpgsql("Host=mine"));
        builder.EnrichNpgsqlDbContext<OrdersContext>(settings => settings.CommandTimeout = 9);
        Assert.Throws<InvalidOperationException>(() => builder.AddNpgsqlDbContext<OrdersContext>("ordersdb"));
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<OrdersContext>();

        Assert.Equal("Host=mine", context.Database.GetConnectionString());
        Assert.Equal(9, context.Database.GetCommandTimeout());
        Assert.True(context.Database.CreateExecutionStrategy().RetriesOnFailure);
    }

    [Fact]
    public void A_missing_connection_string_is_named_on_first_use()
    {
        var builder = Builder();
        builder.AddNpgsqlDbContext<OrdersContext>("ordersdb");
        builder.AddNpgsqlDataSource("ordersdb");
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();

        var ofContext = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<OrdersContext>());
        Assert.Contains("'ConnectionStrings:ordersdb'", ofContext.Message, StringComparison.Ordinal);
        Assert.Contains("Aspire:Npgsql:EntityFrameworkCore:PostgreSQL", ofContext.Message, StringComparison.Ordinal);
        var ofSource = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<NpgsqlDataSource>());
        Assert.Contains("'ConnectionStrings:ordersdb'", ofSource.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Databases_that_are_down_are_unhealthy_under_the_packages_names()
    {
        var port = FreePort.Find();
        var builder = Builder(("ConnectionStrings:db", $"Host=127.0.0.1;Port={port};Username=x;Password=x"));
        builder.AddNpgsqlDbContext<OrdersContext>("db", settings => settings.DisableRetry = true);
        builder.AddNpgsqlDataSource("db");
        builder.AddKeyedNpgsqlDataSource("db");
        using var host = builder.Build();

        var health = await HealthAsync(host);
        Assert.Equal(["OrdersContext", "PostgreSql", "PostgreSql_db"], health.Keys.Order(StringComparer.Ordinal));
        Assert.All(health.Values, entry => Assert.Equal(HealthStatus.Unhealthy, entry.Status));
    }

    [Fact]
    public async Task Health_checks_can_be_switched_off()
    {
        var builder = Builder(("Aspire:RabbitMQ:Client:DisableHealthChecks", "true"));
        builder.Services.AddHealthChecks();
        builder.AddNpgsqlDbContext<OrdersContext>("db", settings => settings.DisableHealthChecks = true);
        builder.AddRedisClient("redis", settings => settings.DisableHealthChecks = true);
        builder.AddRabbitMQClient("rabbitmq");
        using var host = builder.Build();

        Assert.Empty(await HealthAsync(host));
    }

    [Fact]
    public void Keyed_brokers_have_their_own_settings()
    {
        var builder = Builder(
            ("ConnectionStrings:first", "amqp://one:pw@first:1111"),
            ("Aspire:RabbitMQ:Client:ConnectionFactory:RequestedHeartbeat", "00:00:17"),
            ("Aspire:RabbitMQ:Client:second:ConnectionString", "amqp://two:pw@second:2222"),
            ("Aspire:RabbitMQ:Client:second:MaxConnectRetryCount", "0"));
        RabbitMQClientSettings? settings = null;
        builder.AddRabbitMQClient("first");
        builder.AddKeyedRabbitMQClient("second", read => settings = read);
        using var host = builder.Build();

        var first = Assert.IsType<ConnectionFactory>(host.Services.GetRequiredService<IConnectionFactory>());
        var second = Assert.IsType<ConnectionFactory>(host.Services.GetRequiredKeyedService<IConnectionFactory>("second"));
        Assert.Equal(("first", 1111, "one"), (first.HostName, first.Port, first.UserName));
        Assert.Equal(("second", 2222, "two"), (second.HostName, second.Port, second.UserName));
        Assert.Equal(TimeSpan.FromSeconds(17), first.RequestedHeartbeat);
        Assert.True(first.AutomaticRecoveryEnabled);
        Assert.Equal(0, settings!.MaxConnectRetryCount);
    }

    [Fact]
    public async Task A_host_without_its_broker_does_not_start()
    {
        var builder = Builder(("ConnectionStrings:rabbitmq", $"amqp://x:x@127.0.0.1:{FreePort.Find()}"));
        builder.AddRabbitMQClient("rabbitmq", settings => settings.MaxConnectRetryCount = 0);
        using var host = builder.Build();

        await Assert.ThrowsAsync<BrokerUnreachableException>(() => host.StartAsync());
        Assert.Equal(HealthStatus.Unhealthy, Assert.Single(await HealthAsync(host)).Value.Status);
    }

    private sealed class OrdersContext(DbContextOptions<OrdersContext> options) : DbContext(options);
}
