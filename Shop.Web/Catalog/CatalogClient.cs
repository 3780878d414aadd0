using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Shop.Web.Api;

namespace Shop.Web.Catalog;

/// <summary>A product in a list.</summary>
public sealed record ProductSummary(int Id, string Name, decimal Price, string Currency, string Category, string ImageUrl, bool InStock);

internal sealed record ProductDetails(
    int Id, string Name, string Description, decimal Price, string Currency, string Category, string ImageUrl, bool InStock, int Available);

internal sealed record Category(string Slug, string Name, int ProductCount);

internal sealed record CatalogQuery(string? Search, string? Category, string? Sort, bool InStock, int Page, int PageSize);

/// <summary>The catalogue, in the reader's language.</summary>
internal sealed class CatalogClient(HttpClient http)
{
    public async Task<Page<ProductSummary>> ListAsync(CatalogQuery query, CancellationToken cancellationToken)
    {
        Dictionary<string, string?> parameters = new()
        {
            ["page"] = query.Page.ToString(CultureInfo.InvariantCulture),
            ["page_size"] = query.PageSize.ToString(CultureInfo.InvariantCulture),
        };
        if (!string.IsNullOrWhiteSpace(query.Search))
            parameters["search"] = query.Search.Trim();
        if (!string.IsNullOrEmpty(query.Category))
            parameters["category"] = query.Category;
        if (!string.IsNullOrEmpty(query.Sort))
            parameters["sort"] = query.Sort;
        if (query.InStock)
            parameters["in_stock"] = "true";

        using var response = await http.GetAsync(QueryHelpers.AddQueryString("/products", parameters), cancellationToken);
        return await response.ReadPageAsync<ProductSummary>(query.Page, query.PageSize, cancellationToken);
    }

    public async Task<ProductDetails?> FindAsync(int id, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"/products/{id.ToString(CultureInfo.InvariantCulture)}", cancellationToken);
        return await response.FindAsync<ProductDetails>(cancellationToken);
    }

    public async Task<IReadOnlyList<Category>> ListCategoriesAsync(CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync("/categories", cancellationToken);
        return await response.ReadAsync<List<Category>>(cancellationToken);
    }

    /// <returns>The picture as SVG, or null when there is none.</returns>
    public async Task<byte[]?> FindPictureAsync(int id, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"/products/{id.ToString(CultureInfo.InvariantCulture)}/image.svg", cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        await response.EnsureSuccessAsync(cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }
}
