using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Orders.Data;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>Confirms the order, unless somebody ended it meanwhile: then the row's version has changed and this fails.</summary>
internal sealed class ConfirmOrder(OrdersDbContext db, IOutbox outbox, TimeProvider time) : IOrderSagaStep
{
    public async Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        saga.Order.MarkPaid(saga.PaymentId, now);
        saga.Order.MarkNotified(now);
        outbox.Add(new OrderConfirmed(saga.OrderId));
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Nothing: an order that was not confirmed is marked failed by <see cref="StoreOrder"/>.</summary>
    public Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken) => Task.CompletedTask;
}
