namespace Shop.Payments.Ledger;

/// <summary>What an account is for.</summary>
internal enum AccountKind
{
    /// <summary>A user's money; never below zero.</summary>
    Wallet,

    /// <summary>Where bonuses come from.</summary>
    Promotion,

    /// <summary>Where the price of orders goes.</summary>
    Sales,

    /// <summary>The outside world, where deposits come from.</summary>
    CashIn,
}

/// <summary>
/// An account of the ledger. A wallet caches its balance, which also is the lock that concurrent postings meet on.
/// A system account has none: it is part of nearly every posting, and a balance row would make them all wait for each other.
/// </summary>
internal sealed class Account
{
    private Account()
    {
    }

    /// <summary>The account's name in the ledger: see <see cref="WalletId"/> and <see cref="SystemId"/>.</summary>
    public string Id { get; private init; } = "";

    public AccountKind Kind { get; private init; }

    public Guid? UserId { get; private init; }

    public string Currency { get; private init; } = "";

    /// <summary>The sum of a wallet's entries; null for a system account.</summary>
    public long? BalanceMinor { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>The account that holds a user's money in a currency.</summary>
    public static string WalletId(Guid userId, string currency) => $"wallet:{userId}:{currency}";

    /// <summary>The shop's own account of this kind in a currency.</summary>
    public static string SystemId(AccountKind kind, string currency) => kind switch
    {
        AccountKind.Promotion => $"promotion:{currency}",
        AccountKind.Sales => $"sales:{currency}",
        AccountKind.CashIn => $"cash_in:{currency}",
        AccountKind.Wallet => throw new ArgumentException("A wallet belongs to a user.", nameof(kind)),
    };

    /// <summary>Opens an empty wallet.</summary>
    public static Account OpenWallet(Guid userId, string currency, DateTimeOffset now) => new()
    {
        Id = WalletId(userId, currency),
        Kind = AccountKind.Wallet,
        UserId = userId,
        Currency = currency,
        BalanceMinor = 0,
        CreatedAt = now,
    };

    /// <summary>Whether an account's id is that of a wallet.</summary>
    public static bool IsWallet(string accountId) => accountId.StartsWith("wallet:", StringComparison.Ordinal);

    /// <summary>Whether the wallet stays at or above zero after this entry.</summary>
    public bool CanTake(long amountMinor) => checked(Balance() + amountMinor) >= 0;

    /// <summary>Adds an entry to the wallet's balance, as the database does when the entry is written.</summary>
    /// <exception cref="InvalidOperationException">The wallet would go below zero.</exception>
    public void Take(long amountMinor)
    {
        if (!CanTake(amountMinor))
            throw new InvalidOperationException($"Account {Id} would go below zero.");
        BalanceMinor = Balance() + amountMinor;
    }

    private long Balance() => BalanceMinor ?? throw new InvalidOperationException($"Account {Id} has no balance of its own.");
}
