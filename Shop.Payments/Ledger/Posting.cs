namespace Shop.Payments.Ledger;

/// <summary>Why money moved.</summary>
internal enum LedgerTransactionKind
{
    /// <summary>A new user's bonus: promotion to wallet.</summary>
    Welcome,

    /// <summary>Money came in: cash-in to wallet.</summary>
    Deposit,

    /// <summary>An order was paid: wallet to sales.</summary>
    Charge,

    /// <summary>An order's money went back: sales to wallet.</summary>
    Refund,
}

/// <summary>One side of a posting.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Amount">What it gains; negative for what it gives.</param>
internal readonly record struct PostingLine(string AccountId, Money Amount);

/// <summary>A movement of money that is to be applied once, as a whole or not at all.</summary>
internal sealed record Posting
{
    /// <summary>A posting of these lines.</summary>
    /// <exception cref="ArgumentException">The lines are fewer than two, one of them is zero, or they do not sum to zero in each currency.</exception>
    public Posting(string externalId, LedgerTransactionKind kind, Guid? orderId, IReadOnlyList<PostingLine> lines)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(externalId);
        if (lines.Count < 2)
            throw new ArgumentException("A posting has at least two lines.", nameof(lines));
        if (lines.Any(line => line.Amount.Minor == 0))
            throw new ArgumentException("A posting has no empty lines.", nameof(lines));
        if (lines.GroupBy(line => line.Amount.Currency).Any(group => group.Sum(line => line.Amount.Minor) != 0))
            throw new ArgumentException("A posting sums to zero in each currency.", nameof(lines));

        (ExternalId, Kind, OrderId, Lines) = (externalId, kind, orderId, lines);
    }

    /// <summary>What makes it unique: the same id is applied once.</summary>
    public string ExternalId { get; }

    public LedgerTransactionKind Kind { get; }

    public Guid? OrderId { get; }

    public IReadOnlyList<PostingLine> Lines { get; }

    /// <summary>The bonus of a new user.</summary>
    public static Posting Welcome(Guid userId, Money amount) => Move(
        $"welcome:{userId}", LedgerTransactionKind.Welcome, null,
        Account.SystemId(AccountKind.Promotion, amount.Currency), Account.WalletId(userId, amount.Currency), amount);

    /// <summary>Money that came in.</summary>
    public static Posting Deposit(Guid depositId, Guid userId, Money amount) => Move(
        $"deposit:{depositId}", LedgerTransactionKind.Deposit, null,
        Account.SystemId(AccountKind.CashIn, amount.Currency), Account.WalletId(userId, amount.Currency), amount);

    /// <summary>The price of an order.</summary>
    public static Posting Charge(Guid orderId, Guid userId, Money amount) => Move(
        $"order:{orderId}:charge", LedgerTransactionKind.Charge, orderId,
        Account.WalletId(userId, amount.Currency), Account.SystemId(AccountKind.Sales, amount.Currency), amount);

    /// <summary>The price of an order, or a part of it, given back.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="userId">Who paid.</param>
    /// <param name="amount">What is given back.</param>
    /// <param name="refundedBefore">What was given back earlier; it tells one part from the next.</param>
    public static Posting Refund(Guid orderId, Guid userId, Money amount, Money refundedBefore) => Move(
        refundedBefore.Minor == 0 ? $"order:{orderId}:refund" : $"order:{orderId}:refund:{refundedBefore.Minor}",
        LedgerTransactionKind.Refund, orderId,
        Account.SystemId(AccountKind.Sales, amount.Currency), Account.WalletId(userId, amount.Currency), amount);

    private static Posting Move(string externalId, LedgerTransactionKind kind, Guid? orderId, string from, string to, Money amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amount.Minor, nameof(amount));
        return new Posting(externalId, kind, orderId, [new(from, amount with { Minor = -amount.Minor }), new(to, amount)]);
    }
}
