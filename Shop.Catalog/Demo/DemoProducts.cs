using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Catalog.Data;
using Shop.Catalog.Products;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Security;

namespace Shop.Catalog.Demo;

/// <summary>How large the catalogue is to be.</summary>
/// <param name="Count">Copies of the demo products.</param>
internal sealed record FillRequest([Range(1, 100_000)] int Count);

/// <summary>What was done for it.</summary>
/// <param name="Added">Products that are new.</param>
internal sealed record FillResponse(int Added);

/// <summary>A large catalogue to try search, paging and import on. In Development only.</summary>
internal static class DemoProducts
{
    /// <summary>A hundred thousand search vectors take their time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static void MapDemoProducts(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
        {
            app.MapPost("/demo/products", FillAsync).WithTags("Demo").RequirePermission(Permissions.CatalogWrite)
                .WithSummary("Adds copies of the demo products until there are as many.");
        }
    }

    /// <remarks>No event for each: whoever listens would get a hundred thousand for one press of a button.</remarks>
    private static async Task<Ok<FillResponse>> FillAsync(
        FillRequest request, CatalogDbContext db, ProductListCache cache, CancellationToken cancellationToken)
    {
        db.Database.SetCommandTimeout(Patience);
        var added = await db.InTransactionAsync(async () =>
        {
            var rows = await db.Database.ExecuteSqlAsync($"""
                WITH demo AS (
                    SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS size
                    FROM products WHERE id <= {DemoCatalogue.LastId} AND deleted_at IS NULL),
                missing AS (
                    SELECT generate_series(count(*) + 1, {request.Count}) AS number FROM products WHERE id > {DemoCatalogue.LastId}),
                added AS (
                    INSERT INTO products (category, kind, name_ru, name_en, description_ru, description_en, price, currency)
                    SELECT category, kind, name_ru || ' № ' || number, name_en || ' no. ' || number, description_ru, description_en,
                        greatest(1, round(price * (50 + number % 100) / 100, 2)), currency
                    FROM missing JOIN demo ON place = number % size
                    RETURNING id)
                INSERT INTO stock (product_id, supplied, available) SELECT id, 1000, 1000 FROM added
                """, cancellationToken);
            cache.InvalidateAfterCommit(db);
            return rows;
        }, cancellationToken);
        return TypedResults.Ok(new FillResponse(added));
    }
}
