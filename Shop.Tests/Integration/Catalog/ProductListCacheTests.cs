using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shop.Catalog.Data;
using Shop.Catalog.Diagnostics;
using Shop.Catalog.Products;
using Shop.Tests.Support;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;

namespace Shop.Tests.Integration.Catalog;

/// <summary>The cached product list, in replicas that share a Redis which comes and goes.</summary>
[Collection(ShopGroup.Name)]
public sealed class ProductListCacheTests(ShopFixture shop) : IAsyncLifetime, IDisposable
{
    private const int Callers = 50;
    private static readonly TimeSpan StillFast = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    private readonly RedisServer _redis = new();
    private readonly Measurements _measured = new();
    private CatalogMetrics? _metrics;
    private string _database = "";

    public async Task InitializeAsync()
    {
        _metrics = new CatalogMetrics(_measured.Factory);
        _database = await shop.CreateDatabaseAsync<CatalogDbContext>();
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();
        await using var fill = new NpgsqlCommand(
            """
            INSERT INTO categories (slug, name_ru, name_en, position) VALUES ('phones', 'Телефоны', 'Phones', 1);
            INSERT INTO products (id, category, kind, name_ru, name_en, description_ru, description_en, price, currency)
            SELECT id, 'phones', 'physical', 'Телефон ' || id, 'Phone ' || id, '', '', 500, 'RUB' FROM generate_series(1, 30) AS id;
            INSERT INTO stock (product_id, supplied, available) SELECT id, 10, 10 FROM products;
            """,
            connection);
        await fill.ExecuteNonQueryAsync();
    }

    public Task DisposeAsync() => _redis.DisposeAsync();

    public void Dispose()
    {
        _metrics?.Dispose();
        _measured.Dispose();
    }

    [Fact]
    public async Task The_page_lies_in_Redis_under_its_key_for_a_minute()
    {
        await _redis.StartAsync();
        using var replica = Replica();
        await replica.Cache.GetAsync(default);

        await using var redis = _redis.Connect();
        Assert.InRange((await redis.GetDatabase().KeyTimeToLiveAsync(ProductListCache.Key))!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Many_callers_at_once_cause_one_load()
    {
        await _redis.StartAsync();
        using var replica = Replica();
        var gate = new TaskCompletionSource();
        replica.Loads.OnRead = token => gate.Task.WaitAsync(token);

        var callers = Enumerable.Range(0, Callers).Select(_ => replica.Cache.GetAsync(default).AsTask()).ToArray();
        await Eventually.HoldsAsync(() => replica.Loads.Count > 0, "a load has begun");
        gate.SetResult();

        Assert.All(await Task.WhenAll(callers), page => Assert.Equal((20, 30), (page.Products.Length, page.Total)));
        Assert.Equal(1, replica.Loads.Count);
    }

    [Fact]
    public async Task Two_replicas_at_once_cause_one_load()
    {
        await _redis.StartAsync();
        using var one = Replica();
        using var other = Replica();
        foreach (var replica in (CatalogReplica[])[one, other])
        {
            // Queries are compiled and connections open before it counts: a lock is not waited for as long as that may take.
            await replica.Cache.GetAsync(default);
            await replica.ChangePriceAsync(1, 100);
        }

        await Eventually.HoldsAsync(async () => !await IsInMemoryAsync(one) && !await IsInMemoryAsync(other), "neither has the page");
        var before = one.Loads.Count + other.Loads.Count;
        var pages = await Task.WhenAll(Enumerable.Range(0, Callers).SelectMany(_ => new[] { one, other }).Select(replica => replica.Cache.GetAsync(default).AsTask()));

        Assert.All(pages, page => Assert.Equal(100, PriceOn(page)));
        Assert.Equal(1, one.Loads.Count + other.Loads.Count - before);
    }

    [Fact]
    public async Task A_write_reaches_the_memory_of_the_other_replica_within_a_second()
    {
        await _redis.StartAsync();
        using var one = Replica();
        using var other = Replica();
        Assert.Equal(500, await PriceAsync(one));
        Assert.Equal(500, await PriceAsync(other));
        await SubscribedAsync(2);

        await one.ChangePriceAsync(1, 499);
        Assert.Equal(499, await PriceAsync(one));
        await Eventually.HoldsAsync(async () => await PriceAsync(other) == 499, "the other replica has the new price", TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_that_a_write_made_stale_while_it_was_read_is_not_kept(bool byItself)
    {
        await _redis.StartAsync();
        using var replica = Replica();
        using var other = Replica();
        await PriceAsync(other);
        await replica.ChangePriceAsync(1, 490);
        await SubscribedAsync(2);
        var read = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        replica.Loads.OnRead = token =>
        {
            read.TrySetResult();
            return gate.Task.WaitAsync(token);
        };

        var stale = PriceAsync(replica);
        await read.Task;
        var heard = new TaskCompletionSource();
        replica.Services.GetRequiredService<IFusionCache>().Events.Backplane.MessageReceived += (_, _) => heard.TrySetResult();
        await (byItself ? replica : other).ChangePriceAsync(1, 480);
        if (!byItself)
            await heard.Task.WaitAsync(TimeSpan.FromSeconds(10));
        gate.SetResult();

        Assert.Equal(490, await stale);
        await Eventually.HoldsAsync(async () => await PriceAsync(replica) == 480, "the old page is not kept", TimeSpan.FromSeconds(1));
        Assert.Equal(480, await PriceAsync(other));
    }

    [Fact]
    public async Task A_load_that_fails_is_told_to_all_who_wait_and_not_kept()
    {
        await _redis.StartAsync();
        using var replica = Replica();
        replica.Loads.OnRead = _ => throw new InvalidDataException("no");

        foreach (var caller in Enumerable.Range(0, 10).Select(_ => replica.Cache.GetAsync(default).AsTask()).ToArray())
            await Assert.ThrowsAsync<InvalidDataException>(() => caller);

        replica.Loads.OnRead = _ => Task.CompletedTask;
        Assert.Equal(500, await PriceAsync(replica));
    }

    [Fact]
    public async Task A_caller_that_leaves_takes_no_answer_from_another()
    {
        await _redis.StartAsync();
        using var replica = Replica();
        var gate = new TaskCompletionSource();
        replica.Loads.OnRead = token => gate.Task.WaitAsync(token);
        using var impatience = new CancellationTokenSource();

        var first = replica.Cache.GetAsync(impatience.Token).AsTask();
        await Eventually.HoldsAsync(() => replica.Loads.Count > 0, "a load has begun");
        var second = PriceAsync(replica);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.Equal(500, await second);
    }

    [Fact]
    public async Task Without_Redis_every_read_and_write_is_answered_and_soon()
    {
        await _redis.StartAsync();
        using var replica = Replica();
        await PriceAsync(replica);
        _redis.Stop();

        for (var price = 400; price > 390; price--)
        {
            var begun = Stopwatch.GetTimestamp();
            await replica.ChangePriceAsync(1, price);
            Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, StillFast);

            begun = Stopwatch.GetTimestamp();
            Assert.Equal(price, await PriceAsync(replica));
            Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, StillFast);
        }
    }

    [Fact]
    public async Task When_Redis_comes_back_so_do_its_page_and_the_invalidations()
    {
        await _redis.StartAsync();
        using var one = Replica();
        using var other = Replica();
        await PriceAsync(one);
        await PriceAsync(other);

        _redis.Stop();
        await one.ChangePriceAsync(1, 450);
        Assert.Equal(450, await PriceAsync(one));
        await _redis.StartAsync();

        await SubscribedAsync(2);
        await UntilInRedisAsync(one);
        await UntilInvalidatesAsync(one, other);
    }

    [Fact]
    public async Task A_replica_may_start_before_Redis()
    {
        using var one = Replica();
        using var other = Replica();
        Assert.Equal(500, await PriceAsync(one));
        Assert.Equal(500, await PriceAsync(other));

        await _redis.StartAsync();
        await SubscribedAsync(2);
        await UntilInRedisAsync(one);
        await UntilInvalidatesAsync(one, other);
    }

    private CatalogReplica Replica() => new(_database, _redis.ConnectionString, _metrics!);

    private static async Task<decimal> PriceAsync(CatalogReplica replica) => PriceOn(await replica.Cache.GetAsync(default));

    private static decimal PriceOn(ProductPage page) => page.Products.Single(product => product.Id == 1).Price;

    private static async Task<bool> IsInMemoryAsync(CatalogReplica replica) =>
        (await replica.Services.GetRequiredService<IFusionCache>().TryGetAsync<ProductPage>(ProductListCache.Key, options => options.SetSkipDistributedCacheRead(true))).HasValue;

    private async Task SubscribedAsync(int replicas)
    {
        await using var redis = _redis.Connect();
        var server = redis.GetServer(redis.GetEndPoints()[0]);
        await Eventually.HoldsAsync(async () =>
        {
            var channels = await server.SubscriptionChannelsAsync(RedisChannel.Pattern("FusionCache*"));
            return channels.Length == 1 && await server.SubscriptionSubscriberCountAsync(channels[0]) == replicas;
        }, "the replicas listen", Recovery);
    }

    /// <summary>Waits until what this replica loads is in Redis again: Redis is left alone for a moment after it failed.</summary>
    private async Task UntilInRedisAsync(CatalogReplica replica)
    {
        await using var redis = _redis.Connect();
        await Eventually.HoldsAsync(async () =>
        {
            await replica.ChangePriceAsync(1, 440);
            await PriceAsync(replica);
            return await redis.GetDatabase().KeyExistsAsync(ProductListCache.Key);
        }, "the page is in Redis", Recovery);
    }

    private static async Task UntilInvalidatesAsync(CatalogReplica writer, CatalogReplica reader)
    {
        await PriceAsync(reader);
        await writer.ChangePriceAsync(1, 430);
        await Eventually.HoldsAsync(async () => await PriceAsync(reader) == 430, "the other replica has the new price", TimeSpan.FromSeconds(1));
    }
}
