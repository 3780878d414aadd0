using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.Caching.StackExchangeRedis;

/// <summary>Options of <see cref="RedisCache"/>.</summary>
public class RedisCacheOptions : IOptions<RedisCacheOptions>
{
    /// <summary>Where the connection comes from. It is not disposed by the cache.</summary>
    public Func<Task<IConnectionMultiplexer>>? ConnectionMultiplexerFactory { get; set; }

    /// <summary>Goes in front of every key. Empty by default.</summary>
    public string? InstanceName { get; set; }

    RedisCacheOptions IOptions<RedisCacheOptions>.Value => this;
}
