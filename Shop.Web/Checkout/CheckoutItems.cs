using System.Globalization;
using Shop.Web.Cart;
using Shop.Web.Orders;

namespace Shop.Web.Checkout;

/// <summary>
/// What is being ordered, as the form carries it: <c>id:quantity:price</c>, comma-separated. It is the list the buyer saw,
/// whatever happens to the cart meanwhile, so that a repeated submit is the same request.
/// </summary>
internal static class CheckoutItems
{
    public const int MaxLength = CartLines.MaxProducts * 40;

    public static string Write(IEnumerable<CartLine> lines) => string.Join(',', lines.Select(line =>
        string.Create(CultureInfo.InvariantCulture, $"{line.Product.Id}:{line.Quantity}:{line.Product.Price}")));

    /// <returns>Null when the text is not such a list.</returns>
    public static IReadOnlyList<NewItem>? Read(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
            return null;

        List<NewItem> items = [];
        foreach (var line in text.Split(','))
        {
            if (line.Split(':') is not [var id, var quantity, var price]
                || !int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var productId)
                || !int.TryParse(quantity, NumberStyles.None, CultureInfo.InvariantCulture, out var pieces) || pieces is < 1 or > CartLines.MaxQuantity
                || !decimal.TryParse(price, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var unitPrice))
                return null;
            items.Add(new NewItem(productId, pieces, unitPrice));
        }

        return items.Count <= CartLines.MaxProducts ? items : null;
    }
}
