using System.ComponentModel.DataAnnotations;

namespace Shop.Orders.Orders;

/// <summary>An order to place.</summary>
/// <param name="Items">1 to 50 lines; lines of one product are counted together.</param>
/// <param name="CustomerEmail">Where the buyer wants to hear about it; the account's address by default.</param>
/// <param name="PaymentMethod">How it is paid; only the wallet is available now.</param>
internal sealed record PlaceOrderRequest(
    [Required, MinLength(1), MaxLength(PlaceOrderRequest.MaxLines)] IReadOnlyList<PlaceOrderItem> Items,
    [EmailAddress, StringLength(254, MinimumLength = 3)] string? CustomerEmail = null,
    PaymentMethod PaymentMethod = PaymentMethod.Wallet) : IValidatableObject
{
    /// <summary>The most lines an order may have.</summary>
    public const int MaxLines = 50;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Items.Any(item => item is null))
        {
            yield return new ValidationResult("A line is empty.", [nameof(Items)]);
            yield break;
        }
        foreach (var product in Items.GroupBy(item => item.ProductId).Where(lines => lines.Sum(line => line.Quantity) > PlaceOrderItem.MaxQuantity))
            yield return new ValidationResult($"More than {PlaceOrderItem.MaxQuantity} pieces of product {product.Key}.", [nameof(Items)]);
    }
}

/// <summary>Pieces of one product.</summary>
/// <param name="ProductId">The catalogue's id.</param>
/// <param name="Quantity">1 to 1000 pieces.</param>
/// <param name="Price">The price of one piece that the buyer saw; the order is refused if it is another now.</param>
internal sealed record PlaceOrderItem(
    [Range(1, int.MaxValue)] int ProductId,
    [Range(1, PlaceOrderItem.MaxQuantity)] int Quantity,
    [Range(0, 1_000_000_000)] decimal? Price = null)
{
    /// <summary>The most pieces of one product in an order.</summary>
    public const int MaxQuantity = 1_000;
}

/// <summary>An order.</summary>
internal sealed record OrderResponse(
    Guid Id,
    string CustomerEmail,
    OrderStatus Status,
    decimal TotalAmount,
    string Currency,
    PaymentMethod PaymentMethod,
    IReadOnlyList<OrderItemResponse> Items,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? FailureReason,
    OrderPaymentResponse? Payment)
{
    public static OrderResponse From(Order order) => new(
        order.Id,
        order.CustomerEmail,
        order.Status,
        order.TotalAmount,
        order.Currency,
        order.PaymentMethod,
        [.. order.Lines.Select(line => new OrderItemResponse(line.ProductId, line.Name, line.Quantity, line.UnitPrice))],
        order.CreatedAt,
        order.UpdatedAt,
        order.FailureReason,
        order is { PaymentId: { } id, PaymentStatus: { } status } ? new OrderPaymentResponse(id, status, order.RedirectUrl) : null);
}

/// <summary>A line of an order.</summary>
internal sealed record OrderItemResponse(int ProductId, string Name, int Quantity, decimal Price);

/// <summary>The payment of an order.</summary>
internal sealed record OrderPaymentResponse(Guid Id, OrderPaymentStatus Status, string? RedirectUrl);

/// <summary>One step of an order's life.</summary>
/// <param name="From">The status before; null when the order was placed.</param>
/// <param name="Status">The status after.</param>
/// <param name="Reason">Why, if it ended unsold, or was confirmed although its buyer could not be notified.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="By">Who changed it; null for changes from before this was written down.</param>
/// <param name="CausedBy">The event, where it was changed by one: when the payment was taken, when the buyer was told.</param>
/// <param name="Announced">The events by which the other services were told of it.</param>
internal sealed record OrderStatusChangeResponse(
    OrderStatus? From,
    OrderStatus Status,
    string? Reason,
    DateTimeOffset ChangedAt,
    OrderActor? By,
    CauseResponse? CausedBy,
    IReadOnlyList<AnnouncementResponse> Announced);

/// <summary>An event that changed an order.</summary>
/// <param name="Event">Its type.</param>
/// <param name="MessageId">Its id, the same as in the sender's outbox.</param>
/// <param name="OccurredAt">When the sender added it, in the transaction of what it tells of.</param>
/// <param name="ReceivedAt">When it was handled here.</param>
internal sealed record CauseResponse(string Event, Guid MessageId, DateTimeOffset? OccurredAt, DateTimeOffset ReceivedAt);

/// <summary>An event that told the other services of a change.</summary>
/// <param name="Event">Its type.</param>
/// <param name="MessageId">Its id, the same in the inboxes of those who heard it.</param>
/// <param name="AddedAt">When it was added, in the transaction of the change.</param>
/// <param name="State">Whether the broker has it.</param>
/// <param name="PublishedAt">When the broker confirmed it; known for a day.</param>
internal sealed record AnnouncementResponse(
    string Event, Guid MessageId, DateTimeOffset? AddedAt, AnnouncementState State, DateTimeOffset? PublishedAt);

/// <summary>How far an event has come.</summary>
internal enum AnnouncementState
{
    /// <summary>It is still to be published.</summary>
    Pending,

    /// <summary>The broker has it.</summary>
    Published,

    /// <summary>The broker refused it; an operator has to look.</summary>
    Parked,
}
