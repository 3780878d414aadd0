using Microsoft.AspNetCore.Http.HttpResults;

namespace Shop.Web.Catalog;

/// <summary>Passes the catalogue's pictures on, so that the browser talks to the storefront alone.</summary>
internal static class ProductPictures
{
    public static void MapProductPictures(this WebApplication app) =>
        app.MapGet("/products/{id:int}/image.svg", GetAsync).ExcludeFromDescription();

    private static async Task<Results<FileContentHttpResult, NotFound>> GetAsync(
        int id, CatalogClient catalog, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await catalog.FindPictureAsync(id, cancellationToken) is not { } picture)
            return TypedResults.NotFound();

        response.Headers.CacheControl = "public, max-age=86400"; // The address changes with the product.
        response.Headers.ContentSecurityPolicy = "default-src 'none'";
        return TypedResults.Bytes(picture, "image/svg+xml");
    }
}
