using Microsoft.Extensions.Caching.Hybrid;
using Shop.Catalog.Data;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Http;

namespace Shop.Catalog.Products;

/// <summary>
/// The page that nearly everybody opens, the first of the whole list: in this process's memory, and behind it in Redis.
/// </summary>
internal sealed partial class ProductListCache(HybridCache cache, IServiceScopeFactory scopes, ILogger<ProductListCache> logger)
{
    /// <summary>The key in Redis.</summary>
    public const string Key = "catalog:products";

    /// <summary>The size of the page that is cached, in products.</summary>
    public const int PageSize = 20;

    private static readonly HybridCacheEntryOptions Options = new()
    {
        Expiration = TimeSpan.FromSeconds(60),
        // Bounds how long a replica may be stale that an invalidation did not reach.
        LocalCacheExpiration = TimeSpan.FromSeconds(10),
    };

    /// <summary>The first page, at most a minute old; a write drops it, save that a page being loaded at that very moment may be kept.</summary>
    public ValueTask<ProductPage> GetAsync(CancellationToken cancellationToken) =>
        cache.GetOrCreateAsync(Key, scopes, LoadAsync, Options, cancellationToken: cancellationToken);

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
    private static async ValueTask<ProductPage> LoadAsync(IServiceScopeFactory scopes, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
        return await ProductList.ReadAsync(db, new ProductFilter(), offset: 0, PageSize, Language.Russian, cancellationToken);
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
