using Shop.Messaging;
using Shop.Messaging.Contracts;

namespace Shop.Orders.Orders.Choreography;

/// <summary>The buyer heard that the order is paid, which is what confirms it.</summary>
internal sealed class ConfirmNotifiedOrder(OrderNews news) : IEventHandler<NotificationSent>
{
    private const string PaymentProcessedTemplate = "payment_processed";

    public async Task HandleAsync(NotificationSent message, CancellationToken cancellationToken)
    {
        if (message.OrderId is not { } orderId || message.Template != PaymentProcessedTemplate)
            return;

        var order = await news.LockAsync(orderId, cancellationToken);
        if (order.Flow == OrderFlow.Choreography) // The orchestrator confirms its own.
            news.Apply(order, (o, cause) => o.MarkNotified(cause));
    }
}
