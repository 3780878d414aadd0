using Microsoft.Extensions.Caching.StackExchangeRedis;
using Shop.Catalog.Data;
using Shop.Catalog.Diagnostics;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Http;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Backplane.StackExchangeRedis;
using ZiggyCreatures.Caching.Fusion.Locking.Distributed.Redis;
using ZiggyCreatures.Caching.Fusion.Serialization.SystemTextJson;

namespace Shop.Catalog.Products;

/// <summary>
/// The page that nearly everybody opens, the first of the whole list: in this process's memory, and behind it in Redis.
/// </summary>
internal sealed partial class ProductListCache
{
    /// <summary>The key in Redis.</summary>
    public const string Key = "catalog:products";

    /// <summary>The size of the page that is cached, in products.</summary>
    public const int PageSize = Paging.DefaultPageSize;

    /// <summary>How long a page is good for.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>Bounds how long a replica may be stale that an invalidation did not reach.</summary>
    internal static readonly TimeSpan LifetimeInMemory = TimeSpan.FromSeconds(10);

    private readonly IFusionCache _cache;
    private readonly IServiceScopeFactory _scopes;
    private readonly CatalogMetrics _metrics;
    private readonly ILogger<ProductListCache> _logger;

    // Counts what made pages stale, here or at another replica, so that a load that was under way then is not kept.
    private long _invalidations;

    public ProductListCache(IFusionCache cache, IServiceScopeFactory scopes, CatalogMetrics metrics, ILogger<ProductListCache> logger)
    {
        _cache = cache;
        _scopes = scopes;
        _metrics = metrics;
        _logger = logger;
        cache.Events.Backplane.MessageReceived += (_, received) =>
        {
            if (received.Message.Action == ZiggyCreatures.Caching.Fusion.Backplane.BackplaneMessageAction.EntryRemove)
                Interlocked.Increment(ref _invalidations);
        };
    }

    /// <summary>The first page, at most a minute old; a write drops it.</summary>
    /// <remarks>The cache does not say which level answers, so the first is asked by itself: a second look once in ten seconds.</remarks>
    public async ValueTask<ProductPage> GetAsync(CancellationToken cancellationToken)
    {
        var inMemory = await _cache.TryGetAsync<ProductPage>(Key, options => options.SetSkipDistributedCacheRead(true), cancellationToken);
        if (inMemory.HasValue)
        {
            _metrics.LookedUp(CacheLevel.Memory);
            return inMemory.Value;
        }

        var page = await _cache.GetOrSetAsync<ProductPage>(Key, LoadAsync, token: cancellationToken);
        _metrics.LookedUp(page.IsLoadedHere ? CacheLevel.Database : CacheLevel.Redis);
        return page;
    }

    /// <summary>Drops the page, in every replica, once the open transaction has committed.</summary>
    public void InvalidateAfterCommit(CatalogDbContext db) => db.AfterCommit(InvalidateAsync);

    private async Task InvalidateAsync()
    {
        Interlocked.Increment(ref _invalidations);
        try
        {
            await _cache.RemoveAsync(Key);
        }
        catch (Exception exception) // The write stands whatever Redis does; the page runs out by itself.
        {
            NotInvalidated(_logger, exception);
        }
    }

    /// <remarks>In a scope of its own: several requests share one load, and the one that began it may be gone.</remarks>
    private async Task<ProductPage> LoadAsync(FusionCacheFactoryExecutionContext<ProductPage> load, CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref _invalidations);
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
        var page = await ProductList.ReadAsync(db, new ProductFilter(), offset: 0, PageSize, Language.Russian, cancellationToken);
        if (Interlocked.Read(ref _invalidations) != before) // Read before the write that dropped it, perhaps: for those who waited alone.
            load.Options = load.Options.Duplicate().SetSkipMemoryCacheWrite(true).SetSkipDistributedCacheWrite(true, true);
        return page with { IsLoadedHere = true };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cached product list could not be dropped; it runs out within a minute")]
    private static partial void NotInvalidated(ILogger logger, Exception exception);
}

internal static class ProductListCacheExtensions
{
    /// <summary>How long Redis may take before the answer comes without it.</summary>
    private static readonly TimeSpan RedisPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>How long Redis is left alone after it failed.</summary>
    private static readonly TimeSpan RedisRest = TimeSpan.FromSeconds(2);

    /// <summary>Adds the cache, with the Redis that the AppHost gives.</summary>
    public static void AddProductListCache(this IHostApplicationBuilder builder)
    {
        builder.AddRedisClient("redis");
        builder.Services.AddProductListCache();
    }

    /// <summary>
    /// Adds the cache: memory in front of Redis, one load at a time over all replicas, and an invalidation that reaches the memory
    /// of each. Redis is reached by the <see cref="IConnectionMultiplexer"/> that is registered; without it all is slower, and nothing fails.
    /// </summary>
    internal static void AddProductListCache(this IServiceCollection services)
    {
        services.AddFusionCache()
            .WithOptions(options =>
            {
                options.DistributedCacheKeyModifierMode = CacheKeyModifierMode.None; // The key in Redis is the documented one.
                options.DistributedCacheCircuitBreakerDuration = RedisRest;
                options.BackplaneCircuitBreakerDuration = RedisRest;
            })
            .WithDefaultEntryOptions(options =>
            {
                options.Duration = ProductListCache.Lifetime;
                options.MemoryCacheDuration = ProductListCache.LifetimeInMemory;
                options.DistributedCacheHardTimeout = RedisPatience;
                options.DistributedLockTimeout = RedisPatience;
                options.AllowBackgroundDistributedCacheOperations = false; // When a write has been answered, its invalidation is out.
                options.AllowBackgroundBackplaneOperations = false;
            })
            .WithSerializer(new FusionCacheSystemTextJsonSerializer())
            .WithDistributedCache(provider => new RedisCache(new RedisCacheOptions { ConnectionMultiplexerFactory = Connect(provider) }))
            .WithBackplane(provider => new RedisBackplane(
                new RedisBackplaneOptions { ConnectionMultiplexerFactory = Connect(provider) },
                provider.GetRequiredService<ILogger<RedisBackplane>>()))
            .WithDistributedLocker(provider => new RedisDistributedLocker(
                new RedisDistributedLockerOptions { ConnectionMultiplexerFactory = Connect(provider) },
                provider.GetRequiredService<ILogger<RedisDistributedLocker>>()));
        services.AddSingleton<ProductListCache>();
    }

    private static Func<Task<IConnectionMultiplexer>> Connect(IServiceProvider services) =>
        () => Task.FromResult(services.GetRequiredService<IConnectionMultiplexer>());
}
