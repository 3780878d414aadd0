using Microsoft.EntityFrameworkCore;
using Shop.Payments.Data;
using Shop.Payments.Ledger;
using Shop.Payments.Wallets;
using Shop.ServiceDefaults;

namespace Shop.Payments.Payments;

/// <summary>
/// Charges orders and gives their money back. Each method runs in the caller's transaction, locks the order's payment
/// before any wallet, and leaves saving and telling others to the caller.
/// </summary>
internal sealed class OrderPayments(PaymentsDbContext db, GeneralLedger ledger, WalletOpening wallets, TimeProvider time)
{
    /// <summary>Charges an order once. A payment that was decided earlier is returned as it stands.</summary>
    /// <returns>The payment, and whether it was decided now.</returns>
    public async Task<(Payment Payment, bool Decided)> ChargeAsync(OrderCharge order, CancellationToken cancellationToken)
    {
        var payment = await ClaimAsync(Payment.For(order, time.GetUtcNow()), cancellationToken);
        if (payment.Status != PaymentStatus.Pending)
            return (payment, Decided: false);

        if (order.Method != PaymentMethod.Wallet)
        {
            payment.Fail(FailureReasons.MethodUnavailable, time.GetUtcNow());
            return (payment, Decided: true);
        }

        var charge = Posting.Charge(order.OrderId, order.CustomerId, order.Amount);
        var result = await ledger.PostAsync(charge, cancellationToken);
        if (result == PostingResult.NoWallet)
        {
            await wallets.EnsureOpenAsync(order.CustomerId, order.Amount.Currency, cancellationToken);
            result = await ledger.PostAsync(charge, cancellationToken);
        }
        if (result == PostingResult.InsufficientFunds)
            payment.Fail(FailureReasons.InsufficientFunds, time.GetUtcNow());
        else
            payment.Capture(time.GetUtcNow());
        return (payment, Decided: true);
    }

    /// <summary>Undoes an order's payment: what was taken goes back, and what was not yet asked for will be refused.</summary>
    /// <returns>The payment, and what was given back now.</returns>
    public async Task<(Payment Payment, Money Returned)> CancelAsync(Guid orderId, CancellationToken cancellationToken)
    {
        var payment = await ClaimAsync(Payment.Tombstone(orderId, time.GetUtcNow()), cancellationToken);
        if (payment.Status == PaymentStatus.Pending)
            payment.Cancel(time.GetUtcNow());

        var refundable = payment.Refundable;
        if (refundable.Minor > 0)
            await RefundAsync(payment, refundable, cancellationToken);
        return (payment, refundable);
    }

    /// <summary>Gives back all or a part of a payment that the caller has locked with <see cref="LockAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">The amount is more than can be given back.</exception>
    public async Task RefundAsync(Payment payment, Money amount, CancellationToken cancellationToken)
    {
        var posting = Posting.Refund(payment.OrderId, payment.CustomerId!.Value, amount, payment.Refunded);
        payment.Refund(amount, time.GetUtcNow());
        var result = await ledger.PostAsync(posting, cancellationToken);
        if (result != PostingResult.Applied)
            throw new InvalidOperationException($"The ledger answered {result} to {posting.ExternalId}.");
    }

    /// <summary>Reads a payment and locks it until the transaction ends.</summary>
    public Task<Payment?> LockAsync(Guid paymentId, CancellationToken cancellationToken) => db.Payments
        .FromSql($"SELECT * FROM payments WHERE id = {paymentId} FOR NO KEY UPDATE")
        .SingleOrDefaultAsync(cancellationToken);

    /// <summary>Inserts the payment unless the order has one, and locks whichever there is.</summary>
    private async Task<Payment> ClaimAsync(Payment payment, CancellationToken cancellationToken)
    {
        var method = SnakeCase.Of(payment.Method);
        var status = SnakeCase.Of(payment.Status);
        var claimed = await db.Payments
            .FromSql($"""
                INSERT INTO payments (id, order_id, customer_id, customer_email, amount_minor, currency, method, status, created_at, updated_at)
                VALUES ({payment.Id}, {payment.OrderId}, {payment.CustomerId}, {payment.CustomerEmail}, {payment.AmountMinor},
                        {payment.Currency}, {method}, {status}, {payment.CreatedAt}, {payment.UpdatedAt})
                ON CONFLICT (order_id) DO UPDATE SET order_id = excluded.order_id
                RETURNING id, order_id, customer_id, customer_email, amount_minor, refunded_minor, currency, method, status, failure_reason,
                          created_at, updated_at
                """)
            .ToListAsync(cancellationToken);
        return claimed.Single();
    }
}
