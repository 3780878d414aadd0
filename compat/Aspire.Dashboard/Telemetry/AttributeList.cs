using System.Collections;

namespace Aspire.Dashboard.Telemetry;

/// <summary>The attributes of something, ordered by key; equal when keys and values are.</summary>
public sealed class AttributeList : IReadOnlyList<KeyValuePair<string, string>>, IEquatable<AttributeList>
{
    public static readonly AttributeList Empty = new([]);

    private readonly KeyValuePair<string, string>[] _items;

    /// <param name="items">No key twice; the list keeps the array.</param>
    public AttributeList(KeyValuePair<string, string>[] items)
    {
        Array.Sort(items, static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        _items = items;
    }

    public int Count => _items.Length;

    public KeyValuePair<string, string> this[int index] => _items[index];

    /// <summary>The value of a key, when there is one.</summary>
    public string? this[string key]
    {
        get
        {
            foreach (var (known, value) in _items)
            {
                if (known == key)
                    return value;
            }

            return null;
        }
    }

    public bool Equals(AttributeList? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as AttributeList);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (key, value) in _items)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
