using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Shop.Catalog.Data;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;

namespace Shop.Catalog.Products;

/// <summary>The catalogue as everybody sees it.</summary>
internal static class ProductEndpoints
{
    private const int MaxSuggestions = 8;

    public static void MapProducts(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/products").WithTags("Products");
        group.MapGet("", ListAsync).WithSummary("Products that pass a filter, a page at a time.");
        group.MapGet("/{id:int}", FindAsync).WithName("product").WithSummary("One product.");
        group.MapGet("/suggest", SuggestAsync).WithSummary("Names that complete what is being typed.");
        group.MapGet("/{id:int}/image.svg", PictureAsync).WithSummary("The product's picture.");
    }

    private static async Task<Ok<ProductSummary[]>> ListAsync(
        [AsParameters] ProductFilter filter, Paging paging, Language language, CatalogDbContext db, ProductListCache cache,
        HttpResponse response, CancellationToken cancellationToken)
    {
        var page = filter.IsEmpty && paging is { Page: 1, PageSize: <= ProductListCache.PageSize }
            ? (await cache.GetAsync(cancellationToken)).First(paging.PageSize)
            : await ProductList.ReadAsync(db, filter, paging.Offset, paging.PageSize, language, cancellationToken);

        paging.WriteHeaders(response, page.Total);
        language.WriteHeaders(response);
        return TypedResults.Ok(Array.ConvertAll(page.Products, product => product.In(language)));
    }

    private static async Task<Results<Ok<ProductDetails>, ProblemHttpResult>> FindAsync(
        int id, Language language, CatalogDbContext db, HttpResponse response, CancellationToken cancellationToken)
    {
        var product = await db.Products.Include(product => product.Stock).AsNoTracking()
            .SingleOrDefaultAsync(product => product.Id == id, cancellationToken);
        if (product is null)
            return NotFound(id);

        language.WriteHeaders(response);
        return TypedResults.Ok(Describe(product, product.Stock.Available, language));
    }

    private static async Task<Ok<ProductSuggestion[]>> SuggestAsync(
        [StringLength(100, MinimumLength = 1)] string q, Language language, CatalogDbContext db, HttpResponse response, CancellationToken cancellationToken)
    {
        language.WriteHeaders(response);
        var found = await db.Products
            .WithNameWords(ProductSearch.Words(q))
            .OrderByDescending(product => product.Stock.Available > 0).ThenBy(product => product.Id)
            .Take(MaxSuggestions)
            .Select(product => new { product.Id, product.NameRu, product.NameEn })
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(found.Select(product => new ProductSuggestion(product.Id, language.Choose(product.NameRu, product.NameEn))).ToArray());
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> PictureAsync(
        int id, CatalogDbContext db, HttpResponse response, CancellationToken cancellationToken)
    {
        var category = await db.Products.Where(product => product.Id == id).Select(product => product.Category).SingleOrDefaultAsync(cancellationToken);
        if (category is null)
            return NotFound(id);

        var picture = Encoding.UTF8.GetBytes(ProductPicture.Draw(id, category));
        response.Headers.CacheControl = "public, max-age=86400";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'";
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(picture).AsSpan(0, 8))}\"");
        return TypedResults.Bytes(picture, "image/svg+xml", entityTag: tag);
    }

    internal static ProductDetails Describe(Product product, int available, Language language) => new(
        product.Id, language.Choose(product.NameRu, product.NameEn), language.Choose(product.DescriptionRu, product.DescriptionEn),
        product.Price, product.Currency, product.Category, ProductImageUrl.Of(product), available > 0, available, product.Kind);

    internal static ProblemHttpResult NotFound(int id) => Problems.NotFound($"There is no product {id}.");
}
