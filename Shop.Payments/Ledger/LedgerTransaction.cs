namespace Shop.Payments.Ledger;

/// <summary>A posting that was applied. It is never changed or deleted.</summary>
internal sealed class LedgerTransaction
{
    private readonly List<LedgerEntry> _entries = [];

    private LedgerTransaction()
    {
    }

    public Guid Id { get; private init; }

    public string ExternalId { get; private init; } = "";

    public LedgerTransactionKind Kind { get; private init; }

    public Guid? OrderId { get; private init; }

    public DateTimeOffset CreatedAt { get; private init; }

    public IReadOnlyList<LedgerEntry> Entries => _entries;

    /// <summary>Applies a posting to the wallets it touches, or to none of them.</summary>
    /// <param name="posting">The posting.</param>
    /// <param name="wallets">Every wallet of the posting, by id, locked by the caller.</param>
    /// <param name="now">The time of the transaction.</param>
    /// <returns>Null when a wallet would go below zero; then nothing was changed.</returns>
    /// <exception cref="InvalidOperationException">A wallet of the posting is missing.</exception>
    public static LedgerTransaction? TryApply(Posting posting, IReadOnlyDictionary<string, Account> wallets, DateTimeOffset now)
    {
        var changes = posting.Lines
            .Where(line => Account.IsWallet(line.AccountId))
            .GroupBy(line => line.AccountId, line => line.Amount.Minor)
            .Select(lines => (
                Wallet: wallets.GetValueOrDefault(lines.Key) ?? throw new InvalidOperationException($"There is no account {lines.Key}."),
                AmountMinor: lines.Sum()))
            .ToList();
        if (!changes.TrueForAll(change => change.Wallet.CanTake(change.AmountMinor)))
            return null;

        foreach (var (wallet, amountMinor) in changes)
            wallet.Take(amountMinor);

        var transaction = new LedgerTransaction
        {
            Id = Guid.CreateVersion7(now),
            ExternalId = posting.ExternalId,
            Kind = posting.Kind,
            OrderId = posting.OrderId,
            CreatedAt = now,
        };
        transaction._entries.AddRange(posting.Lines.Select((line, index) => new LedgerEntry(transaction.Id, index + 1, line)));
        return transaction;
    }
}

/// <summary>One line of a ledger transaction.</summary>
internal sealed class LedgerEntry
{
    private LedgerEntry()
    {
    }

    public LedgerEntry(Guid transactionId, int number, PostingLine line)
    {
        TransactionId = transactionId;
        Line = number;
        AccountId = line.AccountId;
        Currency = line.Amount.Currency;
        AmountMinor = line.Amount.Minor;
    }

    public Guid TransactionId { get; private init; }

    public int Line { get; private init; }

    public string AccountId { get; private init; } = "";

    public string Currency { get; private init; } = "";

    /// <summary>What the account gained; negative for what it gave.</summary>
    public long AmountMinor { get; private init; }
}
