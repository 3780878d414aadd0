using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Shop.ServiceDefaults.Http;

namespace Shop.Catalog.Products;

/// <summary>Which products a list shows and in which order; the query of <c>GET /products</c>.</summary>
internal sealed class ProductFilter : IValidatableObject
{
    private const string MaxPriceText = "1000000000";

    /// <summary>Words, or beginnings of words, in the name or the description, in either language.</summary>
    [FromQuery(Name = "search")]
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>A category's slug.</summary>
    [FromQuery(Name = "category")]
    [StringLength(40)]
    public string? Category { get; init; }

    /// <summary>The lowest price, inclusive.</summary>
    [FromQuery(Name = "min_price")]
    [Range(typeof(decimal), "0", MaxPriceText, ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public decimal? MinPrice { get; init; }

    /// <summary>The highest price, inclusive.</summary>
    [FromQuery(Name = "max_price")]
    [Range(typeof(decimal), "0", MaxPriceText, ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public decimal? MaxPrice { get; init; }

    /// <summary>Only what can be ordered now, or only what cannot.</summary>
    [FromQuery(Name = "in_stock")]
    public bool? InStock { get; init; }

    /// <summary><c>price_asc</c>, <c>price_desc</c>, <c>name</c> or <c>newest</c>; else by relevance to the search, else as the shop arranged it.</summary>
    [FromQuery(Name = "sort")]
    [AllowedValues(null, "", "price_asc", "price_desc", "name", "newest")]
    public string? Sort { get; init; }

    /// <summary>Whether this is the whole list in its own order.</summary>
    public bool IsEmpty => string.IsNullOrWhiteSpace(Search) && string.IsNullOrEmpty(Category) && MinPrice is null && MaxPrice is null
        && InStock is null && string.IsNullOrEmpty(Sort);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinPrice > MaxPrice)
            yield return new ValidationResult("min_price must not be above max_price.", [nameof(MinPrice)]);
    }

    /// <summary>The products that pass.</summary>
    public IQueryable<Product> Apply(IQueryable<Product> products)
    {
        if (!string.IsNullOrWhiteSpace(Search))
            products = products.WithWords(ProductSearch.Words(Search));
        if (!string.IsNullOrEmpty(Category))
            products = products.Where(product => product.Category == Category);
        if (MinPrice is not null)
            products = products.Where(product => product.Price >= MinPrice);
        if (MaxPrice is not null)
            products = products.Where(product => product.Price <= MaxPrice);
        if (InStock is not null)
            products = products.Where(product => product.Stock.Available > 0 == InStock);
        return products;
    }

    /// <summary>The products in the order asked for; the id makes it total, so that pages neither overlap nor skip.</summary>
    public IOrderedQueryable<Product> Order(IQueryable<Product> products, Language language)
    {
        var words = ProductSearch.Words(Search);
        return Sort switch
        {
            "price_asc" => products.OrderBy(product => product.Price).ThenBy(product => product.Id),
            "price_desc" => products.OrderByDescending(product => product.Price).ThenBy(product => product.Id),
            "name" when language == Language.English => products.OrderBy(product => product.NameEn).ThenBy(product => product.Id),
            "name" => products.OrderBy(product => product.NameRu).ThenBy(product => product.Id),
            "newest" => products.OrderByDescending(product => product.Id),
            _ when words.Count > 0 => products.OrderByRelevance(words).ThenBy(product => product.Id),
            _ => products.OrderBy(product => product.Id),
        };
    }
}
