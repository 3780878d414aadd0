using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Shop.Messaging;
using Shop.Orders.Clients;
using Shop.Orders.Data;

namespace Shop.Orders.Orders.Choreography;

/// <summary>
/// Places an order and tells the others. From here events carry it on: payments charges it, the catalogue sells it,
/// notifications tells the buyer, and the handlers of this folder follow.
/// </summary>
internal static class PlaceOrder
{
    public static async Task<Accepted<OrderResponse>> HandleAsync(
        PlaceOrderRequest request, HttpContext context, OrderPlacement placement, CatalogClient catalog, OrdersDbContext db, IOutbox outbox,
        TimeProvider time, CancellationToken cancellationToken)
    {
        OrderEndpoints.RequireAvailable(request.PaymentMethod);
        var buyer = OrderEndpoints.BuyerOf(request, context);
        var orderId = Guid.CreateVersion7(time.GetUtcNow());
        var reservation = await placement.ReserveAsync(orderId, request, buyer, cancellationToken);

        var order = placement.Place(orderId, reservation, request, buyer, OrderFlow.Choreography);
        db.Orders.Add(order);
        outbox.Announce(order, order.ToOrderCreated());
        await SaveAsync(orderId, catalog, db);
        return TypedResults.Accepted($"/orders/{orderId}", OrderResponse.From(order));
    }

    /// <remarks>
    /// Not cancelled, and the stock is given back only when the database said no. Where it said nothing the order may be
    /// stored: then the reservation is the order's, and else it runs out.
    /// </remarks>
    private static async Task SaveAsync(Guid orderId, CatalogClient catalog, OrdersDbContext db)
    {
        try
        {
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException)
        {
            // Should this fail too, the reservation runs out by itself.
            await catalog.ReleaseAsync(orderId, CancellationToken.None);
            throw;
        }
    }
}
