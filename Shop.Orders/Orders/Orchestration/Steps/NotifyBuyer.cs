using Shop.Orders.Clients;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>Tells the buyer.</summary>
internal sealed class NotifyBuyer(NotificationsClient notifications) : IOrderSagaStep
{
    public Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken) =>
        notifications.SendPaymentProcessedAsync(saga.Order, saga.PaymentId, cancellationToken);

    /// <summary>Nothing: what was said cannot be unsaid.</summary>
    public Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken) => Task.CompletedTask;
}
