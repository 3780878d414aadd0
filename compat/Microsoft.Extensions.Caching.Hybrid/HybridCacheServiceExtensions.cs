using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the hybrid cache.</summary>
public static class HybridCacheServiceExtensions
{
    /// <summary>Adds the hybrid cache.</summary>
    public static IHybridCacheBuilder AddHybridCache(this IServiceCollection services, Action<HybridCacheOptions> setupAction)
    {
        ArgumentNullException.ThrowIfNull(setupAction);
        services.AddOptions<HybridCacheOptions>().Configure(setupAction);
        return services.AddHybridCache();
    }

    /// <summary>
    /// Adds the hybrid cache: memory in front of the <see cref="IDistributedCache"/>, if there is one. When there is an
    /// <see cref="IConnectionMultiplexer"/> too, removing an entry or a tag reaches the memory of every replica.
    /// </summary>
    public static IHybridCacheBuilder AddHybridCache(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.AddMemoryCache();
        services.AddOptions<HybridCacheOptions>();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HybridCacheSerializers>();
        services.TryAddSingleton<HybridCache>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<HybridCacheOptions>>().Value;
            var key = options.DistributedCacheServiceKey;
            return new DefaultHybridCache(
                options,
                provider.GetRequiredService<IMemoryCache>(),
                key is null ? provider.GetService<IDistributedCache>() : provider.GetRequiredKeyedService<IDistributedCache>(key),
                provider.GetService<IConnectionMultiplexer>() is { } redis
                    ? new RedisInvalidations(redis, provider.GetRequiredService<ILogger<RedisInvalidations>>())
                    : null,
                provider.GetRequiredService<HybridCacheSerializers>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<DefaultHybridCache>>());
        });
        return new HybridCacheBuilder(services);
    }
}
