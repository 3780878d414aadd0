namespace Aspire.Dashboard.Telemetry;

/// <summary>Keeps one copy of texts that come again and again, such as the keys of attributes. Of bounded size; forgets what is seldom.</summary>
internal sealed class StringPool
{
    private const int Size = 4096; // A power of two.
    private const int LongestText = 64;
    private readonly string?[] _texts = new string?[Size];

    /// <summary>The text, or an equal one that is already kept. For any number of threads.</summary>
    public string Get(string text)
    {
        if (text.Length > LongestText)
            return text;

        ref var kept = ref _texts[text.GetHashCode(StringComparison.Ordinal) & (Size - 1)];
        var known = Volatile.Read(ref kept);
        if (known == text)
            return known;
        Volatile.Write(ref kept, text);
        return text;
    }
}
