namespace Shop.TelegramBot.Sessions;

/// <summary>The products chosen with buttons.</summary>
/// <param name="Revision">The update that changed the cart last, or whose order the shop refused. Ordering the same revision twice is one order.</param>
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
        var changed = new CartLine(productId, quantity);
        var lines = QuantityOf(productId) == 0
            ? Lines.Append(changed)
            : Lines.Select(line => line.ProductId == productId ? changed : line);
        return new Cart(updateId, [.. lines.Where(line => line.Quantity > 0)]);
    }
}

internal sealed record CartLine(int ProductId, int Quantity);
