using Shop.Orders.Clients;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>Charges the buyer.</summary>
internal sealed class ChargeBuyer(PaymentsClient payments) : IOrderSagaStep
{
    public async Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken)
    {
        var charge = await payments.ProcessAsync(saga.Order, cancellationToken);
        if (!charge.Success)
            throw new OrderRefusedException(
                StatusCodes.Status402PaymentRequired,
                "payment_declined",
                "The payment was declined.",
                new Dictionary<string, object?> { ["reason"] = charge.Reason, ["order_id"] = saga.OrderId });
        saga.PaymentId = charge.PaymentId;
    }

    public Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken) =>
        payments.CancelAsync(saga.OrderId, cancellationToken);
}
