using Shop.Orders.Clients;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>Tells the buyer.</summary>
internal sealed class NotifyBuyer(NotificationsClient notifications) : IOrderSagaStep
{
    /// <remarks>From here on a buyer who goes away stops nothing: the message cannot be called back.</remarks>
    public Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return notifications.SendPaymentProcessedAsync(saga.Order, saga.PaymentId, CancellationToken.None);
    }

    /// <summary>Nothing: what was said cannot be unsaid.</summary>
    public Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken) => Task.CompletedTask;
}
