using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shop.Catalog.Diagnostics;
using Shop.Catalog.Products;
using Shop.Catalog.Reservations;
using Shop.ServiceDefaults.Http;
using Shop.Tests.Support;
using ZiggyCreatures.Caching.Fusion;

namespace Shop.Tests.Integration.Catalog;

/// <summary>The metrics of the catalogue say which level answered, and what came of a request to reserve.</summary>
[Collection(ShopGroup.Name)]
public sealed class CatalogMetricsTests(ShopFixture shop, RedisServer redis) : IClassFixture<RedisServer>, IDisposable
{
    private const string Memory = "shop.catalog.cache.lookups{level=memory,result=hit}";
    private const string Redis = "shop.catalog.cache.lookups{level=redis,result=hit}";
    private const string Database = "shop.catalog.cache.lookups{level=database,result=miss}";

    private readonly Measurements _measured = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task A_lookup_is_counted_at_the_level_that_answers()
    {
        using var metrics = new CatalogMetrics(_measured.Factory);
        using var one = await ReplicaAsync(metrics);
        using var other = await ReplicaAsync(metrics);

        var page = await one.Cache.GetAsync(default);
        Assert.Equal(20, page.Products.Length);
        Assert.Equal((0, 0, 1), Counted());
        Assert.Same(page, await one.Cache.GetAsync(default));
        Assert.Equal((1, 0, 1), Counted());

        Assert.Equal(page.Products, (await other.Cache.GetAsync(default)).Products);
        Assert.Equal((1, 1, 1), Counted());
        await other.Cache.GetAsync(default);
        Assert.Equal((2, 1, 1), Counted());

        await one.Services.GetRequiredService<IFusionCache>().RemoveAsync(ProductListCache.Key);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => one.Cache.GetAsync(default).AsTask()));
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
        using var replica = await ReplicaAsync(metrics);
        await using var scope = replica.Services.CreateAsyncScope();
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

    private async Task<CatalogReplica> ReplicaAsync(CatalogMetrics metrics) =>
        new(await shop.App.GetConnectionStringAsync("catalogdb") ?? "", redis.ConnectionString, metrics);
}
