using Shop.Messaging;
using Shop.Messaging.Contracts;

namespace Shop.Catalog.Reservations;

/// <summary>Sells what the paid order holds.</summary>
internal sealed partial class CommitPaidOrder(ReservationDesk desk, ILogger<CommitPaidOrder> logger) : IEventHandler<PaymentProcessed>
{
    /// <exception cref="InvalidOperationException">The pieces are gone or were never held: the message is parked for an operator.</exception>
    public async Task HandleAsync(PaymentProcessed message, CancellationToken cancellationToken)
    {
        switch (await desk.CommitAsync(message.OrderId, cancellationToken))
        {
            case SettleOutcome.Done:
                return;
            case SettleOutcome.Refused: // The order was called off before it was paid; payments gives the money back.
                PaidAfterRelease(logger, message.OrderId);
                return;
            case SettleOutcome.NotFound:
                throw new InvalidOperationException($"Order {message.OrderId} is paid, but nothing was reserved for it.");
            case SettleOutcome.OutOfStock:
                throw new InvalidOperationException($"Order {message.OrderId} was paid after its reservation expired, and the pieces are gone.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Order {OrderId} was paid after its reservation was released")]
    private static partial void PaidAfterRelease(ILogger logger, Guid orderId);
}

/// <summary>Gives back what an order holds that could not be paid.</summary>
internal sealed partial class ReleaseUnpaidOrder(ReservationDesk desk, ILogger<ReleaseUnpaidOrder> logger) : IEventHandler<PaymentFailed>
{
    public async Task HandleAsync(PaymentFailed message, CancellationToken cancellationToken)
    {
        // A failed attempt does not undo another that succeeded.
        if (await desk.ReleaseAsync(message.OrderId, returnSold: false, cancellationToken) == SettleOutcome.Refused)
            FailedAfterCommit(logger, message.OrderId);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A payment of order {OrderId} failed after another succeeded; its pieces stay sold")]
    private static partial void FailedAfterCommit(ILogger logger, Guid orderId);
}

/// <summary>Gives back what a cancelled order holds or has bought.</summary>
internal sealed class ReleaseCancelledOrder(ReservationDesk desk) : IEventHandler<OrderCancelled>
{
    public Task HandleAsync(OrderCancelled message, CancellationToken cancellationToken) =>
        desk.ReleaseAsync(message.OrderId, returnSold: true, cancellationToken);
}

/// <summary>Gives back what an order holds that was not paid in time.</summary>
internal sealed class ReleaseExpiredOrder(ReservationDesk desk) : IEventHandler<OrderExpired>
{
    public Task HandleAsync(OrderExpired message, CancellationToken cancellationToken) =>
        desk.ReleaseAsync(message.OrderId, returnSold: true, cancellationToken);
}
