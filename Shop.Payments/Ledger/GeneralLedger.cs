using Microsoft.EntityFrameworkCore;
using Shop.Payments.Data;

namespace Shop.Payments.Ledger;

/// <summary>What became of a posting.</summary>
internal enum PostingResult
{
    /// <summary>The money moved.</summary>
    Applied,

    /// <summary>It moved earlier, under the same external id.</summary>
    AlreadyApplied,

    /// <summary>A wallet would have gone below zero; nothing moved.</summary>
    InsufficientFunds,

    /// <summary>A wallet is not open; nothing moved.</summary>
    NoWallet,
}

/// <summary>
/// Applies postings. Wallets are locked in the order of their ids, so that postings never deadlock, and the external id
/// is looked up under that lock: of two equal postings the second finds the first.
/// </summary>
internal sealed class GeneralLedger(PaymentsDbContext db, TimeProvider time)
{
    /// <summary>Applies a posting in the open transaction; the caller saves and commits.</summary>
    /// <exception cref="InvalidOperationException">There is no open transaction.</exception>
    public async Task<PostingResult> PostAsync(Posting posting, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("A posting belongs in the transaction of what caused it.");

        var walletIds = posting.Lines.Select(line => line.AccountId).Where(Account.IsWallet).Distinct().ToArray();
        var wallets = await db.Accounts
            .FromSql($"""
                SELECT id, kind, user_id, currency, balance_minor, created_at FROM accounts
                WHERE id = ANY ({walletIds}) ORDER BY id FOR NO KEY UPDATE
                """)
            .ToDictionaryAsync(account => account.Id, cancellationToken);
        if (wallets.Count < walletIds.Length)
            return PostingResult.NoWallet;

        if (await db.LedgerTransactions.AnyAsync(transaction => transaction.ExternalId == posting.ExternalId, cancellationToken))
            return PostingResult.AlreadyApplied;
        if (LedgerTransaction.TryApply(posting, wallets, time.GetUtcNow()) is not { } applied)
            return PostingResult.InsufficientFunds;

        db.LedgerTransactions.Add(applied);
        return PostingResult.Applied;
    }
}
