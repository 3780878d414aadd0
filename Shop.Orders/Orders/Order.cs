using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.ServiceDefaults;

namespace Shop.Orders.Orders;

/// <summary>What a buyer ordered, and how far it has come. It changes only along <see cref="OrderTransitions"/>.</summary>
internal sealed class Order
{
    /// <summary>The most an order may cost, in its currency; as much as Payments charges at once.</summary>
    public const decimal MaxTotal = 1_000_000_000;

    private readonly List<OrderLine> _lines = [];
    private readonly List<OrderStatusChange> _history = [];

    private Order()
    {
    }

    public Guid Id { get; private init; }

    public Guid CustomerId { get; private init; }

    public string CustomerEmail { get; private init; } = "";

    public OrderFlow Flow { get; private init; }

    /// <summary>The request's key, for an orchestrated order: who asks again finds what was begun.</summary>
    public string? IdempotencyKey { get; private init; }

    public OrderStatus Status { get; private set; }

    public decimal TotalAmount { get; private init; }

    public string Currency { get; private init; } = "";

    public PaymentMethod PaymentMethod { get; private init; }

    public Guid? PaymentId { get; private set; }

    public OrderPaymentStatus? PaymentStatus { get; private set; }

    /// <summary>The gateway's page while the order waits for its payment.</summary>
    public string? RedirectUrl { get; private set; }

    public decimal RefundedAmount { get; private set; }

    /// <summary>Why the order ended unsold.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>When the buyer was told of the payment, which may be before the payment's own event arrives.</summary>
    public DateTimeOffset? NotifiedAt { get; private set; }

    /// <summary>The event that said so.</summary>
    public Guid? NotifiedMessageId { get; private set; }

    /// <summary>When an order that is still open is given up.</summary>
    public DateTimeOffset ExpiresAt { get; private init; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>The row's version: a change that did not see the latest one is refused.</summary>
    public uint Version { get; private init; }

    public IReadOnlyList<OrderLine> Lines => _lines;

    public IReadOnlyList<OrderStatusChange> History => _history;

    /// <summary>Places an order for what is reserved, at the reservation's prices.</summary>
    public static Order Place(NewOrder placed, OrderCause cause)
    {
        var order = new Order
        {
            Id = placed.Id,
            CustomerId = placed.CustomerId,
            CustomerEmail = placed.CustomerEmail,
            Flow = placed.Flow,
            IdempotencyKey = placed.IdempotencyKey,
            TotalAmount = placed.Lines.Sum(line => line.Quantity * line.UnitPrice),
            Currency = placed.Currency,
            PaymentMethod = placed.PaymentMethod,
            ExpiresAt = placed.ExpiresAt,
            CreatedAt = cause.At,
            UpdatedAt = cause.At,
        };
        order._lines.AddRange(placed.Lines);
        order._history.Add(OrderStatusChange.Of(order.Id, null, OrderStatus.Pending, null, cause));
        return order;
    }

    /// <summary>Whether the order may go to this status now.</summary>
    public bool CanBecome(OrderStatus status) => OrderTransitions.Allows(Status, status);

    /// <summary>The buyer is to pay on a gateway's page.</summary>
    public void AwaitPayment(Guid paymentId, Uri redirectUrl, OrderCause cause)
    {
        Become(OrderStatus.AwaitingPayment, null, cause);
        (PaymentId, PaymentStatus, RedirectUrl) = (paymentId, OrderPaymentStatus.Pending, redirectUrl.ToString());
    }

    /// <summary>The order is paid; a buyer who knows already confirms it.</summary>
    public void MarkPaid(Guid paymentId, OrderCause cause)
    {
        Become(OrderStatus.Paid, null, cause);
        (PaymentId, PaymentStatus, RedirectUrl) = (paymentId, OrderPaymentStatus.Captured, null);
        if (RefundedAmount == TotalAmount)
            BecomeRefunded(cause); // The news of the refund overtook that of the payment.
        else if (NotifiedAt is { } at)
            Become(OrderStatus.Confirmed, null, NotifiedMessageId is { } id ? cause with { Message = new HandledMessage(id, NotificationSent.Type, at) } : cause);
    }

    /// <summary>The buyer was told of the payment; an order that is known to be paid is confirmed by it.</summary>
    public void MarkNotified(OrderCause cause)
    {
        if (NotifiedAt is not null)
            return;

        (NotifiedAt, NotifiedMessageId) = (cause.At, cause.Message?.Id);
        if (Status == OrderStatus.Paid)
            Become(OrderStatus.Confirmed, null, cause);
    }

    /// <summary>The order is paid, and its buyer could not be told: that is no reason to take it back.</summary>
    public void ConfirmUnnotified(string reason, OrderCause cause) => Become(OrderStatus.Confirmed, reason, cause);

    /// <summary>It could not be paid or carried out.</summary>
    public void Fail(string reason, OrderCause cause) => End(OrderStatus.Failed, reason, cause);

    /// <summary>It was called off.</summary>
    public void Cancel(string reason, OrderCause cause) => End(OrderStatus.Cancelled, reason, cause);

    /// <summary>It was not paid in time.</summary>
    public void Expire(string reason, OrderCause cause) => End(OrderStatus.Expired, reason, cause);

    /// <summary>The buyer got money back; an order whose whole price went back is refunded.</summary>
    /// <exception cref="InvalidOperationException">More would go back than was paid.</exception>
    public void RecordRefund(decimal amount, OrderCause cause)
    {
        if (amount <= 0 || RefundedAmount + amount > TotalAmount)
            throw new InvalidOperationException($"{amount} cannot be refunded of order {Id}.");

        RefundedAmount += amount;
        UpdatedAt = cause.At;
        if (RefundedAmount == TotalAmount)
            BecomeRefunded(cause);
    }

    /// <summary>Notes with the latest change that the others were told of it.</summary>
    public void NoteAnnounced(string type, Guid messageId) => _history[^1].NoteAnnounced(type, messageId);

    /// <summary>The event that tells the others of this order.</summary>
    public OrderCreated ToOrderCreated() => new(
        Id,
        CustomerId,
        CustomerEmail,
        TotalAmount,
        Currency,
        SnakeCase.Of(PaymentMethod),
        [.. _lines.Select(line => new Messaging.Contracts.OrderLine(line.ProductId, line.Name, line.Quantity, line.UnitPrice))]);

    private void BecomeRefunded(OrderCause cause)
    {
        PaymentStatus = OrderPaymentStatus.Refunded;
        if (CanBecome(OrderStatus.Refunded)) // An order that ended unsold stays what it is.
            Become(OrderStatus.Refunded, null, cause);
    }

    private void End(OrderStatus status, string reason, OrderCause cause)
    {
        Become(status, reason, cause);
        FailureReason = reason;
        RedirectUrl = null;
    }

    private void Become(OrderStatus status, string? reason, OrderCause cause)
    {
        if (!CanBecome(status))
            throw new InvalidOperationException($"Order {Id} is {Status} and cannot become {status}.");
        _history.Add(OrderStatusChange.Of(Id, Status, status, reason, cause));
        (Status, UpdatedAt) = (status, cause.At);
    }
}

/// <summary>What it takes to place an order.</summary>
internal sealed record NewOrder(
    Guid Id,
    Guid CustomerId,
    string CustomerEmail,
    OrderFlow Flow,
    string? IdempotencyKey,
    string Currency,
    PaymentMethod PaymentMethod,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<OrderLine> Lines);

/// <summary>Pieces of one product, at the price they were ordered for.</summary>
internal sealed class OrderLine(Guid orderId, int productId, string name, int quantity, decimal unitPrice)
{
    public Guid OrderId { get; private init; } = orderId;

    public int ProductId { get; private init; } = productId;

    public string Name { get; private init; } = name;

    public int Quantity { get; private init; } = quantity;

    public decimal UnitPrice { get; private init; } = unitPrice;
}
