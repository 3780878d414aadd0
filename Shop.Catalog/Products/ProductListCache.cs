using Microsoft.Extensions.Caching.Hybrid;
using Shop.Catalog.Data;
using Shop.Catalog.Diagnostics;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Http;

namespace Shop.Catalog.Products;

/// <summary>
/// The page that nearly everybody opens, the first of the whole list: in this process's memory, and behind it in Redis.
/// </summary>
internal sealed partial class ProductListCache(
    HybridCache cache, IServiceScopeFactory scopes, CatalogMetrics metrics, ILogger<ProductListCache> logger)
{
    /// <summary>The key in Redis.</summary>
    public const string Key = "catalog:products";

    /// <summary>The size of the page that is cached, in products.</summary>
    public const int PageSize = Paging.DefaultPageSize;

    private static readonly HybridCacheEntryOptions Options = new()
    {
        Expiration = TimeSpan.FromSeconds(60),
        // Bounds how long a replica may be stale that an invalidation did not reach.
        LocalCacheExpiration = TimeSpan.FromSeconds(10),
    };

    private static readonly HybridCacheEntryOptions InMemoryOnly = new()
    {
        Flags = HybridCacheEntryFlags.DisableDistributedCache | HybridCacheEntryFlags.DisableLocalCacheWrite | HybridCacheEntryFlags.DisableUnderlyingData,
    };

    /// <summary>The first page, at most a minute old; a write drops it, save that a page being loaded at that very moment may be kept.</summary>
    /// <remarks>The cache does not say which level answers, so the first is asked by itself: a second look once in ten seconds.</remarks>
    public async ValueTask<ProductPage> GetAsync(CancellationToken cancellationToken)
    {
        if (await cache.GetOrCreateAsync(Key, static _ => ValueTask.FromResult<ProductPage?>(null), InMemoryOnly, cancellationToken: cancellationToken) is { } inMemory)
        {
            metrics.LookedUp(CacheLevel.Memory);
            return inMemory;
        }

        var page = await cache.GetOrCreateAsync(Key, this, static (self, stopping) => self.LoadAsync(stopping), Options, cancellationToken: cancellationToken);
        metrics.LookedUp(page.IsLoadedHere ? CacheLevel.Database : CacheLevel.Redis);
        return page;
    }

    /// <summary>Drops the page, in every replica, once the open transaction has committed.</summary>
    public void InvalidateAfterCommit(CatalogDbContext db) => db.AfterCommit(InvalidateAsync);

    private async Task InvalidateAsync()
    {
        try
        {
            await cache.RemoveAsync(Key);
        }
        catch (Exception exception) // The write stands whatever Redis does; the page runs out by itself.
        {
            NotInvalidated(logger, exception);
        }
    }

    /// <remarks>In a scope of its own: several requests share one load, and the one that began it may be gone.</remarks>
    private async ValueTask<ProductPage> LoadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
        return await ProductList.ReadAsync(db, new ProductFilter(), offset: 0, PageSize, Language.Russian, cancellationToken) with { IsLoadedHere = true };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cached product list could not be dropped; it runs out within a minute")]
    private static partial void NotInvalidated(ILogger logger, Exception exception);
}

internal static class ProductListCacheExtensions
{
    public static void AddProductListCache(this IHostApplicationBuilder builder)
    {
        builder.AddRedisDistributedCache("redis");
        builder.Services.AddHybridCache();
        builder.Services.AddSingleton<ProductListCache>();
    }
}
