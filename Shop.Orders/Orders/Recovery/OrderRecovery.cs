using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Orders.Data;
using Shop.ServiceDefaults.Database;

namespace Shop.Orders.Orders.Recovery;

/// <summary>
/// Ends orders that are open past their deadline: those that were not paid in time expire, and orchestrated ones that a
/// crash interrupted fail. The event tells everybody who holds something for them to give it back.
/// </summary>
internal sealed partial class OrderRecovery(
    IServiceScopeFactory scopes, IOptions<OrderOptions> options, TimeProvider time, ILogger<OrderRecovery> logger) : BackgroundService
{
    private const long LockId = 0x4F524445_52454350; // "ORDERECP": one replica at a time
    private const int BatchSize = 100;
    private const int MaxBatchesPerRun = 100;
    private const string NotPaidInTime = "not_paid_in_time";
    private const string Interrupted = "interrupted";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RecoveryInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                for (var batch = 0; batch < MaxBatchesPerRun && await EndOverdueAsync(stoppingToken) == BatchSize; batch++)
                {
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }
        }
    }

    /// <returns>How many orders were ended.</returns>
    private async Task<int> EndOverdueAsync(CancellationToken cancellationToken)
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
            var overdue = await db.Orders
                .FromSql($"""
                    SELECT *, xmin FROM orders WHERE status IN ('pending', 'awaiting_payment') AND expires_at < {now}
                    ORDER BY expires_at LIMIT {BatchSize} FOR NO KEY UPDATE SKIP LOCKED
                    """)
                .ToListAsync(cancellationToken);
            foreach (var order in overdue)
                End(order, outbox, now);
            await db.SaveChangesAsync(cancellationToken);
            return overdue.Count;
        }, cancellationToken);
    }

    private void End(Order order, IOutbox outbox, DateTimeOffset now)
    {
        switch (order.Flow)
        {
            case OrderFlow.Choreography:
                order.Expire(NotPaidInTime, now);
                outbox.Add(new OrderExpired(order.Id, NotPaidInTime));
                break;
            case OrderFlow.Orchestration:
                order.Fail(Interrupted, now);
                outbox.Add(new OrderCancelled(order.Id, Interrupted));
                break;
        }
        Ended(logger, order.Id, order.Status);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Order {OrderId} was open past its deadline and is {Status} now")]
    private static partial void Ended(ILogger logger, Guid orderId, OrderStatus status);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not look for overdue orders; trying again later")]
    private static partial void Failed(ILogger logger, Exception exception);
}

/// <summary>Registers recovery.</summary>
internal static class OrderRecoveryExtensions
{
    public static void AddOrderRecovery(this IHostApplicationBuilder builder) => builder.Services.AddHostedService<OrderRecovery>();
}
