using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace Shop.Catalog.Products;

/// <summary>Finds products by what a buyer typed.</summary>
internal static partial class ProductSearch
{
    private const int MaxWords = 8;

    /// <summary>Shorter beginnings have stems that are other words: that of "нау" is "на".</summary>
    private const int MinStemmedLength = 4;

    /// <summary>The words of a text. Only letters and digits get through, so none is an operator of PostgreSQL's search.</summary>
    public static IReadOnlyList<string> Words(string? text) =>
        [.. Word().Matches(text ?? "").Take(MaxWords).Select(word => word.Value.ToLowerInvariant())];

    /// <summary>The products that have every word, or another form of it, or a word that begins so, in either language.</summary>
    public static IQueryable<Product> WithWords(this IQueryable<Product> products, IReadOnlyList<string> words)
    {
        foreach (var word in words)
        {
            var begins = word + ":*";
            products = word.Length < MinStemmedLength
                ? products.Where(product => product.Search.Matches(EF.Functions.ToTsQuery("simple", begins)))
                : products.Where(product => product.Search.Matches(
                    EF.Functions.ToTsQuery("simple", begins).Or(EF.Functions.ToTsQuery("russian", word))));
        }
        return words.Count > 0 ? products : products.Where(product => false);
    }

    /// <summary>The products whose name has a word that begins like each of these.</summary>
    public static IQueryable<Product> WithNameWords(this IQueryable<Product> products, IReadOnlyList<string> words)
    {
        var begin = string.Join(" & ", words.Select(word => word + ":*A"));
        return products.Where(product => words.Count > 0 && product.Search.Matches(EF.Functions.ToTsQuery("simple", begin)));
    }

    /// <summary>The products that match best first: names weigh more than descriptions.</summary>
    public static IOrderedQueryable<Product> OrderByRelevance(this IQueryable<Product> products, IReadOnlyList<string> words)
    {
        var begin = string.Join(" | ", words.Select(word => word + ":*"));
        var stems = string.Join(" | ", words);
        return products.OrderByDescending(product => product.Search.Rank(
            EF.Functions.ToTsQuery("simple", begin).Or(EF.Functions.ToTsQuery("russian", stems))));
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}]+")]
    private static partial Regex Word();
}
