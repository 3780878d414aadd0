using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Orders.Data;
using Shop.ServiceDefaults.Database;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>
/// Confirms the order, unless somebody ended it meanwhile: then the row's version has changed and this fails. After this
/// commit nothing may be undone, so one that fails is looked at before it counts as failed.
/// </summary>
internal sealed partial class ConfirmOrder(
    OrdersDbContext db, IOutbox outbox, IServiceScopeFactory scopes, TimeProvider time, ILogger<ConfirmOrder> logger) : IOrderSagaStep
{
    private const int MaxReads = 5;
    private static readonly TimeSpan CommitBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    /// <remarks>The buyer knows of the payment, so a buyer who goes away does not stop this.</remarks>
    public async Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken)
    {
        var cause = new OrderCause(OrderActor.Orchestrator, time.GetUtcNow());
        saga.Order.MarkPaid(saga.PaymentId, cause);
        saga.Order.MarkNotified(cause);
        outbox.Announce(saga.Order, new OrderConfirmed(saga.OrderId));
        try
        {
            using var bound = new CancellationTokenSource(CommitBound, time);
            await db.SaveChangesAsync(bound.Token);
        }
        catch (Exception failure)
        {
            if (!await WasConfirmedAsync(saga.OrderId, failure))
                throw;
            ConfirmedAfterAll(logger, failure, saga.OrderId);
        }
    }

    /// <summary>Nothing: an order that was not confirmed is marked failed by <see cref="StoreOrder"/>.</summary>
    public Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads what became of the commit. The lock waits for one that the server is still at work on.</summary>
    /// <exception cref="OrderRefusedException">The database does not say; the order is left to recovery.</exception>
    private async Task<bool> WasConfirmedAsync(Guid orderId, Exception failure)
    {
        using var bound = new CancellationTokenSource(ReadBound, time);
        for (var read = 1; ; read++)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope(); // The context that failed may have a broken connection.
                var fresh = scope.ServiceProvider.GetRequiredService<OrdersDbContext>();
                var order = await fresh.InTransactionAsync(() => fresh.LockOrderAsync(orderId, bound.Token), bound.Token);
                return order is { Status: OrderStatus.Confirmed or OrderStatus.Refunded };
            }
            catch (Exception exception)
            {
                if (read == MaxReads || bound.IsCancellationRequested)
                    throw OrderRefusedException.OutcomeUnknown(orderId, new AggregateException(failure, exception));
            }
            await Task.Delay(FirstWait * (1 << (read - 1)), time, CancellationToken.None);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Order {OrderId} is confirmed although its commit seemed to fail")]
    private static partial void ConfirmedAfterAll(ILogger logger, Exception exception, Guid orderId);
}
