using System.ComponentModel.DataAnnotations;

namespace Shop.Payments.Wallets;

/// <summary>From the configuration section <c>Payments</c>.</summary>
internal sealed class WalletOptions
{
    public const string Section = "Payments";

    /// <summary>What the promotion account gives to a new user's wallet, in roubles; nothing by default.</summary>
    [Range(0, 1_000_000)]
    public decimal WelcomeBonus { get; set; }
}
