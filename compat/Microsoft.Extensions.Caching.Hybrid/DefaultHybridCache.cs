using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Caching.Hybrid;

/// <summary>
/// Memory in front of a distributed cache. One load per key at a time; a removed key or tag is gone on every
/// replica that listens; a failing distributed level costs speed and never an answer.
/// </summary>
internal sealed partial class DefaultHybridCache : HybridCache, IDisposable
{
    private const string TagPrefix = "__MSFT_HCT__";

    private static readonly TimeSpan DefaultExpiration = TimeSpan.FromMinutes(5);

    // No entry outlives the markers of the tags that were removed.
    private static readonly TimeSpan MaxExpiration = TimeSpan.FromDays(30);

    // A load that ended this long before another replica's removal may have written behind it.
    private static readonly TimeSpan RaceWindow = TimeSpan.FromSeconds(5);

    private readonly HybridCacheOptions _options;
    private readonly IMemoryCache _memory;
    private readonly IDistributedCache? _distributed;
    private readonly RedisInvalidations? _replicas;
    private readonly HybridCacheSerializers _serializers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TagInvalidations _tags = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Key, HybridCacheEntryFlags Flags, Type Type), Load> _loads = [];

    public DefaultHybridCache(
        HybridCacheOptions options, IMemoryCache memory, IDistributedCache? distributed, RedisInvalidations? replicas,
        HybridCacheSerializers serializers, TimeProvider time, ILogger<DefaultHybridCache> logger)
    {
        _options = options;
        _memory = memory;
        // The in-process implementation is no second level, only a second copy.
        _distributed = distributed is MemoryDistributedCache ? null : distributed;
        _replicas = replicas;
        _serializers = serializers;
        _time = time;
        _logger = logger;

        if (replicas is not null)
        {
            replicas.KeyRemoved += OnKeyRemovedElsewhere;
            replicas.KeySet += Forget;
            replicas.TagRemoved += _tags.Add;
            replicas.Reconnected += OnReconnected;
        }
    }

    public override async ValueTask<T> GetOrCreateAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        cancellationToken.ThrowIfCancellationRequested();

        var flags = Flags(options);
        if (!IsCacheable(key))
            return flags.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData) ? default! : await factory(state, cancellationToken);

        if (!flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheRead)
            && _memory.TryGetValue(MemoryKey(key), out var cached) && cached is CacheEntry<T> entry
            && !_tags.IsStale(entry.Created, entry.Tags))
        {
            return entry.Value();
        }

        var id = (key, flags, typeof(T));
        Load<T> load;
        var isMine = false;
        lock (_gate)
        {
            if (_loads.TryGetValue(id, out var running) && running is Load<T> joined && joined.TryJoin())
            {
                load = joined;
            }
            else
            {
                _loads[id] = load = new Load<T>();
                isMine = true;
            }
        }

        if (isMine)
        {
            var distinct = Distinct(tags);
            _ = Task.Run(() => RunAsync(id, load, token => factory(state, token), options, distinct), CancellationToken.None);
        }

        return await load.WaitAsync(cancellationToken);
    }

    public override async ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsCacheable(key))
            return;

        // What is loading now may be older than this value.
        InvalidateLoads(key);
        var entry = Entry(value, _time.GetUtcNow(), Distinct(tags), out var payload);
        var flags = Flags(options);
        var end = entry.Created + Expiration(options);
        StoreInMemory(key, entry, options, flags, end);
        await StoreDistributedAsync(key, entry, payload, flags, end, cancellationToken);
        if (_replicas is not null)
            await _replicas.PublishSetAsync(key);
    }

    public override async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        if (!IsCacheable(key))
            return;

        Forget(key);
        if (_distributed is not null)
            await _distributed.RemoveAsync(key, cancellationToken);
        if (_replicas is not null)
            await _replicas.PublishRemovedAsync(key);
    }

    public override async ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(tag))
            return;

        var now = _time.GetUtcNow();
        _tags.Add(tag, now);
        if (_distributed is not null)
        {
            await _distributed.SetAsync(
                TagPrefix + tag,
                Encoding.ASCII.GetBytes(now.UtcTicks.ToString(CultureInfo.InvariantCulture)),
                new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = MaxExpiration },
                cancellationToken);
        }
        if (_replicas is not null)
            await _replicas.PublishTagRemovedAsync(tag, now);
    }

    public void Dispose() => _replicas?.Dispose();

    private async Task RunAsync<T>(
        (string Key, HybridCacheEntryFlags Flags, Type Type) id, Load<T> load,
        Func<CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options, string[] tags)
    {
        var (key, flags, _) = id;
        try
        {
            if (await ReadDistributedAsync<T>(key, flags, load.Abandoned) is var (found, until))
            {
                if (!load.IsInvalidated)
                    StoreInMemory(key, found, options, flags, until);
                load.Complete(found);
                return;
            }

            var created = _time.GetUtcNow();
            if (flags.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData))
            {
                load.Complete(Entry<T>(default!, created, tags, out _));
                return;
            }

            var entry = Entry(await factory(load.Abandoned), created, tags, out var payload);
            var end = _time.GetUtcNow() + Expiration(options);
            if (!load.IsInvalidated)
                StoreInMemory(key, entry, options, flags, end);
            load.Complete(entry);

            if (!load.IsInvalidated)
                await StoreDistributedAsync(key, entry, payload, flags, end, CancellationToken.None);
            if (load.IsInvalidated)
                await UndoAsync(key);
        }
        catch (Exception exception)
        {
            load.Fail(exception);
        }
        finally
        {
            lock (_gate)
            {
                if (_loads.TryGetValue(id, out var current) && current == load)
                    _loads.Remove(id);
            }
        }
    }

    private async Task<(CacheEntry<T> Entry, DateTimeOffset Until)?> ReadDistributedAsync<T>(
        string key, HybridCacheEntryFlags flags, CancellationToken cancellationToken)
    {
        if (_distributed is null || flags.HasFlag(HybridCacheEntryFlags.DisableDistributedCacheRead))
            return null;

        try
        {
            if (await _distributed.GetAsync(key, cancellationToken) is not { } bytes
                || !Envelope.TryDecode(bytes, out var envelope) || envelope.Expires <= _time.GetUtcNow())
                return null;

            await LearnTagsAsync(envelope.Tags, cancellationToken);
            if (_tags.IsStale(envelope.Created, envelope.Tags))
                return null;

            var serializer = _serializers.Get<T>();
            var value = envelope.Payload is null ? default! : serializer.Deserialize(new ReadOnlySequence<byte>(envelope.Payload));
            return (new CacheEntry<T>(envelope.Created, envelope.Tags, value, envelope.Payload, serializer) { LoadedHere = false },
                envelope.Expires);
        }
        // Down, slow, or written by another version of the code: the factory answers instead.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogReadFailed(exception);
            return null;
        }
    }

    // Each time, because a replica that does not share a channel with this one may have removed a tag meanwhile.
    private Task LearnTagsAsync(string[] tags, CancellationToken cancellationToken) =>
        Task.WhenAll(tags.Append(TagInvalidations.Everything).Select(async tag =>
        {
            if (await _distributed!.GetAsync(TagPrefix + tag, cancellationToken) is { } marker
                && long.TryParse(Encoding.ASCII.GetString(marker), CultureInfo.InvariantCulture, out var ticks)
                && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks)
            {
                _tags.Add(tag, new DateTimeOffset(ticks, TimeSpan.Zero));
            }
        }));

    private CacheEntry<T> Entry<T>(T value, DateTimeOffset created, string[] tags, out byte[]? payload)
    {
        var serializer = _serializers.Get<T>();
        payload = null;
        if (value is not null && (_distributed is not null || !CacheEntry<T>.IsShareable))
        {
            var buffer = new ArrayBufferWriter<byte>();
            serializer.Serialize(value, buffer);
            payload = buffer.WrittenSpan.ToArray();
        }
        return new CacheEntry<T>(created, tags, value, payload, serializer) { LoadedHere = true };
    }

    private void StoreInMemory<T>(
        string key, CacheEntry<T> entry, HybridCacheEntryOptions? options, HybridCacheEntryFlags flags, DateTimeOffset end)
    {
        if (flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheWrite) || !IsStorable(key, entry.Size))
            return;

        var local = options?.LocalCacheExpiration ?? _options.DefaultEntryOptions?.LocalCacheExpiration;
        var remaining = end - _time.GetUtcNow();
        if (local is null || local > remaining)
            local = remaining;
        if (local > TimeSpan.Zero)
        {
            _memory.Set(MemoryKey(key), (CacheEntry)entry, new MemoryCacheEntryOptions
            {
                AbsoluteExpirationRelativeToNow = local,
                Size = entry.Size,
            });
        }
    }

    private async Task StoreDistributedAsync<T>(
        string key, CacheEntry<T> entry, byte[]? payload, HybridCacheEntryFlags flags, DateTimeOffset end,
        CancellationToken cancellationToken)
    {
        if (_distributed is null || flags.HasFlag(HybridCacheEntryFlags.DisableDistributedCacheWrite)
            || !IsStorable(key, payload?.Length ?? 0))
            return;

        try
        {
            await _distributed.SetAsync(
                key,
                new Envelope(entry.Created, end, entry.Tags, payload).Encode(),
                new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = end - _time.GetUtcNow() },
                cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogWriteFailed(exception);
        }
    }

    private async Task UndoAsync(string key)
    {
        _memory.Remove(MemoryKey(key));
        if (_distributed is null)
            return;

        try
        {
            await _distributed.RemoveAsync(key);
        }
        catch (Exception exception)
        {
            LogWriteFailed(exception);
        }
    }

    private void OnKeyRemovedElsewhere(string key)
    {
        var mayHaveWrittenBehind = _memory.TryGetValue(MemoryKey(key), out var cached)
            && cached is CacheEntry { LoadedHere: true } entry && _time.GetUtcNow() - entry.Created < RaceWindow;
        Forget(key);
        if (mayHaveWrittenBehind)
            _ = UndoAsync(key);
    }

    private void Forget(string key)
    {
        InvalidateLoads(key);
        _memory.Remove(MemoryKey(key));
    }

    private void OnReconnected() => _tags.Add(TagInvalidations.Everything, _time.GetUtcNow());

    private void InvalidateLoads(string key)
    {
        lock (_gate)
        {
            foreach (var (id, load) in _loads)
            {
                if (id.Key != key)
                    continue;
                load.Invalidate();
                // Who asks from now on must not join a load that began before the removal.
                _loads.Remove(id);
            }
        }
    }

    private bool IsCacheable(string key)
    {
        if (!string.IsNullOrWhiteSpace(key) && key.Length <= _options.MaximumKeyLength)
            return true;

        LogKeyRefused(key?.Length ?? 0);
        return false;
    }

    private bool IsStorable(string key, int size)
    {
        if (size <= _options.MaximumPayloadBytes)
            return true;

        LogPayloadTooLarge(key, size);
        return false;
    }

    private HybridCacheEntryFlags Flags(HybridCacheEntryOptions? options) =>
        options?.Flags ?? _options.DefaultEntryOptions?.Flags ?? HybridCacheEntryFlags.None;

    private TimeSpan Expiration(HybridCacheEntryOptions? options)
    {
        var expiration = options?.Expiration ?? _options.DefaultEntryOptions?.Expiration ?? DefaultExpiration;
        return expiration < MaxExpiration ? expiration : MaxExpiration;
    }

    private static string[] Distinct(IEnumerable<string>? tags) => tags?.Distinct(StringComparer.Ordinal).ToArray() ?? [];

    // The memory cache is the application's; the prefix keeps our keys from meeting its own.
    private static string MemoryKey(string key) => "HybridCache:" + key;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The distributed cache could not be read")]
    private partial void LogReadFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The distributed cache could not be written")]
    private partial void LogWriteFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A cache key of {Length} characters bypasses the cache")]
    private partial void LogKeyRefused(int length);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache entry {Key} of {Size} bytes is too large to be kept")]
    private partial void LogPayloadTooLarge(string key, int size);
}
