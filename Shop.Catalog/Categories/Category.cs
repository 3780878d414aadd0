namespace Shop.Catalog.Categories;

/// <summary>A shelf of the catalogue.</summary>
internal sealed class Category
{
    public required string Slug { get; init; }
    public required string NameRu { get; init; }
    public required string NameEn { get; init; }
    public required int Position { get; init; }
}
