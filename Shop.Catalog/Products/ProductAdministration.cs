using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Catalog.Data;
using Shop.Catalog.Stock;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Idempotency;
using Shop.ServiceDefaults.Security;

namespace Shop.Catalog.Products;

/// <summary>The catalogue as operators change it.</summary>
internal static class ProductAdministration
{
    public static void MapProductAdministration(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/products").WithTags("Products").RequirePermission(Permissions.CatalogWrite);
        group.MapPost("", CreateAsync).WithIdempotency<CatalogDbContext>().WithSummary("Adds a product.");
        group.MapPut("/{id:int}", ReplaceAsync).WithSummary("Replaces what is said of a product; its stock stays.");
        group.MapDelete("/{id:int}", DeleteAsync).WithSummary("Takes a product out of the catalogue; orders that hold it stay.");
    }

    private static async Task<Results<Created<ProductDetails>, ProblemHttpResult>> CreateAsync(
        NewProduct input, Language language, CatalogDbContext db, ProductListCache cache, IOutbox outbox, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await RefuseAsync(input, db, cancellationToken) is { } refusal)
            return refusal;

        var now = time.GetUtcNow();
        var product = new Product
        {
            Category = input.Category,
            Kind = input.Kind,
            NameRu = input.NameRu,
            NameEn = input.NameEn,
            DescriptionRu = input.DescriptionRu,
            DescriptionEn = input.DescriptionEn,
            Price = input.Price,
            Currency = input.Currency,
            CreatedAt = now,
            UpdatedAt = now,
            Stock = StockLevel.Initial(input.Stock),
        };
        return await db.InTransactionAsync<Created<ProductDetails>>(async () =>
        {
            db.Products.Add(product);
            await db.SaveChangesAsync(cancellationToken); // The database gives the id that the event names.
            outbox.Add(new ProductChanged(product.Id));
            await db.SaveChangesAsync(cancellationToken);
            cache.InvalidateAfterCommit(db);
            return TypedResults.Created($"/products/{product.Id}", ProductEndpoints.Describe(product, product.Stock.Available, language));
        }, cancellationToken);
    }

    private static async Task<Results<Ok<ProductDetails>, ProblemHttpResult>> ReplaceAsync(
        int id, ProductInput input, Language language, CatalogDbContext db, ProductListCache cache, IOutbox outbox, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await RefuseAsync(input, db, cancellationToken) is { } refusal)
            return refusal;

        var product = await db.Products.Include(product => product.Stock).SingleOrDefaultAsync(product => product.Id == id, cancellationToken);
        if (product is null)
            return ProductEndpoints.NotFound(id);

        product.Category = input.Category;
        product.Kind = input.Kind;
        product.NameRu = input.NameRu;
        product.NameEn = input.NameEn;
        product.DescriptionRu = input.DescriptionRu;
        product.DescriptionEn = input.DescriptionEn;
        product.Price = input.Price;
        product.Currency = input.Currency;
        product.UpdatedAt = time.GetUtcNow();
        outbox.Add(new ProductChanged(id));
        return await db.InTransactionAsync<Ok<ProductDetails>>(async () =>
        {
            await db.SaveChangesAsync(cancellationToken);
            cache.InvalidateAfterCommit(db);
            return TypedResults.Ok(ProductEndpoints.Describe(product, product.Stock.Available, language));
        }, cancellationToken);
    }

    private static Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        int id, CatalogDbContext db, ProductListCache cache, IOutbox outbox, TimeProvider time, CancellationToken cancellationToken) =>
        db.InTransactionAsync<Results<NoContent, ProblemHttpResult>>(async () =>
        {
            var now = time.GetUtcNow();
            var deleted = await db.Products.Where(product => product.Id == id).ExecuteUpdateAsync(
                set => set.SetProperty(product => product.DeletedAt, now).SetProperty(product => product.UpdatedAt, now), cancellationToken);
            if (deleted == 0)
                return ProductEndpoints.NotFound(id);

            outbox.Add(new ProductChanged(id));
            await db.SaveChangesAsync(cancellationToken);
            cache.InvalidateAfterCommit(db);
            return TypedResults.NoContent();
        }, cancellationToken);

    /// <summary>Says what the field rules cannot: a price of fractions, a category that does not exist.</summary>
    private static async Task<ProblemHttpResult?> RefuseAsync(ProductInput input, CatalogDbContext db, CancellationToken cancellationToken)
    {
        if (decimal.Round(input.Price, 2) != input.Price)
            return Problems.Unprocessable("invalid_price", "The price has more than two decimals.");
        return await db.Categories.AnyAsync(category => category.Slug == input.Category, cancellationToken)
            ? null
            : Problems.Unprocessable("unknown_category", $"There is no category '{input.Category}'.");
    }
}
