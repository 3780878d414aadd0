using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Orders.Data;

namespace Shop.Orders.Orders.Choreography;

/// <summary>What the handlers of this folder share: the locked order, and what is done with news that come too late for it.</summary>
internal sealed partial class OrderNews(OrdersDbContext db, IOutbox outbox, MessageContext context, TimeProvider time, ILogger<OrderNews> logger)
{
    /// <summary>Reads the order that an event is about and locks it.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message is tried again, and parked in the end.</exception>
    public async Task<Order> LockAsync(Guid orderId, CancellationToken cancellationToken) =>
        await db.LockOrderAsync(orderId, cancellationToken) ?? throw new InvalidOperationException($"There is no order {orderId}.");

    /// <summary>Changes the order, unless it has ended or gone past this status: whoever ended it told the others to undo their part.</summary>
    public async Task MoveAsync(Guid orderId, OrderStatus status, Action<Order, OrderCause> change, CancellationToken cancellationToken)
    {
        var order = await LockAsync(orderId, cancellationToken);
        if (order.CanBecome(status))
            Apply(order, change);
        else
            TooLate(logger, orderId, order.Status, status);
    }

    /// <summary>Changes the order and says so if that confirmed it.</summary>
    public void Apply(Order order, Action<Order, OrderCause> change)
    {
        var before = order.Status;
        change(order, new OrderCause(OrderActor.Event, time.GetUtcNow(), context.Message));
        if (before != OrderStatus.Confirmed && order.Status == OrderStatus.Confirmed)
            outbox.Announce(order, new OrderConfirmed(order.Id));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Order {OrderId} is {Status} and does not become {Next}")]
    private static partial void TooLate(ILogger logger, Guid orderId, OrderStatus status, OrderStatus next);
}
