using Microsoft.EntityFrameworkCore.ChangeTracking;
using Shop.Payments.Ledger;
using Shop.Payments.Payments;

namespace Shop.Payments.Diagnostics;

/// <summary>What one save does to a payment.</summary>
/// <param name="OrderId">What it pays for.</param>
/// <param name="Method">How it is paid.</param>
/// <param name="Result">Where it stands now; null when that has not changed.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Captured">What was taken.</param>
/// <param name="Refunded">What was given back.</param>
internal sealed record PaymentStep(Guid OrderId, PaymentMethod Method, PaymentStatus? Result, string? Reason, Money Captured, Money Refunded)
{
    /// <summary>To be read before the save, which makes the new values the original ones.</summary>
    public static PaymentStep Of(EntityEntry<Payment> entry)
    {
        var payment = entry.Entity;
        var before = entry.Property(p => p.Status).OriginalValue;
        var refundedBefore = entry.Property(p => p.RefundedMinor).OriginalValue;
        var isCaptured = before == PaymentStatus.Pending && payment.Status == PaymentStatus.Captured;
        return new PaymentStep(
            payment.OrderId,
            payment.Method,
            payment.Status == before ? null : payment.Status,
            payment.FailureReason,
            new Money(isCaptured ? payment.AmountMinor : 0, payment.Currency),
            new Money(payment.RefundedMinor - refundedBefore, payment.Currency));
    }
}
