using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Shop.Tests.Support;
using StackExchange.Redis;

namespace Shop.Tests.Integration.Compat;

public sealed class RedisOutageTests : IDisposable
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    private readonly RedisServer _server = new();

    public void Dispose() => _server.Stop();

    private IHost Replica()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", _server.ConnectionString)]);
        builder.AddRedisDistributedCache("redis");
        builder.Services.AddHybridCache();
        return builder.Build();
    }

    private static async Task<HealthStatus> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;

    [Fact]
    public async Task A_client_outlives_a_restart_of_redis()
    {
        await _server.StartAsync();
        using var host = Replica();
        using var other = Replica();
        var cache = host.Services.GetRequiredService<HybridCache>();
        var second = other.Services.GetRequiredService<HybridCache>();
        await cache.SetAsync("a", 1);
        Assert.Equal(1, await second.GetOrCreateAsync("a", _ => new ValueTask<int>(0)));
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));

        _server.Stop();
        Assert.Equal(2, await cache.GetOrCreateAsync("b", _ => new ValueTask<int>(2)));
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));

        await _server.StartAsync();
        await Eventually.HoldsAsync(async () => await HealthAsync(host) == HealthStatus.Healthy, "the client reconnects", Recovery);
        var distributed = host.Services.GetRequiredService<IDistributedCache>();
        await distributed.SetAsync("c", [1], new());
        Assert.Equal([1], await distributed.GetAsync("c"));

        // The subscriptions come back too: what one replica sets, the other one sees.
        await Eventually.HoldsAsync(async () =>
        {
            await second.GetOrCreateAsync("d", _ => new ValueTask<int>(0));
            await cache.SetAsync("d", 7);
            return await second.GetOrCreateAsync("d", _ => new ValueTask<int>(0)) == 7;
        }, "invalidations arrive again", Recovery);
    }

    [Fact]
    public async Task A_client_may_start_before_redis()
    {
        using var host = Replica();
        var cache = host.Services.GetRequiredService<HybridCache>();
        Assert.Equal(1, await cache.GetOrCreateAsync("a", _ => new ValueTask<int>(1)));
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));

        await _server.StartAsync();
        await Eventually.HoldsAsync(async () => await HealthAsync(host) == HealthStatus.Healthy, "the client connects", Recovery);
        using var redis = _server.Connect();
        await Eventually.HoldsAsync(
            async () => await redis.GetServer(redis.GetEndPoints()[0]).SubscriptionSubscriberCountAsync("hybrid-cache:invalidations") == 1,
            "the replica listens", Recovery);
    }

    [Fact]
    public void A_missing_connection_string_is_named()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRedisClient("redis");
        using var host = builder.Build();

        var failure = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConnectionMultiplexer>());
        Assert.Contains("ConnectionStrings:redis", failure.Message, StringComparison.Ordinal);
    }
}
