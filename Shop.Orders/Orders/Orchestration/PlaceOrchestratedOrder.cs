using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Orders.Data;
using Shop.ServiceDefaults.Idempotency;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>Places an order and answers when it is confirmed, or undone.</summary>
internal static class PlaceOrchestratedOrder
{
    /// <summary>Registers the saga; the order of its steps is the order in which they are taken.</summary>
    public static void AddOrchestration(this IHostApplicationBuilder builder) => builder.Services
        .AddScoped<IOrderSagaStep, ReserveStock>() // undone by releasing it
        .AddScoped<IOrderSagaStep, StoreOrder>() // undone by marking it failed and telling everybody
        .AddScoped<IOrderSagaStep, ChargeBuyer>() // undone by giving the money back
        .AddScoped<IOrderSagaStep, SellStock>() // undone with the reservation
        .AddScoped<IOrderSagaStep, NotifyBuyer>() // cannot be undone, so it comes late
        .AddScoped<IOrderSagaStep, ConfirmOrder>()
        .AddScoped<OrderOrchestrator>();

    public static async Task<Ok<OrderResponse>> HandleAsync(
        PlaceOrderRequest request, HttpContext context, OrderOrchestrator orchestrator, OrdersDbContext db, TimeProvider time,
        CancellationToken cancellationToken)
    {
        OrderEndpoints.RequireAvailable(request.PaymentMethod);
        var buyer = OrderEndpoints.BuyerOf(request, context);
        var key = context.FindIdempotencyKey();
        if (key is not null && await FindBegunAsync(db, buyer, key, cancellationToken) is { } begun)
            return begun.Status == OrderStatus.Pending ? throw InProgress() : TypedResults.Ok(OrderResponse.From(begun));

        var saga = new OrderSaga(Guid.CreateVersion7(time.GetUtcNow()), request, buyer, key);
        return TypedResults.Ok(OrderResponse.From(await orchestrator.RunAsync(saga, cancellationToken)));
    }

    /// <summary>The answer while another request with the same key is at work, or until recovery has undone an interrupted one.</summary>
    public static OrderRefusedException InProgress() => new(
        StatusCodes.Status409Conflict, "order_in_progress", "An order with this Idempotency-Key is still at work. Try again.")
    { IsMomentary = true };

    private static Task<Order?> FindBegunAsync(OrdersDbContext db, Buyer buyer, string key, CancellationToken cancellationToken) => db.Orders
        .AsNoTracking()
        .Include(order => order.Lines)
        .SingleOrDefaultAsync(
            order => order.CustomerId == buyer.Id && order.IdempotencyKey == key && order.Status != OrderStatus.Failed, cancellationToken);
}
