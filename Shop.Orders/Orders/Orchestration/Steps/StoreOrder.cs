using Microsoft.EntityFrameworkCore;
using Npgsql;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Orders.Data;
using Shop.ServiceDefaults.Database;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>Stores the order before any money moves, so that an interrupted one is found and undone.</summary>
internal sealed class StoreOrder(OrderPlacement placement, OrdersDbContext db, IOutbox outbox, TimeProvider time) : IOrderSagaStep
{
    public async Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken)
    {
        var order = placement.Place(
            saga.OrderId, saga.Reservation, saga.Request, saga.Buyer, OrderFlow.Orchestration, saga.IdempotencyKey);
        db.Orders.Add(order);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw PlaceOrchestratedOrder.InProgress();
        }
        saga.Order = order;
    }

    /// <summary>Marks the order failed and, in the same transaction, tells everybody who may hold something for it.</summary>
    public async Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear(); // What failed to be saved must not be saved now.
        await db.InTransactionAsync(async () =>
        {
            if (await db.LockOrderAsync(saga.OrderId, cancellationToken) is { } order && order.CanBecome(OrderStatus.Failed))
            {
                order.Fail(reason, new OrderCause(OrderActor.Orchestrator, time.GetUtcNow()));
                outbox.Announce(order, new OrderCancelled(order.Id, reason));
            }
            return await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
    }
}
