using System.ComponentModel.DataAnnotations;

namespace Shop.Catalog.Products;

/// <summary>What an operator says of a product.</summary>
internal record ProductInput
{
    /// <summary>The name in Russian.</summary>
    [Required, StringLength(200, MinimumLength = 1)]
    public required string NameRu { get; init; }

    /// <summary>The name in English.</summary>
    [Required, StringLength(200, MinimumLength = 1)]
    public required string NameEn { get; init; }

    /// <summary>The description in Russian, as plain text.</summary>
    [Required(AllowEmptyStrings = true), StringLength(4000)]
    public string DescriptionRu { get; init; } = "";

    /// <summary>The description in English, as plain text.</summary>
    [Required(AllowEmptyStrings = true), StringLength(4000)]
    public string DescriptionEn { get; init; } = "";

    /// <summary>The price of one piece, with at most two decimals.</summary>
    [Range(typeof(decimal), "0.01", "99999999.99", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public required decimal Price { get; init; }

    /// <summary>ISO 4217: one that payments has accounts in, or nobody could pay.</summary>
    [Required, AllowedValues("RUB", "USD", "EUR")]
    public string Currency { get; init; } = "RUB";

    /// <summary>A category's slug.</summary>
    [Required, StringLength(40, MinimumLength = 1)]
    public required string Category { get; init; }

    /// <summary>How it reaches the buyer.</summary>
    public ProductKind Kind { get; init; } = ProductKind.Physical;
}

/// <summary>A product that is not in the catalogue yet.</summary>
internal sealed record NewProduct : ProductInput
{
    /// <summary>Pieces in stock to begin with.</summary>
    [Range(0, 1_000_000)]
    public int Stock { get; init; }
}
