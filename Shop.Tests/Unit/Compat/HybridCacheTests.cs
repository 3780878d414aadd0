using System.Buffers;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Shop.Tests.Support;

namespace Shop.Tests.Unit.Compat;

public sealed class HybridCacheTests
{
    private static readonly HybridCacheEntryOptions NotInMemory = new() { Flags = HybridCacheEntryFlags.DisableLocalCache };

    private static HybridCache Create(
        IDistributedCache? distributed = null, TimeProvider? time = null, Action<HybridCacheOptions>? configure = null,
        Action<IHybridCacheBuilder>? build = null)
    {
        var services = new ServiceCollection();
        if (distributed is not null)
            services.AddSingleton(distributed);
        if (time is not null)
            services.AddSingleton(time);
        var builder = services.AddHybridCache(configure ?? (_ => { }));
        build?.Invoke(builder);
        return services.BuildServiceProvider().GetRequiredService<HybridCache>();
    }

    private static ValueTask<int> Count(ref int calls) => new(Interlocked.Increment(ref calls));

    [Fact]
    public async Task A_value_is_loaded_once()
    {
        var cache = Create();
        var calls = 0;

        Assert.Equal(1, await cache.GetOrCreateAsync("a", _ => Count(ref calls)));
        Assert.Equal(1, await cache.GetOrCreateAsync("a", _ => Count(ref calls)));
        Assert.Equal(2, await cache.GetOrCreateAsync("b", _ => Count(ref calls)));
    }

    [Fact]
    public async Task Many_callers_at_once_cause_one_load()
    {
        var cache = Create();
        var calls = 0;
        var gate = new TaskCompletionSource();

        var callers = Enumerable.Range(0, 100).Select(_ => cache.GetOrCreateAsync("a", async cancel =>
        {
            await gate.Task.WaitAsync(cancel);
            return Interlocked.Increment(ref calls);
        }).AsTask()).ToArray();
        gate.SetResult();

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal(1, value));
    }

    [Fact]
    public async Task A_failed_load_is_told_to_all_who_wait_and_not_kept()
    {
        var cache = Create();
        var calls = 0;
        var gate = new TaskCompletionSource();

        var callers = Enumerable.Range(0, 10).Select(_ => cache.GetOrCreateAsync<int>("a", async cancel =>
        {
            Interlocked.Increment(ref calls);
            await gate.Task.WaitAsync(cancel);
            throw new InvalidDataException("no");
        }).AsTask()).ToArray();
        gate.SetResult();

        foreach (var caller in callers)
            await Assert.ThrowsAsync<InvalidDataException>(() => caller);
        Assert.Equal(1, calls);
        Assert.Equal(2, await cache.GetOrCreateAsync("a", _ => Count(ref calls)));
    }

    [Fact]
    public async Task A_caller_that_leaves_does_not_end_the_load_of_another()
    {
        var cache = Create();
        var gate = new TaskCompletionSource();
        using var impatience = new CancellationTokenSource();

        var first = cache.GetOrCreateAsync("a", async cancel =>
        {
            await gate.Task.WaitAsync(cancel);
            return 1;
        }, cancellationToken: impatience.Token).AsTask();
        var second = cache.GetOrCreateAsync("a", _ => new ValueTask<int>(2)).AsTask();

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task A_load_that_nobody_waits_for_is_cancelled()
    {
        var cache = Create();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        using var impatience = new CancellationTokenSource();

        var only = cache.GetOrCreateAsync("a", async cancel =>
        {
            started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancel);
                return 1;
            }
            finally
            {
                cancelled.SetResult();
            }
        }, cancellationToken: impatience.Token).AsTask();
        await started.Task;
        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(2, await cache.GetOrCreateAsync("a", _ => new ValueTask<int>(2)));
    }

    [Fact]
    public async Task The_distributed_level_serves_another_replica()
    {
        var distributed = new FakeDistributedCache();
        var calls = 0;
        await Create(distributed).GetOrCreateAsync("a", _ => Count(ref calls));
        await Eventually.HoldsAsync(() => distributed.Values.ContainsKey("a"), "the value is in the distributed level");

        Assert.Equal(1, await Create(distributed).GetOrCreateAsync("a", _ => Count(ref calls)));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task The_distributed_entry_has_the_key_and_the_expiration_given()
    {
        var distributed = new FakeDistributedCache();
        await Create(distributed).SetAsync("catalog:products", 1, new() { Expiration = TimeSpan.FromSeconds(60) });

        var (key, _) = Assert.Single(distributed.Values);
        Assert.Equal("catalog:products", key);
        Assert.InRange(distributed.Options[key].AbsoluteExpirationRelativeToNow!.Value, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task An_entry_of_the_distributed_level_does_not_live_longer_in_memory()
    {
        var time = new ManualTime();
        var distributed = new FakeDistributedCache();
        var calls = 0;
        var options = new HybridCacheEntryOptions { Expiration = TimeSpan.FromSeconds(60) };
        await Create(distributed, time).SetAsync("a", 0, options);
        time.Advance(TimeSpan.FromSeconds(61));

        // The fake keeps the bytes for ever; the entry itself says that it is over.
        Assert.Equal(1, await Create(distributed, time).GetOrCreateAsync("a", _ => Count(ref calls), options));
    }

    [Fact]
    public async Task A_failing_distributed_level_costs_no_answer()
    {
        var distributed = new FakeDistributedCache { Fails = true };
        var cache = Create(distributed);
        var calls = 0;

        Assert.Equal(1, await cache.GetOrCreateAsync("a", _ => Count(ref calls)));
        Assert.Equal(1, await cache.GetOrCreateAsync("a", _ => Count(ref calls)));
        await cache.SetAsync("b", 7);
        Assert.Equal(7, await cache.GetOrCreateAsync("b", _ => Count(ref calls)));
    }

    [Fact]
    public async Task Bytes_that_are_no_entry_count_as_absent()
    {
        var distributed = new FakeDistributedCache();
        distributed.Values["a"] = [1, 2, 3];
        distributed.Values["b"] = "something else"u8.ToArray();
        distributed.Values["c"] = [];
        var calls = 0;
        var cache = Create(distributed);

        Assert.Equal(1, await cache.GetOrCreateAsync("a", _ => Count(ref calls)));
        Assert.Equal(2, await cache.GetOrCreateAsync("b", _ => Count(ref calls)));
        Assert.Equal(3, await cache.GetOrCreateAsync("c", _ => Count(ref calls)));
    }

    [Fact]
    public async Task Removing_a_key_removes_both_levels()
    {
        var distributed = new FakeDistributedCache();
        var cache = Create(distributed);
        await cache.SetAsync("a", 1);

        await cache.RemoveAsync("a");

        Assert.Empty(distributed.Values);
        Assert.Equal(2, await cache.GetOrCreateAsync("a", _ => new ValueTask<int>(2)));
    }

    [Fact]
    public async Task A_key_removed_while_it_loads_is_not_kept()
    {
        var distributed = new FakeDistributedCache();
        var cache = Create(distributed);
        var started = new TaskCompletionSource();
        var gate = new TaskCompletionSource();

        var stale = cache.GetOrCreateAsync("a", async cancel =>
        {
            started.SetResult();
            await gate.Task.WaitAsync(cancel);
            return "old";
        }).AsTask();
        await started.Task;
        await cache.RemoveAsync("a");
        var fresh = await cache.GetOrCreateAsync("a", _ => new ValueTask<string>("new"));
        gate.SetResult();

        Assert.Equal("old", await stale);
        Assert.Equal("new", fresh);
    }

    [Fact]
    public async Task A_tag_removes_its_entries_and_no_others()
    {
        var distributed = new FakeDistributedCache();
        var cache = Create(distributed);
        var other = Create(distributed);
        await cache.SetAsync("a", 1, tags: ["products", "front"]);
        await cache.SetAsync("b", 1, tags: ["orders"]);

        await cache.RemoveByTagAsync("products");

        Assert.Equal(2, await cache.GetOrCreateAsync("a", _ => new ValueTask<int>(2), NotInMemory, ["products"]));
        Assert.Equal(1, await cache.GetOrCreateAsync("b", _ => new ValueTask<int>(2)));
        // The marker lies in the distributed level, so a replica that heard nothing does not bring the entry back.
        await cache.SetAsync("c", 1, tags: ["front"]);
        await cache.RemoveByTagAsync("front");
        Assert.Equal(2, await other.GetOrCreateAsync("c", _ => new ValueTask<int>(2)));
    }

    [Fact]
    public async Task The_star_tag_removes_everything()
    {
        var cache = Create();
        await cache.SetAsync("a", 1);

        await cache.RemoveByTagAsync("*");

        Assert.Equal(2, await cache.GetOrCreateAsync("a", _ => new ValueTask<int>(2)));
    }

    [Fact]
    public async Task An_entry_made_after_its_tag_was_removed_stays()
    {
        var cache = Create(new FakeDistributedCache());
        await cache.RemoveByTagAsync("products");
        await Task.Yield();
        await Eventually.HoldsAsync(async () =>
        {
            await cache.SetAsync("a", 1, tags: ["products"]);
            return await cache.GetOrCreateAsync("a", _ => new ValueTask<int>(2), tags: ["products"]) == 1;
        }, "a new entry of the tag is kept");
    }

    [Fact]
    public async Task Flags_switch_levels_off()
    {
        var distributed = new FakeDistributedCache();
        var cache = Create(distributed);

        await cache.SetAsync("a", 1, new() { Flags = HybridCacheEntryFlags.DisableDistributedCacheWrite });
        Assert.Empty(distributed.Values);
        await cache.SetAsync("b", 1, NotInMemory);
        Assert.Equal(1, await cache.GetOrCreateAsync("b", _ => new ValueTask<int>(2)));
        Assert.Null(await cache.GetOrCreateAsync<string?>("c", _ => new ValueTask<string?>("x"),
            new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData }));
    }

    [Fact]
    public async Task An_entry_too_large_is_returned_and_not_kept()
    {
        var distributed = new FakeDistributedCache();
        var cache = Create(distributed, configure: options => options.MaximumPayloadBytes = 10);
        var text = new string('x', 11);

        Assert.Equal(text, await cache.GetOrCreateAsync("a", _ => new ValueTask<string>(text)));
        Assert.Equal("y", await cache.GetOrCreateAsync("a", _ => new ValueTask<string>("y")));
        Assert.DoesNotContain("a", distributed.Values.Where(pair => pair.Value.Length > 40).Select(pair => pair.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a key that is too long")]
    public async Task A_refused_key_bypasses_the_cache(string key)
    {
        var cache = Create(configure: options => options.MaximumKeyLength = 10);
        var calls = 0;

        Assert.Equal(1, await cache.GetOrCreateAsync(key, _ => Count(ref calls)));
        Assert.Equal(2, await cache.GetOrCreateAsync(key, _ => Count(ref calls)));
    }

    [Fact]
    public async Task Callers_cannot_change_each_others_objects()
    {
        var cache = Create();
        var first = await cache.GetOrCreateAsync("a", _ => new ValueTask<List<int>>([1]));
        first.Add(2);

        Assert.Equal([1], await cache.GetOrCreateAsync("a", _ => new ValueTask<List<int>>([3])));
    }

    [Fact]
    public async Task An_immutable_object_is_shared()
    {
        var cache = Create();
        var made = await cache.GetOrCreateAsync("a", _ => new ValueTask<Fixed>(new Fixed("x")));

        Assert.Same(made, await cache.GetOrCreateAsync("a", _ => new ValueTask<Fixed>(new Fixed("y"))));
    }

    [Fact]
    public async Task A_null_is_a_value()
    {
        var distributed = new FakeDistributedCache();
        await Create(distributed).SetAsync<string?>("a", null);

        Assert.Null(await Create(distributed).GetOrCreateAsync<string?>("a", _ => new ValueTask<string?>("x")));
    }

    [Fact]
    public async Task A_registered_serializer_is_used()
    {
        var distributed = new FakeDistributedCache();
        var cache = Create(distributed, build: builder => builder.AddSerializer(new CommaSerializer()));
        await cache.SetAsync("a", new List<string> { "x", "y" });

        Assert.EndsWith("x,y", Encoding.UTF8.GetString(distributed.Values["a"]), StringComparison.Ordinal);
        Assert.Equal(["x", "y"], await cache.GetOrCreateAsync("a", _ => new ValueTask<List<string>>([])));
    }

    [ImmutableObject(true)]
    private sealed record Fixed(string Name);

    private sealed class CommaSerializer : IHybridCacheSerializer<List<string>>
    {
        public List<string> Deserialize(ReadOnlySequence<byte> source) =>
            [.. Encoding.UTF8.GetString(source).Split(',')];

        public void Serialize(List<string> value, IBufferWriter<byte> target) =>
            Encoding.UTF8.GetBytes(string.Join(',', value), target);
    }

    private sealed class FakeDistributedCache : IDistributedCache
    {
        public ConcurrentDictionary<string, byte[]> Values { get; } = new();

        public ConcurrentDictionary<string, DistributedCacheEntryOptions> Options { get; } = new();

        public bool Fails { get; init; }

        public byte[]? Get(string key)
        {
            ObjectDisposedException.ThrowIf(Fails, this);
            return Values.GetValueOrDefault(key);
        }

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.Run(() => Get(key), token);

        public void Refresh(string key) => Get(key);

        public Task RefreshAsync(string key, CancellationToken token = default) => GetAsync(key, token);

        public void Remove(string key)
        {
            ObjectDisposedException.ThrowIf(Fails, this);
            Values.TryRemove(key, out _);
        }

        public Task RemoveAsync(string key, CancellationToken token = default) => Task.Run(() => Remove(key), token);

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
        {
            ObjectDisposedException.ThrowIf(Fails, this);
            Values[key] = value;
            Options[key] = options;
        }

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
            Task.Run(() => Set(key, value, options), token);
    }
}
