using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Shop.Payments.Data;
using Shop.Payments.Ledger;

namespace Shop.Payments.Wallets;

/// <summary>Opens wallets. Whoever comes first opens it: the event of a new user, a charge, or the user.</summary>
internal sealed class WalletOpening(PaymentsDbContext db, GeneralLedger ledger, IOptions<WalletOptions> options, TimeProvider time)
{
    /// <summary>Opens the wallet, with the welcome bonus, if it is not open. Runs in the caller's transaction; the caller saves.</summary>
    /// <returns>Whether it was opened now.</returns>
    public async Task<bool> EnsureOpenAsync(Guid userId, string currency, CancellationToken cancellationToken)
    {
        var wallet = Account.OpenWallet(userId, currency, time.GetUtcNow());
        var opened = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts (id, kind, user_id, currency, balance_minor, created_at)
            VALUES ({wallet.Id}, 'wallet', {userId}, {currency}, {wallet.BalanceMinor}, {wallet.CreatedAt})
            ON CONFLICT DO NOTHING
            """, cancellationToken) == 1;

        if (opened && currency == Money.DefaultCurrency && Money.Of(options.Value.WelcomeBonus, currency) is { Minor: > 0 } bonus)
            await ledger.PostAsync(Posting.Welcome(userId, bonus), cancellationToken);
        return opened;
    }
}
