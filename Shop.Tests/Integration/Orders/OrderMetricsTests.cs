using Aspire.Hosting.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Shop.Orders.Data;
using Shop.Orders.Diagnostics;
using Shop.ServiceDefaults.Database;
using Shop.Tests.Support;
using Shop.Tests.Unit.Orders;

namespace Shop.Tests.Integration.Orders;

/// <summary>The metrics of orders count what has committed, once.</summary>
[Collection(ShopGroup.Name)]
public sealed class OrderMetricsTests(ShopFixture shop) : IDisposable
{
    private const string Tags = "flow=choreography,payment_method=wallet,status=";

    /// <summary>Not so soon that the shop that runs here expires the order.</summary>
    private readonly DateTimeOffset _open = DateTimeOffset.UtcNow.AddHours(1);
    private readonly Measurements _measured = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task A_status_is_counted_when_its_transaction_commits_and_not_before()
    {
        using var metrics = new OrderMetrics(_measured.Factory);
        await using var db = await OpenAsync(metrics);
        var order = TestOrder.Place(expiresAt: _open);
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
        var order = TestOrder.Place(expiresAt: _open);
        await using (await db.Database.BeginTransactionAsync())
        {
            db.Orders.Add(order);
            await db.SaveChangesAsync();
        }
        db.ChangeTracker.Clear();
        Assert.Empty(_measured.Sums);

        var again = TestOrder.Place(expiresAt: _open);
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

    private async Task<OrdersDbContext> OpenAsync(OrderMetrics metrics) => new(
        new DbContextOptionsBuilder<OrdersDbContext>()
            .UseNpgsql(await shop.App.GetConnectionStringAsync("ordersdb"))
            .AddInterceptors(AfterCommitInterceptor.Instance, new CommittedOrders(metrics, NullLogger<CommittedOrders>.Instance)).Options);
}
