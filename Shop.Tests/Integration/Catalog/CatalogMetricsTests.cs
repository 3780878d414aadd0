using System.Collections.Concurrent;
using Aspire.Hosting.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shop.Catalog.Data;
using Shop.Catalog.Diagnostics;
using Shop.Catalog.Products;
using Shop.Catalog.Reservations;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Http;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Catalog;

/// <summary>The metrics of the catalogue say which level answered, and what came of a request to reserve.</summary>
[Collection(ShopGroup.Name)]
public sealed class CatalogMetricsTests(ShopFixture shop) : IDisposable
{
    private const string Memory = "shop.catalog.cache.lookups{level=memory,result=hit}";
    private const string Redis = "shop.catalog.cache.lookups{level=redis,result=hit}";
    private const string Database = "shop.catalog.cache.lookups{level=database,result=miss}";

    private readonly Measurements _measured = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task A_lookup_is_counted_at_the_level_that_answers()
    {
        var redis = new SharedCache();
        using var metrics = new CatalogMetrics(_measured.Factory);
        await using var one = await ReplicaAsync(redis, metrics);
        await using var other = await ReplicaAsync(redis, metrics);

        var page = await one.GetRequiredService<ProductListCache>().GetAsync(default);
        Assert.Equal(20, page.Products.Length);
        Assert.Equal((0, 0, 1), Counted());
        Assert.Same(page, await one.GetRequiredService<ProductListCache>().GetAsync(default));
        Assert.Equal((1, 0, 1), Counted());

        await Eventually.HoldsAsync(() => Task.FromResult(!redis.IsEmpty), "the page is in Redis");
        Assert.Equal(page.Products, (await other.GetRequiredService<ProductListCache>().GetAsync(default)).Products);
        Assert.Equal((1, 1, 1), Counted());
        await other.GetRequiredService<ProductListCache>().GetAsync(default);
        Assert.Equal((2, 1, 1), Counted());

        await one.GetRequiredService<HybridCache>().RemoveAsync(ProductListCache.Key);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => one.GetRequiredService<ProductListCache>().GetAsync(default).AsTask()));
        var (memory, shared, missed) = Counted();
        Assert.Equal((12, 1), (memory + missed - 1, shared)); // All that did not find it waited for one load.
        Assert.True(missed > 1);

        (double Memory, double Redis, double Database) Counted() =>
            (_measured.Sums.GetValueOrDefault(Memory), _measured.Sums.GetValueOrDefault(Redis), _measured.Sums.GetValueOrDefault(Database));
    }

    [Fact]
    public async Task Requests_to_reserve_are_counted_by_their_outcome()
    {
        using var metrics = new CatalogMetrics(_measured.Factory);
        await using var replica = await ReplicaAsync(new SharedCache(), metrics);
        await using var scope = replica.CreateAsyncScope();
        var desk = scope.ServiceProvider.GetRequiredService<ReservationDesk>();
        var order = Guid.CreateVersion7();

        await desk.ReserveAsync(order, [new ReserveItem(1, 1)], Language.English, default);
        await desk.ReserveAsync(order, [new ReserveItem(1, 1)], Language.English, default);
        await desk.ReserveAsync(Guid.CreateVersion7(), [new ReserveItem(1, 10_000_000)], Language.English, default);
        await desk.ReserveAsync(Guid.CreateVersion7(), [new ReserveItem(int.MaxValue, 1)], Language.English, default);
        await desk.ReserveAsync(order, [new ReserveItem(1, 2)], Language.English, default);
        await desk.ReleaseAsync(order, returnSold: true, default);
        await desk.ReserveAsync(order, [new ReserveItem(1, 1)], Language.English, default);

        Assert.Equal(
            [("out_of_stock", 1), ("refused", 3), ("repeated", 1), ("reserved", 1)],
            _measured.Sums.Select(sum => (sum.Key.Split('=', '}')[1], sum.Value)).Order());
    }

    private async Task<ServiceProvider> ReplicaAsync(IDistributedCache redis, CatalogMetrics metrics)
    {
        var connection = await shop.App.GetConnectionStringAsync("catalogdb");
        var services = new ServiceCollection()
            .AddDbContext<CatalogDbContext>(options => options.UseNpgsql(connection).AddInterceptors(AfterCommitInterceptor.Instance))
            .AddSingleton(redis)
            .AddSingleton(metrics)
            .AddSingleton<ProductListCache>()
            .AddScoped<ReservationDesk>()
            .AddSingleton(Options.Create(new ReservationOptions()))
            .AddLogging();
        services.AddHybridCache();
        return services.BuildServiceProvider();
    }

    /// <summary>What two replicas share.</summary>
    private sealed class SharedCache : IDistributedCache
    {
        private readonly ConcurrentDictionary<string, byte[]> _values = new();

        public bool IsEmpty => _values.IsEmpty;

        public byte[]? Get(string key) => _values.GetValueOrDefault(key);

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.FromResult(Get(key));

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => _values[key] = value;

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
        {
            Set(key, value, options);
            return Task.CompletedTask;
        }

        public void Refresh(string key)
        {
        }

        public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

        public void Remove(string key) => _values.TryRemove(key, out _);

        public Task RemoveAsync(string key, CancellationToken token = default)
        {
            Remove(key);
            return Task.CompletedTask;
        }
    }
}
