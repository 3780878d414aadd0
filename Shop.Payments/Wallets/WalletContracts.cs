using System.ComponentModel.DataAnnotations;
using Shop.Payments.Ledger;

namespace Shop.Payments.Wallets;

/// <summary>A wallet to open.</summary>
/// <param name="Currency">ISO 4217; roubles by default.</param>
internal sealed record OpenWalletRequest([AllowedValues("RUB", "USD", "EUR")] string Currency = Money.DefaultCurrency);

/// <summary>Money to put into a wallet.</summary>
/// <param name="Amount">In major units.</param>
/// <param name="Currency">ISO 4217; roubles by default.</param>
/// <param name="UserId">Whose wallet; the caller's own by default.</param>
internal sealed record DepositRequest(
    [Range(0.01, Money.MaxAmount)] decimal Amount,
    [AllowedValues("RUB", "USD", "EUR")] string Currency = Money.DefaultCurrency,
    Guid? UserId = null) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Money.IsWholeMinorUnits(Amount))
            yield return new ValidationResult("The amount has more than two decimals.", [nameof(Amount)]);
        if (UserId == Guid.Empty)
            yield return new ValidationResult("The user id must not be empty.", [nameof(UserId)]);
    }
}

/// <summary>A user's wallet.</summary>
/// <param name="AccountId">The account in the ledger.</param>
/// <param name="Balance">In major units.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record WalletResponse(string AccountId, decimal Balance, string Currency);

/// <summary>One movement of a wallet.</summary>
/// <param name="Id">The ledger transaction.</param>
/// <param name="Kind">Why the money moved.</param>
/// <param name="Amount">What the wallet gained; negative for what it gave.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="OrderId">The order it was for, if any.</param>
/// <param name="CreatedAt">When.</param>
internal sealed record WalletTransactionResponse(
    Guid Id, LedgerTransactionKind Kind, decimal Amount, string Currency, Guid? OrderId, DateTimeOffset CreatedAt);
