using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Shop.Orders.Data;
using Shop.Orders.Orders;
using Shop.ServiceDefaults.Database;

namespace Shop.Orders.Diagnostics;

/// <summary>Counts and logs each step of an order once it has committed.</summary>
internal sealed partial class CommittedOrders(OrderMetrics metrics, ILogger<CommittedOrders> logger) : CommitObserver(logger)
{
    protected override Action? Observe(ChangeTracker changes)
    {
        var steps = changes.Entries<OrderStatusChange>().Where(entry => entry.State == EntityState.Added).Select(entry => entry.Entity).ToList();
        if (steps.Count == 0)
            return null;

        var orders = changes.Entries<Order>().ToDictionary(entry => entry.Entity.Id, entry => entry.Entity);
        return () => steps.ForEach(step => Tell(orders[step.OrderId], step));
    }

    private void Tell(Order order, OrderStatusChange step)
    {
        metrics.Count(order, step);
        if (step.Reason is { } reason)
            StatusIsBecauseOf(Logger, step.OrderId, step.Status, reason);
        else
            StatusIs(Logger, step.OrderId, step.Status);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Order {OrderId} is {Status}")]
    private static partial void StatusIs(ILogger logger, Guid orderId, OrderStatus status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Order {OrderId} is {Status}: {Reason}")]
    private static partial void StatusIsBecauseOf(ILogger logger, Guid orderId, OrderStatus status, string reason);
}

internal static class CommittedOrdersExtensions
{
    public static void AddOrderDiagnostics(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OrderMetrics>();
        builder.AddCommitObserver<OrdersDbContext, CommittedOrders>();
    }
}
