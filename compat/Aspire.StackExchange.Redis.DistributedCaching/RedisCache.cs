using System.Diagnostics;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.Caching.StackExchangeRedis;

/// <summary>
/// A distributed cache in Redis. An entry is a hash of its value (<c>data</c>), the end of its life
/// (<c>absexp</c>, UTC ticks or -1) and its sliding window (<c>sldexp</c>, ticks or -1); Redis itself expires the key.
/// </summary>
/// <param name="optionsAccessor">Where the connection comes from, and the prefix of the keys.</param>
/// <param name="timeProvider">The clock that relative expirations count from.</param>
public sealed class RedisCache(IOptions<RedisCacheOptions> optionsAccessor, TimeProvider timeProvider) : IDistributedCache
{
    private const long None = -1;

    // One round trip, and never a key without its expiration.
    private const string SetScript = """
        redis.call('HSET', KEYS[1], 'absexp', ARGV[1], 'sldexp', ARGV[2], 'data', ARGV[4])
        if ARGV[3] ~= '-1' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) else redis.call('PERSIST', KEYS[1]) end
        return 1
        """;

    // The name that the tracing of Redis clients has, so that one registration records both.
    private static readonly ActivitySource ActivitySource = new("OpenTelemetry.Instrumentation.StackExchangeRedis");

    private static readonly RedisValue[] WithData = ["absexp", "sldexp", "data"];
    private static readonly RedisValue[] WithoutData = ["absexp", "sldexp"];

    private readonly RedisCacheOptions _options = optionsAccessor.Value;
    private volatile IDatabase? _database;

    /// <inheritdoc />
    public byte[]? Get(string key) => Wait(GetAsync(key));

    /// <inheritdoc />
    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => ReadAsync(key, WithData, token);

    /// <inheritdoc />
    public void Refresh(string key) => Wait(RefreshAsync(key));

    /// <inheritdoc />
    public Task RefreshAsync(string key, CancellationToken token = default) => ReadAsync(key, WithoutData, token);

    /// <inheritdoc />
    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => Wait(SetAsync(key, value, options));

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">The entry expires in the past.</exception>
    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(options);
        token.ThrowIfCancellationRequested();

        var now = timeProvider.GetUtcNow();
        var end = options.AbsoluteExpiration;
        if (options.AbsoluteExpirationRelativeToNow is { } relative)
            end = now + relative;
        if (end <= now)
            throw new ArgumentOutOfRangeException(nameof(options), end, "The absolute expiration must be in the future.");

        await TracedAsync("EVAL", database => database.ScriptEvaluateAsync(SetScript, [Key(key)],
        [
            end?.UtcTicks ?? None,
            options.SlidingExpiration?.Ticks ?? None,
            LifeTime(now, end, options.SlidingExpiration) is { } lifeTime ? Milliseconds(lifeTime) : None,
            value,
        ]), token);
    }

    /// <inheritdoc />
    public void Remove(string key) => Wait(RemoveAsync(key));

    /// <inheritdoc />
    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        await TracedAsync("DEL", database => database.KeyDeleteAsync(Key(key)), token);
    }

    private async Task<byte[]?> ReadAsync(string key, RedisValue[] fields, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(key);
        token.ThrowIfCancellationRequested();

        var values = await TracedAsync("HMGET", database => database.HashGetAsync(Key(key), fields), token);

        if (values[1].TryParse(out long window) && window != None)
        {
            DateTimeOffset? end = values[0].TryParse(out long ticks) && ticks != None
                ? new DateTimeOffset(ticks, TimeSpan.Zero)
                : null;
            if (LifeTime(timeProvider.GetUtcNow(), end, TimeSpan.FromTicks(window)) is { } lifeTime && lifeTime > TimeSpan.Zero)
                await TracedAsync("PEXPIRE", database => database.KeyExpireAsync(Key(key), lifeTime), token);
        }

        return fields.Length > 2 ? (byte[]?)values[2] : null;
    }

    private static TimeSpan? LifeTime(DateTimeOffset now, DateTimeOffset? end, TimeSpan? window)
    {
        var untilEnd = end - now;
        return untilEnd is null || window < untilEnd ? window ?? untilEnd : untilEnd;
    }

    private static long Milliseconds(TimeSpan lifeTime) => Math.Max(1, (long)Math.Ceiling(lifeTime.TotalMilliseconds));

    private RedisKey Key(string key) => _options.InstanceName + key;

    private async Task<T> TracedAsync<T>(string command, Func<IDatabase, Task<T>> execute, CancellationToken token)
    {
        using var activity = ActivitySource.StartActivity(command, ActivityKind.Client);
        activity?.SetTag("db.system.name", "redis");
        activity?.SetTag("db.operation.name", command);
        try
        {
            var database = await DatabaseAsync(token);
            return await execute(database).WaitAsync(token);
        }
        catch (Exception exception)
        {
            activity?.AddException(exception);
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }

    private async ValueTask<IDatabase> DatabaseAsync(CancellationToken token)
    {
        if (_database is { } database)
            return database;

        var factory = _options.ConnectionMultiplexerFactory
            ?? throw new InvalidOperationException($"{nameof(RedisCacheOptions)}.{nameof(RedisCacheOptions.ConnectionMultiplexerFactory)} is not set.");
        var connection = await factory().WaitAsync(token);
        return _database = connection.GetDatabase();
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
