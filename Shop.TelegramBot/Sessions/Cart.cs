namespace Shop.TelegramBot.Sessions;

/// <summary>The products chosen with buttons.</summary>
/// <param name="Revision">The update that changed the cart or its prices last, or whose order the shop refused. Ordering the same revision twice is one order.</param>
/// <param name="Lines">One per product, in the order of choosing.</param>
internal sealed record Cart(int Revision, IReadOnlyList<CartLine> Lines)
{
    public const int MaxLines = 20;
    public const int MaxQuantity = 99;

    public static Cart Empty { get; } = new(0, []);

    public bool IsEmpty => Lines.Count == 0;

    public int QuantityOf(int productId) => Lines.FirstOrDefault(line => line.ProductId == productId)?.Quantity ?? 0;

    public bool CanAdd(int productId) => QuantityOf(productId) is var quantity && (quantity > 0 ? quantity < MaxQuantity : Lines.Count < MaxLines);

    /// <summary>The cart with more or less of a product; a product of which nothing is left leaves the cart.</summary>
    public Cart Change(int productId, int difference, int updateId)
    {
        var quantity = Math.Clamp(QuantityOf(productId) + difference, 0, MaxQuantity);
        var lines = QuantityOf(productId) == 0
            ? Lines.Append(new CartLine(productId, quantity))
            : Lines.Select(line => line.ProductId == productId ? line with { Quantity = quantity } : line);
        return new Cart(updateId, [.. lines.Where(line => line.Quantity > 0)]);
    }

    /// <summary>The cart as it is shown. When a price is another than before, buttons that were shown with the old one do not order.</summary>
    public Cart ShownAt(Func<int, decimal> priceOf, int updateId)
    {
        CartLine[] shown = [.. Lines.Select(line => line with { ShownPrice = priceOf(line.ProductId) })];
        return shown.SequenceEqual(Lines) ? this : new Cart(updateId, shown);
    }
}

/// <summary>Some of a product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="ShownPrice">The price of one piece that the person saw last, and that the shop has to keep to.</param>
internal sealed record CartLine(int ProductId, int Quantity, decimal? ShownPrice = null);
