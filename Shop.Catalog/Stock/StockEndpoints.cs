using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Catalog.Data;
using Shop.Catalog.Products;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Idempotency;
using Shop.ServiceDefaults.Security;

namespace Shop.Catalog.Stock;

/// <summary>A change of a product's stock.</summary>
/// <param name="Delta">Pieces that came (above zero) or went (below).</param>
/// <param name="Reason">Why, for the record.</param>
internal sealed record StockAdjustmentRequest(
    [Range(-1_000_000, 1_000_000)] int Delta,
    [Required, StringLength(200, MinimumLength = 1)] string Reason) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Delta == 0)
            yield return new ValidationResult("The delta must not be zero.", [nameof(Delta)]);
    }
}

/// <summary>What can be ordered after the change.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Available">Pieces.</param>
internal sealed record StockAnswer(int ProductId, int Available);

internal static class StockEndpoints
{
    private const int MaxSupplied = 1_000_000_000;

    public static void MapStock(this IEndpointRouteBuilder app) =>
        app.MapGroup("/products/{id:int}/stock").WithTags("Stock").RequirePermission(Permissions.CatalogWrite)
            .MapPost("", AdjustAsync).WithIdempotency<CatalogDbContext>().WithSummary("Adds pieces to the stock, or takes some out.");

    private static async Task<Results<Ok<StockAnswer>, ProblemHttpResult>> AdjustAsync(
        int id, StockAdjustmentRequest request, ClaimsPrincipal user, CatalogDbContext db, ProductListCache cache, IOutbox outbox,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (!await db.Products.AnyAsync(product => product.Id == id, cancellationToken))
            return ProductEndpoints.NotFound(id);

        return await db.InTransactionAsync<Results<Ok<StockAnswer>, ProblemHttpResult>>(async () =>
        {
            var available = await db.Database.SqlQuery<int>($"""
                UPDATE stock SET available = available + {request.Delta}, supplied = supplied + {request.Delta}
                WHERE product_id = {id} AND available + {request.Delta} >= 0 AND supplied + {request.Delta} <= {MaxSupplied}
                RETURNING available AS "Value"
                """).ToListAsync(cancellationToken);
            if (available is not [var left])
                return Problems.Conflict("stock_out_of_bounds", "Fewer pieces are available than the change takes out, or more would be there than the shop counts.");

            db.StockAdjustments.Add(new StockAdjustment
            {
                ProductId = id,
                Delta = request.Delta,
                Reason = request.Reason,
                MadeBy = user.FindSubject() ?? "unknown",
                MadeAt = time.GetUtcNow(),
            });
            outbox.Add(new StockChanged(id, left));
            await db.SaveChangesAsync(cancellationToken);
            cache.InvalidateAfterCommit(db);
            return TypedResults.Ok(new StockAnswer(id, left));
        }, cancellationToken);
    }
}
