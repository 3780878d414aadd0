namespace Shop.Orders.Orders;

/// <summary>One step of an order's life.</summary>
internal sealed class OrderStatusChange
{
    public long Id { get; private init; }

    public Guid OrderId { get; private init; }

    /// <summary>Null when the order was placed.</summary>
    public OrderStatus? FromStatus { get; private init; }

    public OrderStatus Status { get; private init; }

    public string? Reason { get; private init; }

    public DateTimeOffset ChangedAt { get; private init; }

    /// <summary>Who changed it; null where that was not written down yet.</summary>
    public OrderActor? ChangedBy { get; private init; }

    /// <summary>The event that caused the change.</summary>
    public string? CauseEvent { get; private init; }

    public Guid? CauseMessageId { get; private init; }

    public DateTimeOffset? CauseReceivedAt { get; private init; }

    /// <summary>The event that told the others of the change.</summary>
    public string? AnnouncedEvent { get; private set; }

    public Guid? AnnouncedMessageId { get; private set; }

    public static OrderStatusChange Of(Guid orderId, OrderStatus? from, OrderStatus to, string? reason, OrderCause cause) => new()
    {
        OrderId = orderId,
        FromStatus = from,
        Status = to,
        Reason = reason,
        ChangedAt = cause.At,
        ChangedBy = cause.By,
        CauseEvent = cause.Message?.Type,
        CauseMessageId = cause.Message?.Id,
        CauseReceivedAt = cause.Message?.ReceivedAt,
    };

    public void NoteAnnounced(string type, Guid messageId) => (AnnouncedEvent, AnnouncedMessageId) = (type, messageId);
}
