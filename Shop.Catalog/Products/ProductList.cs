using Microsoft.EntityFrameworkCore;
using Shop.Catalog.Data;
using Shop.ServiceDefaults.Http;

namespace Shop.Catalog.Products;

/// <summary>Reads pages of the product list.</summary>
internal static class ProductList
{
    /// <summary>One page of the products that pass the filter.</summary>
    public static async Task<ProductPage> ReadAsync(
        CatalogDbContext db, ProductFilter filter, int offset, int size, Language language, CancellationToken cancellationToken)
    {
        var products = filter.Apply(db.Products);
        var total = await products.LongCountAsync(cancellationToken);
        var page = await filter.Order(products, language)
            .Skip(offset).Take(size)
            .Select(product => new ListedProduct(
                product.Id, product.NameRu, product.NameEn, product.Price, product.Currency, product.Category,
                product.Stock.Available > 0, product.Kind, product.UpdatedAt))
            .ToArrayAsync(cancellationToken);
        return new ProductPage(page, total);
    }
}
