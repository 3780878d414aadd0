using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Payments.Ledger;
using Shop.ServiceDefaults;

namespace Shop.Payments.Payments;

/// <summary>Charges a new order and says how it went.</summary>
internal sealed class ChargeOrder(OrderPayments payments, IOutbox outbox) : IEventHandler<OrderCreated>
{
    public async Task HandleAsync(OrderCreated message, CancellationToken cancellationToken)
    {
        var (payment, decided) = await payments.ChargeAsync(
            new OrderCharge(
                message.OrderId,
                message.CustomerId,
                message.CustomerEmail,
                Money.Of(message.TotalAmount, message.Currency),
                MethodNamed(message.PaymentMethod)),
            cancellationToken);
        if (!decided)
            return; // Whoever decided it told the others, or the order was called off first.

        if (payment.Status == PaymentStatus.Captured)
            outbox.Add(new PaymentProcessed(message.OrderId, payment.Id, payment.Amount.Amount, payment.Currency, message.CustomerEmail));
        else
            outbox.Add(new PaymentFailed(message.OrderId, payment.FailureReason ?? ""));
    }

    /// <exception cref="ArgumentException">There is no such method.</exception>
    private static PaymentMethod MethodNamed(string name) =>
        Enum.GetValues<PaymentMethod>() is var methods
        && Array.FindIndex(methods, method => SnakeCase.Of(method) == name) is >= 0 and var index
            ? methods[index]
            : throw new ArgumentException($"There is no payment method {name}.", nameof(name));
}
