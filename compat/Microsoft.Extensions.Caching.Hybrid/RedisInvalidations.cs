using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Microsoft.Extensions.Caching.Hybrid;

/// <summary>
/// Tells the other replicas which keys and tags were removed, over a Redis channel. Delivery is at most once:
/// what is missed while a connection is down is made good by <see cref="Reconnected"/>.
/// </summary>
internal sealed partial class RedisInvalidations : IDisposable
{
    private const string Channel = "hybrid-cache:invalidations";
    private const char Separator = '|';

    private readonly IConnectionMultiplexer _redis;
    private readonly ILogger _logger;
    private readonly string _self = Guid.NewGuid().ToString("N");

    public RedisInvalidations(IConnectionMultiplexer redis, ILogger<RedisInvalidations> logger)
    {
        _redis = redis;
        _logger = logger;
        redis.ConnectionRestored += OnConnectionRestored;
        _ = SubscribeAsync();
    }

    /// <summary>Another replica removed a key.</summary>
    public event Action<string>? KeyRemoved;

    /// <summary>Another replica set a key to a new value.</summary>
    public event Action<string>? KeySet;

    /// <summary>Another replica removed a tag, at a time.</summary>
    public event Action<string, DateTimeOffset>? TagRemoved;

    /// <summary>Messages may have been missed.</summary>
    public event Action? Reconnected;

    public Task PublishRemovedAsync(string key) => PublishAsync($"{_self}|removed|0|{key}");

    public Task PublishSetAsync(string key) => PublishAsync($"{_self}|set|0|{key}");

    public Task PublishTagRemovedAsync(string tag, DateTimeOffset at) => PublishAsync($"{_self}|tag|{at.UtcTicks}|{tag}");

    public void Dispose() => _redis.ConnectionRestored -= OnConnectionRestored;

    private async Task SubscribeAsync()
    {
        try
        {
            await _redis.GetSubscriber().SubscribeAsync(Channel, (_, message) => OnMessage(message));
        }
        // Redis is not there yet. The client keeps the subscription and sends it when it connects.
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogSubscribeFailed(exception);
        }
    }

    private async Task PublishAsync(string message)
    {
        try
        {
            await _redis.GetSubscriber().PublishAsync(Channel, message);
        }
        // The value is removed here and in Redis; the other replicas drop theirs when it expires or they reconnect.
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogPublishFailed(exception);
        }
    }

    private void OnMessage(string? message)
    {
        if (message?.Split(Separator, 4) is not [var sender, var kind, var ticks, var name] || sender == _self)
            return;

        switch (kind)
        {
            case "removed":
                KeyRemoved?.Invoke(name);
                break;
            case "set":
                KeySet?.Invoke(name);
                break;
            case "tag" when long.TryParse(ticks, CultureInfo.InvariantCulture, out var at)
                && at >= 0 && at <= DateTimeOffset.MaxValue.UtcTicks:
                TagRemoved?.Invoke(name, new DateTimeOffset(at, TimeSpan.Zero));
                break;
        }
    }

    private void OnConnectionRestored(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Subscription)
            Reconnected?.Invoke();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cache invalidations of other replicas are not received until Redis is back")]
    private partial void LogSubscribeFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A cache invalidation was not sent to the other replicas")]
    private partial void LogPublishFailed(Exception exception);
}
