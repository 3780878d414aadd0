namespace Shop.Orders.Orders.Orchestration;

/// <summary>
/// Takes the steps of an order in turn. When one fails, those that were begun are undone in reverse order, the failed one
/// included unless it is certain that it did nothing.
/// </summary>
/// <param name="steps">The steps, in their order: see <see cref="PlaceOrchestratedOrder.AddOrchestration"/>.</param>
/// <param name="time">Measures the bounds.</param>
/// <param name="logger">Hears of what could not be undone.</param>
internal sealed partial class OrderOrchestrator(IEnumerable<IOrderSagaStep> steps, TimeProvider time, ILogger<OrderOrchestrator> logger)
{
    /// <summary>Well within <see cref="OrderOptions.OrchestrationDeadline"/>, after which recovery takes the order for interrupted.</summary>
    private static readonly TimeSpan ForwardBound = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan CompensationBound = TimeSpan.FromSeconds(40);

    /// <summary>Carries an order through to <see cref="OrderStatus.Confirmed"/>, or undoes it and throws what stopped it.</summary>
    /// <param name="saga">The order.</param>
    /// <param name="cancellationToken">The buyer's request: it stops the way forward until the buyer is told, but not the way back.</param>
    public async Task<Order> RunAsync(OrderSaga saga, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ForwardBound, time);
        using var forward = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var begun = new Stack<IOrderSagaStep>();
        try
        {
            foreach (var step in steps)
            {
                begun.Push(step);
                await step.ExecuteAsync(saga, forward.Token);
            }
            return saga.Order;
        }
        catch (Exception failure) when (failure is not OrderRefusedException { MayBeConfirmed: true })
        {
            var refusal = failure as OrderRefusedException;
            if (refusal is { ChangedNothing: true })
                begun.Pop();
            await CompensateAsync(saga, begun, refusal?.Code ?? "interrupted");
            throw;
        }
    }

    /// <remarks>A step that cannot be undone now is left to the event that <see cref="StoreOrder"/> sends, or to recovery.</remarks>
    private async Task CompensateAsync(OrderSaga saga, Stack<IOrderSagaStep> begun, string reason)
    {
        using var bound = new CancellationTokenSource(CompensationBound, time);
        foreach (var step in begun)
        {
            try
            {
                await step.CompensateAsync(saga, reason, bound.Token);
            }
            catch (Exception exception)
            {
                NotUndone(logger, exception, step.GetType().Name, saga.OrderId);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Step} of order {OrderId} could not be undone now; its event will")]
    private static partial void NotUndone(ILogger logger, Exception exception, string step, Guid orderId);
}
