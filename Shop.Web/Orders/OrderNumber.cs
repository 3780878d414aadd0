namespace Shop.Web.Orders;

/// <summary>The part of an order's id that people read to each other: its end, which is random, unlike its beginning.</summary>
internal static class OrderNumber
{
    public static string Of(Guid id) => id.ToString("N")[^8..].ToUpperInvariant();
}
