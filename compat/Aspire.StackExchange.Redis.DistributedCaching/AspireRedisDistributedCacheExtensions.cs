using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds a distributed cache in Redis.</summary>
public static class AspireRedisDistributedCacheExtensions
{
    /// <summary>
    /// Registers a Redis client (as <c>AddRedisClient</c> does) and over it the <see cref="IDistributedCache"/>.
    /// </summary>
    public static void AddRedisDistributedCache(
        this IHostApplicationBuilder builder, string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        builder.AddRedisClientBuilder(connectionName, configureSettings, configureOptions).WithDistributedCache();

    /// <summary>
    /// Registers a keyed Redis client (as <c>AddKeyedRedisClient</c> does) and over it the <see cref="IDistributedCache"/>.
    /// </summary>
    public static void AddKeyedRedisDistributedCache(
        this IHostApplicationBuilder builder, string name,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        builder.AddKeyedRedisClientBuilder(name, configureSettings, configureOptions).WithDistributedCache();

    /// <summary>Registers the <see cref="IDistributedCache"/> over the builder's client.</summary>
    public static AspireRedisClientBuilder WithDistributedCache(
        this AspireRedisClientBuilder builder, Action<RedisCacheOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var services = builder.HostBuilder.Services;
        services.AddOptions<RedisCacheOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            options.ConnectionMultiplexerFactory = () => Task.FromResult(builder.ServiceKey is null
                ? provider.GetRequiredService<IConnectionMultiplexer>()
                : provider.GetRequiredKeyedService<IConnectionMultiplexer>(builder.ServiceKey));
            configureOptions?.Invoke(options);
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IDistributedCache>(provider => new RedisCache(
            provider.GetRequiredService<IOptions<RedisCacheOptions>>(), provider.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
