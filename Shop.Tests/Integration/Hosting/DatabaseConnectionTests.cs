using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Shop.Tests.Integration.Hosting;

/// <summary>The database server takes every connection that the pools of all services may open.</summary>
[Collection(ShopGroup.Name)]
public sealed class DatabaseConnectionTests(ShopFixture shop)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task There_are_enough_for_every_pool_of_every_replica(int replicas)
    {
        await using var builder = await TestHost.CreateAsync($"--Shop:Replicas={replicas}");
        var pools = Pools(builder.Resources);
        Assert.Equal(5 * replicas, pools.Count);
        Assert.InRange(pools.Sum(), 1, await AllowedAsync(builder.Resources.Single(resource => resource.Name == "postgres")));
    }

    [Fact]
    public async Task The_server_allows_what_is_declared()
    {
        var model = shop.App.Services.GetRequiredService<DistributedApplicationModel>();
        await using var connection = await shop.OpenDatabaseAsync("postgres");
        await using var show = new NpgsqlCommand("SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int", connection);
        Assert.InRange(Pools(model.Resources).Sum(), 1, (int)(await show.ExecuteScalarAsync())!);
    }

    /// <summary>What each pool may open: one for each replica of each service and each database that it is given.</summary>
    private static List<int> Pools(IEnumerable<IResource> resources) =>
    [
        .. from service in resources.OfType<ProjectResource>()
           from reference in service.Annotations.OfType<ResourceRelationshipAnnotation>().DistinctBy(relationship => relationship.Resource)
           where reference.Resource is ConnectionStringResource
           from replica in Enumerable.Range(0, service.GetReplicaCount())
           select PoolSize((ConnectionStringResource)reference.Resource),
    ];

    private static int PoolSize(ConnectionStringResource database)
    {
        // The address and the password are not known yet.
        var settings = database.ConnectionStringExpression.ValueExpression.Split(';').Where(setting => !setting.Contains('{', StringComparison.Ordinal));
        return new NpgsqlConnectionStringBuilder(string.Join(';', settings)).MaxPoolSize;
    }

    private static async Task<int> AllowedAsync(IResource postgres)
    {
        List<object> arguments = [];
        foreach (var annotation in postgres.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(new CommandLineArgsCallbackContext(arguments));
        const string Setting = "max_connections=";
        return int.Parse(arguments.OfType<string>().Single(argument => argument.StartsWith(Setting, StringComparison.Ordinal))[Setting.Length..], null);
    }
}
