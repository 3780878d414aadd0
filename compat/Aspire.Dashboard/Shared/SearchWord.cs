using System.Text.RegularExpressions;

namespace Aspire.Dashboard.Shared;

/// <summary>
/// A word of what was typed into a search field. Words are separated by spaces; quotes keep spaces in a word, and a quote
/// within quotes is written twice.
/// </summary>
/// <param name="Text">The word, without quotes around it.</param>
/// <param name="Key">Of <c>key=value</c> the key.</param>
/// <param name="Value">Of <c>key=value</c> the value.</param>
/// <param name="IsWhole">Whether the value is in quotes: then it is the whole value of the attribute, otherwise a part of it.</param>
internal sealed partial record SearchWord(string Text, string? Key, string Value, bool IsWhole)
{
    public static SearchWord[] Read(string? text) => [.. Word().Matches(text ?? "").Select(match => Of(match.Value))];

    /// <summary>The word that asks for an attribute with this value; nothing when there is none, since the key would be read as something else.</summary>
    public static string? Write(string key, string value)
    {
        var text = $"{key}=\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return Read(text) is [var word] && word.Key == key ? text : null;
    }

    /// <summary>
    /// Whether this asks for something like that. Where there is an attribute with the key, its value decides; otherwise the word as it
    /// was typed may be in any text or value.
    /// </summary>
    public bool Finds(IReadOnlyList<KeyValuePair<string, string>> attributes, params ReadOnlySpan<string> texts)
    {
        var isInValue = false;
        for (var i = 0; i < attributes.Count; i++)
        {
            var (key, value) = attributes[i];
            if (key.Equals(Key, StringComparison.OrdinalIgnoreCase))
                return IsValue(value);
            isInValue = isInValue || IsIn(value);
        }

        foreach (var text in texts)
        {
            if (IsIn(text))
                return true;
        }

        return isInValue;
    }

    private bool IsIn(string text) => text.Contains(Text, StringComparison.OrdinalIgnoreCase);

    private bool IsValue(string value) =>
        IsWhole ? value.Equals(Value, StringComparison.OrdinalIgnoreCase) : value.Contains(Value, StringComparison.OrdinalIgnoreCase);

    private static SearchWord Of(string word)
    {
        var sign = word.IndexOf('=', StringComparison.Ordinal);
        var quote = word.IndexOf('"', StringComparison.Ordinal);
        return sign > 0 && (quote < 0 || sign < quote)
            ? new SearchWord(word, word[..sign], Unquoted(word[(sign + 1)..]), quote == sign + 1)
            : new SearchWord(Unquoted(word), null, "", false);
    }

    // The quote at the end is missing while somebody types.
    private static string Unquoted(string text) => text.StartsWith('"')
        ? text[1..(text.Length > 1 && text.EndsWith('"') ? ^1 : ^0)].Replace("\"\"", "\"", StringComparison.Ordinal)
        : text;

    [GeneratedRegex("(?:\"(?:[^\"]|\"\")*\"?|[^\\s\"])+")]
    private static partial Regex Word();
}
