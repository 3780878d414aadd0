namespace Shop.Web.Api;

/// <summary>A part of a list.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="Number">The page's number, from 1.</param>
/// <param name="Size">How many items a full page has.</param>
/// <param name="Total">How many items the whole list has.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, int Number, int Size, long Total)
{
    public int Last => (int)Math.Max(1, (Total + Size - 1) / Size);
}
