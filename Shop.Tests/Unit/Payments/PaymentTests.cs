using Shop.Payments.Ledger;
using Shop.Payments.Payments;

namespace Shop.Tests.Unit.Payments;

/// <summary>The ways of a payment.</summary>
public sealed class PaymentTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Only_a_pending_payment_is_captured_failed_or_cancelled()
    {
        Action<Payment>[] decisions = [payment => payment.Capture(Now), payment => payment.Fail("reason", Now), payment => payment.Cancel(Now)];
        foreach (var first in decisions)
        {
            foreach (var second in decisions)
            {
                var payment = NewPayment();
                first(payment);
                var decided = payment.Status;
                Assert.Throws<InvalidOperationException>(() => second(payment));
                Assert.Equal(decided, payment.Status);
            }
        }
    }

    [Fact]
    public void Parts_are_refunded_up_to_the_whole()
    {
        var payment = NewPayment();
        Assert.Equal(0, payment.Refundable.Minor);
        payment.Capture(Now);

        payment.Refund(Rub(400), Now);
        Assert.Equal((PaymentStatus.Captured, 600L), (payment.Status, payment.Refundable.Minor));
        Assert.Throws<InvalidOperationException>(() => payment.Refund(Rub(601), Now));

        payment.Refund(Rub(600), Now);
        Assert.Equal((PaymentStatus.Refunded, 0L), (payment.Status, payment.Refundable.Minor));
        Assert.Throws<InvalidOperationException>(() => payment.Refund(Rub(1), Now));
    }

    [Fact]
    public void A_tombstone_gives_nothing_back()
    {
        var tombstone = Payment.Tombstone(Guid.CreateVersion7(), Now);
        Assert.Equal((PaymentStatus.Cancelled, 0L), (tombstone.Status, tombstone.Refundable.Minor));
        Assert.Throws<InvalidOperationException>(() => tombstone.Capture(Now));
    }

    private static Money Rub(long minor) => new(minor, "RUB");

    private static Payment NewPayment() =>
        Payment.For(new OrderCharge(Guid.CreateVersion7(), Guid.CreateVersion7(), "buyer@example.com", Rub(1_000), PaymentMethod.Wallet), Now);
}
