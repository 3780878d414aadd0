using System.Text.Json.Serialization;

namespace Shop.Messaging.Contracts;

/// <summary>One line of an order, as the events carry it.</summary>
/// <param name="ProductId">The catalogue's id.</param>
/// <param name="Name">The product's name when it was ordered.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="UnitPrice">Price of one piece, in the order's currency.</param>
public sealed record OrderLine(int ProductId, string Name, int Quantity, decimal UnitPrice);

/// <summary>A buyer placed an order; its stock is reserved.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="CustomerId">The buyer.</param>
/// <param name="CustomerEmail">Where the buyer wants to hear about it.</param>
/// <param name="TotalAmount">What is to be paid.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="PaymentMethod"><c>wallet</c>, <c>card</c>, <c>sbp</c>, <c>crypto</c> or <c>cash_on_delivery</c>.</param>
/// <param name="Items">The lines.</param>
public sealed record OrderCreated(
    Guid OrderId,
    Guid CustomerId,
    string CustomerEmail,
    decimal TotalAmount,
    string Currency,
    string PaymentMethod,
    IReadOnlyList<OrderLine> Items) : IEvent
{
    /// <inheritdoc />
    public static string Type => "order.created";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => OrderId.ToString();
}

/// <summary>An order ended unpaid because the buyer or the shop called it off.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Reason">Why, as a snake_case code.</param>
public sealed record OrderCancelled(Guid OrderId, string Reason) : IEvent
{
    /// <inheritdoc />
    public static string Type => "order.cancelled";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => OrderId.ToString();
}

/// <summary>An order was not paid in time.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Reason">Why, as a snake_case code.</param>
public sealed record OrderExpired(Guid OrderId, string Reason) : IEvent
{
    /// <inheritdoc />
    public static string Type => "order.expired";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => OrderId.ToString();
}

/// <summary>An order is paid and its buyer notified.</summary>
/// <param name="OrderId">The order.</param>
public sealed record OrderConfirmed(Guid OrderId) : IEvent
{
    /// <inheritdoc />
    public static string Type => "order.confirmed";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => OrderId.ToString();
}
