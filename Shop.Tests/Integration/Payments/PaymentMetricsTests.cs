using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Shop.Payments.Data;
using Shop.Payments.Diagnostics;
using Shop.Payments.Ledger;
using Shop.Payments.Payments;
using Shop.Payments.Wallets;
using Shop.ServiceDefaults.Database;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Payments;

/// <summary>The metrics and logs of payments tell of what has committed, once.</summary>
[Collection(ShopGroup.Name)]
public sealed class PaymentMetricsTests(ShopFixture shop) : IDisposable
{
    private readonly Measurements _measured = new();
    private readonly TracedLog<CommittedPayments> _log = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task A_charge_and_its_refunds_are_counted_once_with_their_amounts()
    {
        using var metrics = new PaymentMetrics(_measured.Factory);
        await using var db = await OpenAsync(metrics);
        var payments = PaymentsOf(db);
        var order = new OrderCharge(Guid.CreateVersion7(), Guid.CreateVersion7(), "buyer@example.com", Money.Of(500.50m, "RUB"), PaymentMethod.Wallet);

        await using (await db.Database.BeginTransactionAsync()) // Is rolled back.
        {
            await payments.ChargeAsync(order, default);
            await db.SaveChangesAsync();
        }
        Assert.Empty(_measured.Sums);

        for (var delivery = 0; delivery < 2; delivery++)
        {
            db.ChangeTracker.Clear();
            await CommitAsync(db, () => payments.ChargeAsync(order, default));
        }
        Assert.Equal(1, _measured.Sums["shop.payments.results{method=wallet,result=captured}"]);
        Assert.Equal(500.50, _measured.Sums["shop.payments.captured_amount{currency=RUB,method=wallet}"]);

        db.ChangeTracker.Clear();
        var payment = await db.Payments.SingleAsync(known => known.OrderId == order.OrderId);
        await CommitAsync(db, async () =>
        {
            await payments.RefundAsync(payment, Money.Of(100, "RUB"), default);
            return true;
        });
        Assert.Equal(100, _measured.Sums["shop.payments.refunded_amount{currency=RUB,method=wallet}"]);
        await CommitAsync(db, () => payments.CancelAsync(order.OrderId, default));
        Assert.Equal(500.50, _measured.Sums["shop.payments.refunded_amount{currency=RUB,method=wallet}"]);
        Assert.Equal(1, _measured.Sums["shop.payments.results{method=wallet,result=refunded}"]);
        Assert.Equal(4, _measured.Sums.Count);
    }

    [Fact]
    public async Task A_payment_that_fails_is_counted_with_its_reason()
    {
        using var metrics = new PaymentMetrics(_measured.Factory);
        await using var db = await OpenAsync(metrics);
        var payments = PaymentsOf(db);
        await CommitAsync(db, () => payments.ChargeAsync(
            new OrderCharge(Guid.CreateVersion7(), Guid.CreateVersion7(), "buyer@example.com", Money.Of(100_000.01m, "RUB"), PaymentMethod.Wallet), default));
        await CommitAsync(db, () => payments.ChargeAsync(
            new OrderCharge(Guid.CreateVersion7(), Guid.CreateVersion7(), "buyer@example.com", Money.Of(1, "RUB"), PaymentMethod.Card), default));

        Assert.Equal(1, _measured.Sums["shop.payments.results{method=wallet,reason=insufficient_funds,result=failed}"]);
        Assert.Equal(1, _measured.Sums["shop.payments.results{method=card,reason=payment_method_unavailable,result=failed}"]);
        Assert.Equal(2, _measured.Sums.Count);
        Assert.Equal(["insufficient_funds", "payment_method_unavailable"], _log.Lines.Select(line => line.Text.Split(": ")[1]));
    }

    [Fact]
    public async Task A_payment_that_is_called_off_has_no_reason()
    {
        using var metrics = new PaymentMetrics(_measured.Factory);
        await using var db = await OpenAsync(metrics);
        var order = new OrderCharge(Guid.CreateVersion7(), Guid.CreateVersion7(), "buyer@example.com", Money.Of(1, "RUB"), PaymentMethod.Card);
        db.Payments.Add(Payment.For(order, DateTimeOffset.UtcNow));
        await db.SaveChangesAsync();
        await CommitAsync(db, () => PaymentsOf(db).CancelAsync(order.OrderId, default));

        Assert.Equal([new("shop.payments.results{method=card,result=cancelled}", 1)], _measured.Sums);
        Assert.Equal($"The payment of order {order.OrderId} by Card is Cancelled", Assert.Single(_log.Lines).Text);
    }

    private static Task<T> CommitAsync<T>(PaymentsDbContext db, Func<Task<T>> work) => db.InTransactionAsync(async () =>
    {
        var result = await work();
        await db.SaveChangesAsync();
        return result;
    }, default);

    private static OrderPayments PaymentsOf(PaymentsDbContext db)
    {
        var ledger = new GeneralLedger(db, TimeProvider.System);
        var wallets = new WalletOpening(db, ledger, Options.Create(new WalletOptions { WelcomeBonus = 1_000 }), TimeProvider.System);
        return new OrderPayments(db, ledger, wallets, TimeProvider.System);
    }

    private async Task<PaymentsDbContext> OpenAsync(PaymentMetrics metrics) => new(
        new DbContextOptionsBuilder<PaymentsDbContext>()
            .UseNpgsql(await shop.CreateDatabaseAsync<PaymentsDbContext>())
            .AddInterceptors(AfterCommitInterceptor.Instance, new CommittedPayments(metrics, _log)).Options);
}
