using System.Collections.Concurrent;

namespace Shop.Rig.Chaos;

/// <summary>Counts what happened, by name.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> _counts = [];

    public void Add(string name, long count = 1) => _counts.AddOrUpdate(name, count, (_, before) => before + count);

    public long this[string name] => _counts.GetValueOrDefault(name);

    /// <summary>All counts, by name.</summary>
    public IReadOnlyList<(string Name, long Count)> All => [.. _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => (count.Key, count.Value))];
}
