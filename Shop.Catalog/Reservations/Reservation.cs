namespace Shop.Catalog.Reservations;

/// <summary>Where a reservation is in its life; <c>Data/Migrations/0001_catalog.sql</c> names the ways between.</summary>
internal enum ReservationStatus
{
    /// <summary>The pieces are kept for the order until it is paid or the time runs out.</summary>
    Held,

    /// <summary>The order is paid: the pieces are sold.</summary>
    Committed,

    /// <summary>The order was called off: the pieces are back.</summary>
    Released,

    /// <summary>The time ran out: the pieces are back, but a late payment may take them again.</summary>
    Expired,
}

/// <summary>The pieces kept for one order.</summary>
internal sealed class Reservation
{
    public required Guid OrderId { get; init; }
    public required ReservationStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? SettledAt { get; init; }
    public List<ReservationLine> Lines { get; init; } = [];
}

/// <summary>The pieces of one product in a reservation, at the price they had when they were reserved.</summary>
internal sealed class ReservationLine
{
    public required Guid OrderId { get; init; }
    public required int ProductId { get; init; }
    public required string Name { get; init; }
    public required int Quantity { get; init; }
    public required decimal UnitPrice { get; init; }
    public required string Currency { get; init; }
}
