using Microsoft.Extensions.Options;
using Shop.Orders.Clients;

namespace Shop.Orders.Orders;

/// <summary>Who orders.</summary>
/// <param name="Id">The user.</param>
/// <param name="Email">Where the buyer wants to hear about the order.</param>
/// <param name="Language">The buyer's Accept-Language, for the names of the products.</param>
internal sealed record Buyer(Guid Id, string Email, string? Language);

/// <summary>Makes orders of what the catalogue can keep for them.</summary>
internal sealed class OrderPlacement(CatalogClient catalog, IOptions<OrderOptions> options, TimeProvider time)
{
    /// <summary>Keeps the pieces. When it is refused nothing is kept; when the catalogue cannot be reached they may be.</summary>
    /// <exception cref="OrderRefusedException">Out of stock, unknown product, another price, too large a total, or no catalogue.</exception>
    public async Task<Reservation> ReserveAsync(Guid orderId, PlaceOrderRequest request, Buyer buyer, CancellationToken cancellationToken)
    {
        var items = request.Items
            .GroupBy(item => item.ProductId)
            .Select(lines => new ReserveItem(lines.Key, lines.Sum(line => line.Quantity)))
            .ToList();
        var reservation = await catalog.ReserveAsync(orderId, items, buyer.Language, cancellationToken);

        var prices = reservation.Lines.ToDictionary(line => line.ProductId);
        var changed = request.Items
            .Where(item => item.Price is not null && item.Price != prices[item.ProductId].UnitPrice)
            .Select(item => prices[item.ProductId])
            .Distinct()
            .ToList();
        var refused = changed.Count > 0
            ? new OrderRefusedException(
                StatusCodes.Status409Conflict,
                "price_changed",
                $"The price changed: {string.Join(", ", changed.Select(line => $"{line.Name} costs {line.UnitPrice} {reservation.Currency}"))}.",
                new Dictionary<string, object?> { ["items"] = changed })
            : reservation.Lines.Sum(line => line.Quantity * line.UnitPrice) > Order.MaxTotal
            ? new OrderRefusedException(
                StatusCodes.Status422UnprocessableEntity, "total_too_large", $"An order costs at most {Order.MaxTotal:0.00} {reservation.Currency}.")
            : null;
        if (refused is null)
            return reservation;

        await catalog.ReleaseAsync(orderId, CancellationToken.None);
        throw refused;
    }

    /// <summary>The order for what is kept.</summary>
    public Order Place(
        Guid orderId, Reservation reservation, PlaceOrderRequest request, Buyer buyer, OrderFlow flow, string? idempotencyKey = null)
    {
        var now = time.GetUtcNow();
        var deadline = flow == OrderFlow.Orchestration ? options.Value.OrchestrationDeadline : options.Value.PaymentDeadline;
        return Order.Place(
            new NewOrder(
                orderId,
                buyer.Id,
                buyer.Email,
                flow,
                idempotencyKey,
                reservation.Currency,
                request.PaymentMethod,
                now + deadline,
                [.. reservation.Lines.Select(line => new OrderLine(orderId, line.ProductId, line.Name, line.Quantity, line.UnitPrice))]),
            new OrderCause(OrderActor.Customer, now));
    }
}
