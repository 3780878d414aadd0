using System.ComponentModel.DataAnnotations;

namespace Shop.Catalog.Reservations;

/// <summary>How long pieces are kept, from the configuration section <c>Reservations</c>.</summary>
internal sealed class ReservationOptions
{
    public const string Section = "Reservations";

    /// <summary>How long an unpaid order holds its pieces, in seconds.</summary>
    [Range(1, 7 * 24 * 3_600)]
    public int LifetimeSeconds { get; set; } = 15 * 60;

    /// <summary>How much longer they are in fact kept, for the order's own expiry to come first, in seconds.</summary>
    [Range(0, 24 * 3_600)]
    public int GraceSeconds { get; set; } = 2 * 60;

    /// <summary>How often expired reservations are looked for, in seconds.</summary>
    [Range(1, 3_600)]
    public int ExpiryIntervalSeconds { get; set; } = 30;

    /// <summary>Reservations that expire in one transaction.</summary>
    [Range(1, 1_000)]
    public int ExpiryBatchSize { get; set; } = 100;
}
