using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Orders.Data;
using Shop.ServiceDefaults.Database;

namespace Shop.Orders.Orders.Recovery;

/// <summary>
/// Sees to it that no order stays open for ever. Those that were not paid in time expire, and orchestrated ones that a
/// crash interrupted fail; the event tells everybody who holds something for them to give it back. Paid ones whose buyer
/// could not be told are confirmed without.
/// </summary>
internal sealed partial class OrderRecovery(
    IServiceScopeFactory scopes, IOptions<OrderOptions> options, TimeProvider time, ILogger<OrderRecovery> logger) : BackgroundService
{
    private const long LockId = 0x4F524445_52454350; // "ORDERECP": one replica at a time
    private const int BatchSize = 100;
    private const int MaxBatchesPerRun = 100;
    private const string NotPaidInTime = "not_paid_in_time";
    private const string Interrupted = "interrupted";
    private const string NotNotified = "customer_not_notified";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RecoveryInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                for (var batch = 0; batch < MaxBatchesPerRun && await SettleOverdueAsync(stoppingToken) == BatchSize; batch++)
                {
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }
        }
    }

    /// <returns>How many orders were settled.</returns>
    private async Task<int> SettleOverdueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDbContext>();
        var outbox = scope.ServiceProvider.GetRequiredService<IOutbox>();
        return await db.InTransactionAsync(async () =>
        {
            var isMine = await db.Database.SqlQuery<bool>($"""SELECT pg_try_advisory_xact_lock({LockId}) AS "Value" """).SingleAsync(cancellationToken);
            if (!isMine)
                return 0;

            var now = time.GetUtcNow();
            var paidBefore = now - options.Value.NotificationDeadline;
            var overdue = await db.Orders
                .FromSql($"""
                    SELECT *, xmin FROM orders
                    WHERE (status IN ('pending', 'awaiting_payment') AND expires_at < {now}) OR (status = 'paid' AND updated_at < {paidBefore})
                    LIMIT {BatchSize} FOR NO KEY UPDATE SKIP LOCKED
                    """)
                .ToListAsync(cancellationToken);
            var cause = new OrderCause(OrderActor.Recovery, now);
            foreach (var order in overdue)
                Settle(order, outbox, cause);
            await db.SaveChangesAsync(cancellationToken);
            return overdue.Count;
        }, cancellationToken);
    }

    private void Settle(Order order, IOutbox outbox, OrderCause cause)
    {
        switch (order)
        {
            case { Status: OrderStatus.Paid }:
                order.ConfirmUnnotified(NotNotified, cause);
                outbox.Announce(order, new OrderConfirmed(order.Id));
                break;
            case { Flow: OrderFlow.Choreography }:
                order.Expire(NotPaidInTime, cause);
                outbox.Announce(order, new OrderExpired(order.Id, NotPaidInTime));
                break;
            case { Flow: OrderFlow.Orchestration }:
                order.Fail(Interrupted, cause);
                outbox.Announce(order, new OrderCancelled(order.Id, Interrupted));
                break;
        }
        Settled(logger, order.Id, order.Status);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Order {OrderId} was open past its deadline and is {Status} now")]
    private static partial void Settled(ILogger logger, Guid orderId, OrderStatus status);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not look for overdue orders; trying again later")]
    private static partial void Failed(ILogger logger, Exception exception);
}

/// <summary>Registers recovery.</summary>
internal static class OrderRecoveryExtensions
{
    public static void AddOrderRecovery(this IHostApplicationBuilder builder) => builder.Services.AddHostedService<OrderRecovery>();
}
