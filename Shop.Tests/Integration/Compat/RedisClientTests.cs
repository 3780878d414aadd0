using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Shop.Tests.Support;
using StackExchange.Redis;

namespace Shop.Tests.Integration.Compat;

public sealed class RedisClientTests(RedisServer server) : IClassFixture<RedisServer>
{
    private static IHost Replica(RedisServer server, Action<HybridCacheOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", server.ConnectionString)]);
        builder.AddRedisDistributedCache("redis");
        builder.Services.AddHybridCache(configure ?? (_ => { }));
        return builder.Build();
    }

    private static string NewKey() => Guid.NewGuid().ToString("N");

    private static Task<HealthReport> HealthAsync(IHost host) =>
        host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    [Fact]
    public async Task The_cache_keeps_values_and_expires_them()
    {
        using var host = Replica(server);
        var cache = host.Services.GetRequiredService<IDistributedCache>();
        var redis = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        var key = NewKey();

        Assert.Null(await cache.GetAsync(key));
        await cache.SetAsync(key, [1, 2, 3], new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(60) });
        Assert.Equal([1, 2, 3], await cache.GetAsync(key));
        Assert.InRange((await redis.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));

        await cache.SetAsync(key, [], new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromMilliseconds(50) });
        Assert.Empty((await cache.GetAsync(key))!);
        await Eventually.HoldsAsync(async () => await cache.GetAsync(key) is null, "the entry expires");

        await cache.SetAsync(key, [4], new());
        Assert.Null(await redis.KeyTimeToLiveAsync(key));
        await cache.RemoveAsync(key);
        Assert.Null(await cache.GetAsync(key));
    }

    [Fact]
    public async Task A_sliding_expiration_is_extended_by_reading_and_ends_with_the_absolute_one()
    {
        using var host = Replica(server);
        var cache = host.Services.GetRequiredService<IDistributedCache>();
        var redis = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        var key = NewKey();

        await cache.SetAsync(key, [1], new() { SlidingExpiration = TimeSpan.FromSeconds(30) });
        await redis.KeyExpireAsync(key, TimeSpan.FromSeconds(5));
        await cache.RefreshAsync(key);
        Assert.InRange((await redis.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(30));

        await cache.SetAsync(key, [1], new()
        {
            SlidingExpiration = TimeSpan.FromSeconds(60),
            AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(20),
        });
        Assert.Equal([1], await cache.GetAsync(key));
        Assert.InRange((await redis.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task An_entry_that_ends_in_the_past_is_refused()
    {
        using var host = Replica(server);
        var cache = host.Services.GetRequiredService<IDistributedCache>();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            cache.SetAsync(NewKey(), [1], new() { AbsoluteExpiration = DateTimeOffset.UnixEpoch }));
    }

    [Fact]
    public async Task The_health_check_has_the_packages_name()
    {
        using var host = Replica(server);

        var entry = Assert.Single((await HealthAsync(host)).Entries);
        Assert.Equal("StackExchange.Redis", entry.Key);
        Assert.Equal(HealthStatus.Healthy, entry.Value.Status);
    }

    [Fact]
    public async Task A_hybrid_entry_lies_under_its_own_key_with_its_own_expiration()
    {
        using var host = Replica(server);
        var redis = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        var key = NewKey();

        await host.Services.GetRequiredService<HybridCache>().GetOrCreateAsync(
            key, _ => new ValueTask<string>("x"), new() { Expiration = TimeSpan.FromSeconds(60) });

        await Eventually.HoldsAsync(() => redis.KeyExistsAsync(key), "the entry is in Redis");
        Assert.InRange((await redis.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Removing_a_key_or_a_tag_reaches_the_memory_of_the_other_replica()
    {
        using var one = Replica(server);
        using var two = Replica(server);
        var (first, second) = (one.Services.GetRequiredService<HybridCache>(), two.Services.GetRequiredService<HybridCache>());
        await SubscribedAsync(2);
        var (key, tagged, tag) = (NewKey(), NewKey(), NewKey());

        await first.SetAsync(key, 1);
        await first.SetAsync(tagged, 1, tags: [tag]);
        Assert.Equal(1, await second.GetOrCreateAsync(key, _ => new ValueTask<int>(0)));
        Assert.Equal(1, await second.GetOrCreateAsync(tagged, _ => new ValueTask<int>(0), tags: [tag]));

        await first.RemoveAsync(key);
        await Eventually.HoldsAsync(async () => await PeekAsync(second, key) is null, "the key is gone from the other replica");
        await first.RemoveByTagAsync(tag);
        await Eventually.HoldsAsync(async () => await PeekAsync(second, tagged) is null, "the tag is gone from the other replica");

        await first.SetAsync(key, 2);
        await second.SetAsync(key, 3);
        await Eventually.HoldsAsync(async () => await PeekAsync(first, key) == 3, "a new value is seen by the other replica");
    }

    // What a replica has without asking the source.
    private static ValueTask<int?> PeekAsync(HybridCache cache, string key) => cache.GetOrCreateAsync(
        key, _ => new ValueTask<int?>(0), new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableLocalCacheWrite });

    private async Task SubscribedAsync(int replicas)
    {
        using var redis = server.Connect();
        await Eventually.HoldsAsync(
            () => redis.GetServer(redis.GetEndPoints()[0]).SubscriptionSubscriberCountAsync("hybrid-cache:invalidations")
                .ContinueWith(count => count.Result >= replicas, TaskScheduler.Default),
            "the replicas listen");
    }
}
