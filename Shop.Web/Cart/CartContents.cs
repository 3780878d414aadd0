using Shop.Web.Catalog;

namespace Shop.Web.Cart;

internal sealed record CartLine(ProductDetails Product, int Quantity)
{
    public decimal Total => Product.Price * Quantity;
}

/// <summary>The cart with what the catalogue says of its products now.</summary>
internal sealed class CartContents(CartStore store, CatalogClient catalog)
{
    private const int ParallelReads = 8;

    /// <remarks>A product that left the catalogue leaves the cart.</remarks>
    public async Task<IReadOnlyList<CartLine>> ReadAsync(HttpContext context)
    {
        var cart = await store.ReadAsync(context);
        List<CartLine> lines = [];
        foreach (var chunk in cart.OrderBy(entry => entry.Key).Chunk(ParallelReads))
        {
            var products = await Task.WhenAll(chunk.Select(entry => catalog.FindAsync(entry.Key, context.RequestAborted)));
            foreach (var (entry, product) in chunk.Zip(products))
            {
                if (product is null)
                    await store.SetAsync(context, entry.Key, 0);
                else
                    lines.Add(new CartLine(product, entry.Value));
            }
        }

        return lines;
    }
}
