using Shop.Messaging;
using Shop.Messaging.Contracts;

namespace Shop.Orders.Orders.Choreography;

/// <summary>The buyer is to pay on a gateway's page.</summary>
internal sealed class AwaitPayment(OrderNews news) : IEventHandler<PaymentPending>
{
    public Task HandleAsync(PaymentPending message, CancellationToken cancellationToken) => news.MoveAsync(
        message.OrderId,
        OrderStatus.AwaitingPayment,
        (order, cause) => order.AwaitPayment(message.PaymentId, message.RedirectUrl, cause),
        cancellationToken);
}

/// <summary>The order is paid.</summary>
internal sealed class MarkOrderPaid(OrderNews news) : IEventHandler<PaymentProcessed>
{
    public Task HandleAsync(PaymentProcessed message, CancellationToken cancellationToken) => news.MoveAsync(
        message.OrderId,
        OrderStatus.Paid,
        (order, cause) => order.MarkPaid(message.PaymentId, cause),
        cancellationToken);
}

/// <summary>The order cannot be paid.</summary>
internal sealed class FailOrder(OrderNews news) : IEventHandler<PaymentFailed>
{
    public Task HandleAsync(PaymentFailed message, CancellationToken cancellationToken) => news.MoveAsync(
        message.OrderId,
        OrderStatus.Failed,
        (order, cause) => order.Fail(message.Reason, cause),
        cancellationToken);
}

/// <summary>The buyer has money back.</summary>
internal sealed class RecordRefund(OrderNews news) : IEventHandler<PaymentRefunded>
{
    public async Task HandleAsync(PaymentRefunded message, CancellationToken cancellationToken)
    {
        var order = await news.LockAsync(message.OrderId, cancellationToken);
        news.Apply(order, (o, cause) => o.RecordRefund(message.Amount, cause));
    }
}
