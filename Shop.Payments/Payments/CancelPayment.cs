using Shop.Messaging;
using Shop.Messaging.Contracts;

namespace Shop.Payments.Payments;

/// <summary>Gives the money of an order back that ended without being sold, also when the charge is still on its way.</summary>
internal sealed class CancelPayment(OrderPayments payments, IOutbox outbox) : IEventHandler<OrderCancelled>, IEventHandler<OrderExpired>
{
    public Task HandleAsync(OrderCancelled message, CancellationToken cancellationToken) => CancelAsync(message.OrderId, cancellationToken);

    public Task HandleAsync(OrderExpired message, CancellationToken cancellationToken) => CancelAsync(message.OrderId, cancellationToken);

    private async Task CancelAsync(Guid orderId, CancellationToken cancellationToken)
    {
        var (payment, returned) = await payments.CancelAsync(orderId, cancellationToken);
        if (returned.Minor > 0)
            outbox.Add(new PaymentRefunded(orderId, payment.Id, returned.Amount, returned.Currency, payment.CustomerEmail));
    }
}
