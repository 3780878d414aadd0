using System.Collections.Concurrent;

namespace Microsoft.Extensions.Caching.Hybrid;

/// <summary>Since when the entries of a tag are stale, as far as this process knows.</summary>
internal sealed class TagInvalidations
{
    /// <summary>The tag of every entry.</summary>
    public const string Everything = "*";

    private const int MaxTags = 10_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);

    public void Add(string tag, DateTimeOffset at)
    {
        // Forgetting single tags is safe when everything before now is stale instead.
        if (_since.Count >= MaxTags && !_since.ContainsKey(tag))
        {
            _since.Clear();
            tag = Everything;
        }
        _since.AddOrUpdate(tag, at, (_, known) => known > at ? known : at);
    }

    public bool IsStale(DateTimeOffset created, string[] tags)
    {
        if (_since.IsEmpty)
            return false;
        return IsStale(created, Everything) || Array.Exists(tags, tag => IsStale(created, tag));
    }

    private bool IsStale(DateTimeOffset created, string tag) => _since.TryGetValue(tag, out var since) && created <= since;
}
