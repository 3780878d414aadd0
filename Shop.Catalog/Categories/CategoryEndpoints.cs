using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Catalog.Data;
using Shop.ServiceDefaults.Http;

namespace Shop.Catalog.Categories;

/// <summary>A category, in the reader's language.</summary>
/// <param name="Slug">What <c>GET /products?category=</c> takes.</param>
/// <param name="Name">The name to show.</param>
/// <param name="ProductCount">How many products it has.</param>
internal sealed record CategoryAnswer(string Slug, string Name, int ProductCount);

internal static class CategoryEndpoints
{
    private const int MaxCategories = 200;

    public static void MapCategories(this IEndpointRouteBuilder app) =>
        app.MapGroup("/categories").WithTags("Categories").MapGet("", ListAsync).WithSummary("The categories, in the order to show them.");

    private static async Task<Ok<CategoryAnswer[]>> ListAsync(
        CatalogDbContext db, Language language, HttpResponse response, CancellationToken cancellationToken)
    {
        var rows = await db.Categories
            .OrderBy(category => category.Position).ThenBy(category => category.Slug)
            .Take(MaxCategories)
            .Select(category => new { Category = category, Count = db.Products.Count(product => product.Category == category.Slug) })
            .AsNoTracking()
            .ToListAsync(cancellationToken);

        language.WriteHeaders(response);
        return TypedResults.Ok(rows
            .Select(row => new CategoryAnswer(row.Category.Slug, language.Choose(row.Category.NameRu, row.Category.NameEn), row.Count))
            .ToArray());
    }
}
