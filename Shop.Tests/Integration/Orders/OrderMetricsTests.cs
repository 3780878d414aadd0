using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.Extensions.Logging;
using Shop.Orders.Data;
using Shop.Orders.Diagnostics;
using Shop.Orders.Orders;
using Shop.ServiceDefaults.Database;
using Shop.Tests.Support;
using Shop.Tests.Unit.Orders;

namespace Shop.Tests.Integration.Orders;

/// <summary>The metrics and logs of orders tell of what has committed, once.</summary>
[Collection(ShopGroup.Name)]
public sealed class OrderMetricsTests(ShopFixture shop) : IDisposable
{
    private const string Tags = "flow=choreography,payment_method=wallet,status=";

    private readonly Measurements _measured = new();
    private readonly TracedLog<CommittedOrders> _log = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task A_status_is_counted_when_its_transaction_commits_and_not_before()
    {
        using var metrics = new OrderMetrics(_measured.Factory);
        await using var db = await OpenAsync(metrics);
        var order = TestOrder.Place();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            db.Orders.Add(order);
            await db.SaveChangesAsync();
            // As a message that shares the transaction with others: nothing is left in the context.
            db.ChangeTracker.Clear();
            var locked = (await db.LockOrderAsync(order.Id, default))!;
            locked.MarkPaid(TestOrder.PaymentId, TestOrder.Cause);
            locked.MarkNotified(TestOrder.Cause with { At = TestOrder.Now.AddSeconds(2) });
            await db.SaveChangesAsync();
            db.ChangeTracker.Clear();
            Assert.Empty(_measured.Sums);
            await transaction.CommitAsync();
        }

        foreach (var status in (string[])["pending", "paid", "confirmed"])
        {
            Assert.Equal(1, _measured.Sums[$"shop.orders.status_changes{{{Tags}{status}}}"]);
            Assert.Equal(2_500, _measured.Sums[$"shop.orders.amount{{currency=RUB,payment_method=wallet,status={status}}}"]);
        }
        Assert.Equal(2, _measured.Sums[$"shop.orders.duration{{{Tags}confirmed}}"], precision: 6);
        Assert.Equal(7, _measured.Sums.Count);
    }

    [Fact]
    public async Task What_is_rolled_back_or_fails_is_not_counted_and_the_repetition_is_once()
    {
        using var metrics = new OrderMetrics(_measured.Factory);
        await using var db = await OpenAsync(metrics);
        var order = TestOrder.Place();
        await using (await db.Database.BeginTransactionAsync())
        {
            db.Orders.Add(order);
            await db.SaveChangesAsync();
        }
        db.ChangeTracker.Clear();
        Assert.Empty(_measured.Sums);

        var again = TestOrder.Place();
        db.Orders.Add(again);
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
        Assert.Equal(1, _measured.Sums[$"shop.orders.status_changes{{{Tags}pending}}"]);

        // Somebody else changed the order meanwhile.
        var stale = await db.Orders.SingleAsync(known => known.Id == again.Id);
        await db.Database.ExecuteSqlAsync($"UPDATE orders SET updated_at = now() WHERE id = {again.Id}");
        stale.Cancel("reason", TestOrder.Cause);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
        db.ChangeTracker.Clear();
        await db.SaveChangesAsync();
        Assert.DoesNotContain(_measured.Sums.Keys, key => key.Contains("cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Orders_that_share_a_transaction_are_logged_each_in_its_trace()
    {
        using var metrics = new OrderMetrics(_measured.Factory);
        await using var db = await OpenAsync(metrics);
        Order[] orders = [TestOrder.Place(), TestOrder.Place()];
        List<Activity> messages = [];
        using var batch = new Activity("batch").Start();
        Activity? afterwards = null;
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            foreach (var order in orders)
            {
                Activity.Current = null;
                messages.Add(new Activity("message").Start());
                db.Orders.Add(order);
                await db.SaveChangesAsync();
                db.ChangeTracker.Clear();
            }
            db.AfterCommit(() =>
            {
                afterwards = Activity.Current;
                return Task.CompletedTask;
            });
            Activity.Current = batch;
            await transaction.CommitAsync();
        }

        Assert.Equal(
            orders.Zip(messages, (order, message) => (LogLevel.Information, $"Order {order.Id} is Pending", (ActivityTraceId?)message.TraceId)), _log.Lines);
        Assert.Same(batch, afterwards);
        messages.ForEach(message => message.Dispose());
    }

    [Fact]
    public async Task An_observer_that_fails_is_logged_and_the_commit_stands()
    {
        using var metrics = new OrderMetrics(_measured.Factory);
        await using var db = await OpenAsync(metrics, new FaultyObserver(_log));
        db.Orders.Add(TestOrder.Place());
        await db.SaveChangesAsync();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            db.Orders.Add(TestOrder.Place());
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        Assert.Equal(2, await db.Orders.CountAsync());
        Assert.Equal(2, _log.Lines.Count(line => line.Level == LogLevel.Error));
        Assert.Equal(2, _measured.Sums[$"shop.orders.status_changes{{{Tags}pending}}"]); // The other observers see it.
    }

    private async Task<OrdersDbContext> OpenAsync(OrderMetrics metrics, params CommitObserver[] others) => new(
        new DbContextOptionsBuilder<OrdersDbContext>()
            .UseNpgsql(await shop.CreateDatabaseAsync<OrdersDbContext>())
            .AddInterceptors([AfterCommitInterceptor.Instance, .. others, new CommittedOrders(metrics, _log)]).Options);

    private sealed class FaultyObserver(ILogger logger) : CommitObserver(logger)
    {
        protected override Action Observe(ChangeTracker changes) => () => throw new InvalidOperationException("This observer always fails.");
    }
}
