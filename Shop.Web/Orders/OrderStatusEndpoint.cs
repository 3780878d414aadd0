using Microsoft.AspNetCore.Http.HttpResults;

namespace Shop.Web.Orders;

/// <summary>The changing part of an order's page, which the page asks for again until the order is done.</summary>
internal static class OrderStatusEndpoint
{
    public static void MapOrderStatus(this WebApplication app) =>
        app.MapGet("/orders/{id:guid}/status", GetAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<Results<RazorComponentResult<OrderStatus>, NotFound>> GetAsync(
        Guid id, OrdersClient orders, HttpContext context, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is not { } order)
            return TypedResults.NotFound();
        context.Response.Headers.CacheControl = "no-store";
        return new RazorComponentResult<OrderStatus>(new { Order = order, History = await orders.ListHistoryAsync(id, cancellationToken) });
    }
}
