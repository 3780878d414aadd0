namespace Shop.Orders.Clients;

/// <summary>What the catalogue keeps for an order.</summary>
internal sealed record Reservation(string Currency, IReadOnlyList<ReservedLine> Lines);

/// <summary>Pieces of one product and the price they are kept for.</summary>
internal sealed record ReservedLine(int ProductId, string Name, int Quantity, decimal UnitPrice);

/// <summary>Pieces to keep.</summary>
internal sealed record ReserveItem(int ProductId, int Quantity);

/// <summary>The catalogue's reservations. Committing and releasing are idempotent.</summary>
internal sealed class CatalogClient(HttpClient http)
{
    private const string Service = "catalog";

    /// <summary>Keeps pieces for an order, all or none.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="items">Each product once.</param>
    /// <param name="language">The Accept-Language of the buyer, for the names of the products.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<Reservation> ReserveAsync(
        Guid orderId, IReadOnlyList<ReserveItem> items, string? language, CancellationToken cancellationToken) =>
        http.PostAsync<Reservation>(Service, "/reservations", new { OrderId = orderId, Items = items }, cancellationToken, language);

    /// <summary>Sells what is kept.</summary>
    public Task CommitAsync(Guid orderId, CancellationToken cancellationToken) =>
        http.PostAsync(Service, $"/reservations/{orderId}/commit", null, cancellationToken);

    /// <summary>Gives back what is kept or sold.</summary>
    public Task ReleaseAsync(Guid orderId, CancellationToken cancellationToken) =>
        http.PostAsync(Service, $"/reservations/{orderId}/release", null, cancellationToken);
}
