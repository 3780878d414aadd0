using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using Shop.ServiceDefaults.Http;

namespace Shop.Catalog.Products;

/// <summary>A product in a list, in the reader's language.</summary>
/// <param name="Id">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="Price">The price of one piece.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Category">The category's slug.</param>
/// <param name="ImageUrl">The picture, relative to this service.</param>
/// <param name="InStock">Whether at least one piece can be ordered now.</param>
/// <param name="Kind">physical, digital or service.</param>
internal sealed record ProductSummary(
    int Id, string Name, decimal Price, string Currency, string Category, string ImageUrl, bool InStock, ProductKind Kind);

/// <summary>A product with everything a buyer wants to know.</summary>
/// <param name="Id">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is, as plain text.</param>
/// <param name="Price">The price of one piece.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Category">The category's slug.</param>
/// <param name="ImageUrl">The picture, relative to this service.</param>
/// <param name="InStock">Whether at least one piece can be ordered now.</param>
/// <param name="Available">How many pieces can be ordered now.</param>
/// <param name="Kind">physical, digital or service.</param>
internal sealed record ProductDetails(
    int Id, string Name, string Description, decimal Price, string Currency, string Category, string ImageUrl, bool InStock, int Available, ProductKind Kind);

/// <summary>A name that completes what the buyer is typing.</summary>
/// <param name="Id">The product.</param>
/// <param name="Name">Its name.</param>
internal sealed record ProductSuggestion(int Id, string Name);

/// <summary>A product of a list in all languages, so that one cached page serves every reader.</summary>
[ImmutableObject(true)]
internal sealed record ListedProduct(
    int Id, string NameRu, string NameEn, decimal Price, string Currency, string Category, bool InStock, ProductKind Kind, DateTimeOffset UpdatedAt)
{
    public ProductSummary In(Language language) =>
        new(Id, language.Choose(NameRu, NameEn), Price, Currency, Category, ProductImageUrl.Of(Id, UpdatedAt), InStock, Kind);
}

/// <summary>A part of the list, and how long the whole list is.</summary>
[ImmutableObject(true)]
internal sealed record ProductPage(ListedProduct[] Products, long Total)
{
    /// <summary>Whether this process read it from the database, and not from a cache that another shares.</summary>
    [JsonIgnore]
    public bool IsLoadedHere { get; init; }

    /// <summary>The same part of the list, cut to the given length.</summary>
    public ProductPage First(int count) => count < Products.Length ? this with { Products = Products[..count] } : this;
}

internal static class ProductImageUrl
{
    /// <summary>The address changes with the product, so the picture may be cached for long.</summary>
    public static string Of(int id, DateTimeOffset updatedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"/products/{id}/image.svg?v={updatedAt.ToUnixTimeMilliseconds():x}");

    public static string Of(Product product) => Of(product.Id, product.UpdatedAt);
}
