using Microsoft.Extensions.Hosting;

namespace Aspire.StackExchange.Redis;

/// <summary>Adds what builds on a Redis client, such as a distributed cache.</summary>
/// <param name="hostBuilder">The host the client was added to.</param>
/// <param name="settings">The client's settings.</param>
/// <param name="serviceKey">The client's key, or <see langword="null"/>.</param>
public sealed class AspireRedisClientBuilder(
    IHostApplicationBuilder hostBuilder, StackExchangeRedisSettings settings, string? serviceKey)
{
    /// <summary>The host the client was added to.</summary>
    public IHostApplicationBuilder HostBuilder { get; } = hostBuilder;

    /// <summary>The client's settings.</summary>
    public StackExchangeRedisSettings Settings { get; } = settings;

    /// <summary>The client's key, or <see langword="null"/>.</summary>
    public string? ServiceKey { get; } = serviceKey;
}
