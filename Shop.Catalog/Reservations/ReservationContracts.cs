using System.ComponentModel.DataAnnotations;

namespace Shop.Catalog.Reservations;

/// <summary>Pieces to keep for an order.</summary>
/// <param name="OrderId">The order; reserving the same items for it again gives the same reservation.</param>
/// <param name="Items">The products, 1 to 100; a product that stands twice is counted together.</param>
internal sealed record ReserveRequest(
    Guid OrderId,
    [Required, MinLength(1), MaxLength(100)] IReadOnlyList<ReserveItem> Items) : IValidatableObject
{
    /// <summary>Each product once, by id.</summary>
    public IReadOnlyList<ReserveItem> Merged() =>
        [.. Items.GroupBy(item => item.ProductId).Select(same => new ReserveItem(same.Key, same.Sum(item => item.Quantity))).OrderBy(item => item.ProductId)];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OrderId == Guid.Empty)
            yield return new ValidationResult("The order id must not be empty.", [nameof(OrderId)]);
    }
}

/// <summary>Pieces of one product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Pieces.</param>
internal sealed record ReserveItem([Range(1, int.MaxValue)] int ProductId, [Range(1, 1_000)] int Quantity);

/// <summary>What is kept for an order.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Status">held, committed, released or expired.</param>
/// <param name="ExpiresAt">Until when the pieces are held for an unpaid order.</param>
/// <param name="Currency">The currency of every line.</param>
/// <param name="Lines">The pieces, at the price they are held for.</param>
internal sealed record ReservationAnswer(
    Guid OrderId, ReservationStatus Status, DateTimeOffset ExpiresAt, string Currency, IReadOnlyList<ReservationLineAnswer> Lines)
{
    public static ReservationAnswer Of(Reservation reservation) => new(
        reservation.OrderId, reservation.Status, reservation.ExpiresAt, reservation.Lines[0].Currency,
        [.. reservation.Lines.OrderBy(line => line.ProductId).Select(line => new ReservationLineAnswer(line.ProductId, line.Name, line.Quantity, line.UnitPrice))]);
}

/// <summary>The pieces of one product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="UnitPrice">The price of one piece.</param>
internal sealed record ReservationLineAnswer(int ProductId, string Name, int Quantity, decimal UnitPrice);

/// <summary>Where an order's reservation is now.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Status">held, committed, released or expired.</param>
internal sealed record ReservationStatusAnswer(Guid OrderId, ReservationStatus Status);

/// <summary>A line that cannot be held.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="Requested">Pieces asked for.</param>
/// <param name="Available">Pieces there are.</param>
internal sealed record ShortLine(int ProductId, string Name, int Requested, int Available);
