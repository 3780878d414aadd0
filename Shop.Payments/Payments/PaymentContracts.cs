using System.ComponentModel.DataAnnotations;
using Shop.Payments.Ledger;

namespace Shop.Payments.Payments;

/// <summary>An order to charge now.</summary>
/// <param name="OrderId">The order; it is charged once, however often this is asked.</param>
/// <param name="CustomerId">Whose wallet pays.</param>
/// <param name="CustomerEmail">The buyer's address.</param>
/// <param name="Amount">In major units.</param>
/// <param name="Method">How it is paid.</param>
/// <param name="Currency">ISO 4217; roubles by default.</param>
internal sealed record ProcessPaymentRequest(
    Guid OrderId,
    Guid CustomerId,
    [Required, EmailAddress, StringLength(254)] string CustomerEmail,
    [Range(0.01, Money.MaxAmount)] decimal Amount,
    PaymentMethod Method = PaymentMethod.Wallet,
    [AllowedValues("RUB", "USD", "EUR")] string Currency = Money.DefaultCurrency) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Money.IsWholeMinorUnits(Amount))
            yield return new ValidationResult("The amount has more than two decimals.", [nameof(Amount)]);
        if (OrderId == Guid.Empty)
            yield return new ValidationResult("The order is missing.", [nameof(OrderId)]);
        if (CustomerId == Guid.Empty)
            yield return new ValidationResult("The customer is missing.", [nameof(CustomerId)]);
    }
}

/// <summary>How a charge or its cancellation ended.</summary>
/// <param name="Success">Whether the money is as the caller asked.</param>
/// <param name="PaymentId">The payment.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it was declined, if it was.</param>
internal sealed record ProcessPaymentResponse(bool Success, Guid PaymentId, PaymentStatus Status, string? Reason);

/// <summary>Money to give back.</summary>
/// <param name="Amount">In major units; all that is left by default.</param>
internal sealed record RefundRequest([Range(0.01, Money.MaxAmount)] decimal? Amount = null) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Amount is { } amount && !Money.IsWholeMinorUnits(amount))
            yield return new ValidationResult("The amount has more than two decimals.", [nameof(Amount)]);
    }
}

/// <summary>A payment, in major units.</summary>
internal sealed record PaymentResponse(
    Guid Id,
    Guid OrderId,
    string? CustomerEmail,
    decimal Amount,
    decimal RefundedAmount,
    string Currency,
    PaymentMethod Method,
    PaymentStatus Status,
    string? FailureReason,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static PaymentResponse From(Payment payment) => new(
        payment.Id,
        payment.OrderId,
        payment.CustomerEmail,
        payment.Amount.Amount,
        payment.Refunded.Amount,
        payment.Currency,
        payment.Method,
        payment.Status,
        payment.FailureReason,
        payment.CreatedAt,
        payment.UpdatedAt);
}
