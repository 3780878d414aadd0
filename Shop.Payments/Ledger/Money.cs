using System.Diagnostics.CodeAnalysis;

namespace Shop.Payments.Ledger;

/// <summary>An amount of a currency, counted in its minor units (kopecks, cents) so that no fraction is ever lost.</summary>
/// <param name="Minor">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
internal readonly record struct Money(long Minor, string Currency)
{
    /// <summary>The currency of prices and wallets where none is named.</summary>
    public const string DefaultCurrency = "RUB";

    /// <summary>The largest amount that one request may move, in major units.</summary>
    public const double MaxAmount = 1_000_000_000;

    /// <remarks>Each of <see cref="Currencies"/> has a hundred minor units.</remarks>
    private const int MinorUnits = 100;
    private const decimal MinorUnit = 0.01m;

    /// <summary>The currencies that have accounts.</summary>
    private static readonly string[] Currencies = ["RUB", "USD", "EUR"];

    /// <summary>The amount in major units with its two decimals, as it is written on the wire.</summary>
    public decimal Amount => Minor * MinorUnit;

    /// <summary>Whether there are accounts in this currency.</summary>
    public static bool IsSupported([NotNullWhen(true)] string? currency) => Currencies.Contains(currency);

    /// <summary>Reads an amount in major units.</summary>
    /// <exception cref="ArgumentException">The currency has no accounts, or the amount is finer than its minor unit.</exception>
    public static Money Of(decimal amount, string currency)
    {
        if (!IsSupported(currency))
            throw new ArgumentException($"{currency} is not one of {string.Join(", ", Currencies)}.", nameof(currency));

        var minor = amount * MinorUnits;
        return minor == decimal.Truncate(minor)
            ? new Money((long)minor, currency)
            : throw new ArgumentException($"{amount} {currency} is finer than the currency's minor unit.", nameof(amount));
    }

    /// <summary>Whether the amount is a whole number of minor units.</summary>
    public static bool IsWholeMinorUnits(decimal amount) => decimal.Truncate(amount * MinorUnits) == amount * MinorUnits;
}
