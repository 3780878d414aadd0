using System.Buffers;
using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Microsoft.Extensions.Caching.Hybrid;

/// <summary>What the memory level holds, whatever the type of the value.</summary>
/// <param name="created">When loading the value began: anything invalidated later makes it stale.</param>
/// <param name="tags">The tags it can be removed by.</param>
internal abstract class CacheEntry(DateTimeOffset created, string[] tags)
{
    public DateTimeOffset Created => created;

    public string[] Tags => tags;

    /// <summary>Whether this process loaded the value itself, and so may have written it to the distributed level.</summary>
    public required bool LoadedHere { get; init; }
}

/// <summary>
/// A value that callers may share because it cannot change, or else its serialized form, from which each caller
/// gets an object of its own.
/// </summary>
internal sealed class CacheEntry<T>(
    DateTimeOffset created, string[] tags, T value, byte[]? payload, IHybridCacheSerializer<T> serializer)
    : CacheEntry(created, tags)
{
    public static readonly bool IsShareable = !RuntimeHelpers.IsReferenceOrContainsReferences<T>()
        || typeof(T) == typeof(string)
        || (typeof(T).IsSealed && typeof(T).GetCustomAttribute<ImmutableObjectAttribute>() is { Immutable: true });

    /// <summary>The size in bytes as far as it is known, for a memory cache with a size limit.</summary>
    public int Size => payload?.Length ?? 1;

    public T Value() => payload is null || IsShareable || value is null
        ? value
        : serializer.Deserialize(new ReadOnlySequence<byte>(payload));
}
