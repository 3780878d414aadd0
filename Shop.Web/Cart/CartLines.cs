namespace Shop.Web.Cart;

/// <summary>The bounds of a cart.</summary>
internal static class CartLines
{
    public const int MaxProducts = 50;
    public const int MaxQuantity = 100;
}
