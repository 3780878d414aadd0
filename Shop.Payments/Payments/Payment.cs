using Shop.Payments.Ledger;

namespace Shop.Payments.Payments;

/// <summary>How an order is paid.</summary>
internal enum PaymentMethod
{
    /// <summary>The buyer's wallet.</summary>
    Wallet,

    /// <summary>A bank card.</summary>
    Card,

    /// <summary>The Faster Payments System.</summary>
    Sbp,

    /// <summary>A cryptocurrency.</summary>
    Crypto,

    /// <summary>Cash, when the order arrives.</summary>
    CashOnDelivery,
}

/// <summary>Where a payment stands.</summary>
internal enum PaymentStatus
{
    /// <summary>Not decided yet.</summary>
    Pending,

    /// <summary>The money is ours.</summary>
    Captured,

    /// <summary>Declined; nothing was taken.</summary>
    Failed,

    /// <summary>All of it was given back.</summary>
    Refunded,

    /// <summary>Called off before anything was taken.</summary>
    Cancelled,
}

/// <summary>The payment of an order. An order has at most one.</summary>
internal sealed class Payment
{
    private Payment()
    {
    }

    public Guid Id { get; private init; }

    public Guid OrderId { get; private init; }

    /// <summary>Who pays; null when the order was called off before a charge was asked for.</summary>
    public Guid? CustomerId { get; private init; }

    public string? CustomerEmail { get; private init; }

    public long AmountMinor { get; private init; }

    public long RefundedMinor { get; private set; }

    public string Currency { get; private init; } = "";

    public PaymentMethod Method { get; private init; }

    public PaymentStatus Status { get; private set; }

    /// <summary>Why it failed: one of <see cref="FailureReasons"/>.</summary>
    public string? FailureReason { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public Money Amount => new(AmountMinor, Currency);

    public Money Refunded => new(RefundedMinor, Currency);

    /// <summary>What can still be given back.</summary>
    public Money Refundable => new(Status == PaymentStatus.Captured ? AmountMinor - RefundedMinor : 0, Currency);

    /// <summary>The payment that an order asks for.</summary>
    public static Payment For(OrderCharge order, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrderId = order.OrderId,
        CustomerId = order.CustomerId,
        CustomerEmail = order.CustomerEmail,
        AmountMinor = order.Amount.Minor,
        Currency = order.Amount.Currency,
        Method = order.Method,
        Status = PaymentStatus.Pending,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>Stands where a payment would be, so that a charge that comes after the cancellation is refused.</summary>
    public static Payment Tombstone(Guid orderId, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrderId = orderId,
        Currency = Money.DefaultCurrency,
        Status = PaymentStatus.Cancelled,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>The money was taken.</summary>
    public void Capture(DateTimeOffset now) => Become(PaymentStatus.Captured, now);

    /// <summary>The payment was declined.</summary>
    public void Fail(string reason, DateTimeOffset now)
    {
        Become(PaymentStatus.Failed, now);
        FailureReason = reason;
    }

    /// <summary>It was called off.</summary>
    public void Cancel(DateTimeOffset now) => Become(PaymentStatus.Cancelled, now);

    /// <summary>All of it or a part was given back.</summary>
    /// <exception cref="InvalidOperationException">The amount is more than <see cref="Refundable"/>.</exception>
    public void Refund(Money amount, DateTimeOffset now)
    {
        if (amount.Currency != Currency || amount.Minor <= 0 || amount.Minor > Refundable.Minor)
            throw new InvalidOperationException($"{amount} of payment {Id} cannot be refunded; {Refundable} can.");

        RefundedMinor += amount.Minor;
        UpdatedAt = now;
        if (RefundedMinor == AmountMinor)
            Become(PaymentStatus.Refunded, now);
    }

    private void Become(PaymentStatus status, DateTimeOffset now)
    {
        var isLegal = (Status, status) is
            (PaymentStatus.Pending, PaymentStatus.Captured or PaymentStatus.Failed or PaymentStatus.Cancelled)
            or (PaymentStatus.Captured, PaymentStatus.Refunded);
        if (!isLegal)
            throw new InvalidOperationException($"Payment {Id} is {Status} and cannot become {status}.");
        (Status, UpdatedAt) = (status, now);
    }
}

/// <summary>What an order asks to be charged.</summary>
internal sealed record OrderCharge(Guid OrderId, Guid CustomerId, string CustomerEmail, Money Amount, PaymentMethod Method);

/// <summary>Why a payment fails, in words that clients can switch on.</summary>
internal static class FailureReasons
{
    public const string InsufficientFunds = "insufficient_funds";
    public const string MethodUnavailable = "payment_method_unavailable";
}
