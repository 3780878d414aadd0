using System.ComponentModel.DataAnnotations;
using Shop.Payments.Ledger;

namespace Shop.Payments.Wallets;

/// <summary>From the configuration section <c>Payments</c>.</summary>
internal sealed class WalletOptions : IValidatableObject
{
    public const string Section = "Payments";

    /// <summary>What the promotion account gives to a new user's wallet, in roubles; nothing by default.</summary>
    [Range(0, 1_000_000)]
    public decimal WelcomeBonus { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Money.IsWholeMinorUnits(WelcomeBonus))
            yield return new ValidationResult("Payments:WelcomeBonus has more than two decimals.", [nameof(WelcomeBonus)]);
    }
}
