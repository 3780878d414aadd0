using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Catalog.Data;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Security;

namespace Shop.Catalog.Categories;

/// <summary>A category, in the reader's language.</summary>
/// <param name="Slug">What <c>GET /products?category=</c> takes.</param>
/// <param name="Name">The name to show.</param>
/// <param name="ProductCount">How many products it has.</param>
internal sealed record CategoryAnswer(string Slug, string Name, int ProductCount);

/// <summary>What an operator says of a category.</summary>
/// <param name="NameRu">The name in Russian.</param>
/// <param name="NameEn">The name in English.</param>
/// <param name="Position">Where it stands among the others; the lowest comes first.</param>
internal sealed record CategoryInput(
    [Required, StringLength(100, MinimumLength = 1)] string NameRu,
    [Required, StringLength(100, MinimumLength = 1)] string NameEn,
    [Range(0, 10_000)] int Position = 0);

internal static class CategoryEndpoints
{
    private const int MaxCategories = 200;

    public static void MapCategories(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/categories").WithTags("Categories");
        group.MapGet("", ListAsync).WithSummary("The categories, in the order to show them.");
        group.MapPut("/{slug}", SetAsync).RequirePermission(Permissions.CatalogWrite).WithSummary("Adds a category, or renames or moves one.");
    }

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

    private static async Task<NoContent> SetAsync(
        [RegularExpression("[a-z0-9][a-z0-9-]{0,39}")] string slug, CategoryInput input, CatalogDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO categories (slug, name_ru, name_en, position) VALUES ({slug}, {input.NameRu}, {input.NameEn}, {input.Position})
            ON CONFLICT (slug) DO UPDATE SET name_ru = excluded.name_ru, name_en = excluded.name_en, position = excluded.position
            """, cancellationToken);
        return TypedResults.NoContent();
    }
}
