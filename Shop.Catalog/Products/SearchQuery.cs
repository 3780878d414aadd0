using System.Text.RegularExpressions;

namespace Shop.Catalog.Products;

/// <summary>What a buyer typed, as a PostgreSQL tsquery.</summary>
internal static partial class SearchQuery
{
    private const int MaxWords = 8;

    /// <summary>Every word must begin some word of the text. Only letters and digits get through, so no operator does.</summary>
    public static string Of(string text) => Join(text, ":*");

    /// <summary>The same in names alone.</summary>
    public static string OfName(string text) => Join(text, ":*A");

    private static string Join(string text, string suffix) =>
        string.Join(" & ", Word().Matches(text).Take(MaxWords).Select(word => word.Value.ToLowerInvariant() + suffix));

    [GeneratedRegex(@"[\p{L}\p{Nd}]+")]
    private static partial Regex Word();
}
