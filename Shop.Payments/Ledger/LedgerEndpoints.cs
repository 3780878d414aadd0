using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Payments.Data;
using Shop.ServiceDefaults.Security;

namespace Shop.Payments.Ledger;

/// <summary>Whether the books are right.</summary>
/// <param name="Currencies">The entries of each currency.</param>
/// <param name="DifferingAccounts">Wallets whose cached balance is not the sum of their entries; zero when the books are right.</param>
internal sealed record LedgerSummary(IReadOnlyList<CurrencySummary> Currencies, int DifferingAccounts);

/// <summary>All entries of a currency.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Sum">The sum of all entries; zero when the books are right.</param>
/// <param name="Entries">How many entries there are.</param>
internal sealed record CurrencySummary(string Currency, decimal Sum, long Entries);

/// <summary>The ledger's endpoints and services.</summary>
internal static class LedgerEndpoints
{
    public static void AddLedger(this IHostApplicationBuilder builder) => builder.Services.AddScoped<GeneralLedger>();

    public static void MapLedger(this IEndpointRouteBuilder app) =>
        app.MapGet("/ledger/summary", SummarizeAsync)
            .RequirePermission(Permissions.PaymentsReadAll)
            .WithTags("Ledger")
            .WithSummary("Checks the books: entries sum to zero in each currency, cached balances equal their entries");

    private static async Task<Ok<LedgerSummary>> SummarizeAsync(PaymentsDbContext db, CancellationToken cancellationToken)
    {
        var sums = await db.LedgerEntries
            .GroupBy(entry => entry.Currency)
            .Select(group => new { Currency = group.Key, Minor = group.Sum(entry => entry.AmountMinor), Entries = group.LongCount() })
            .OrderBy(group => group.Currency)
            .ToListAsync(cancellationToken);
        var differing = await db.Accounts
            .Where(account => account.Kind == AccountKind.Wallet)
            .CountAsync(
                account => account.BalanceMinor != db.LedgerEntries.Where(entry => entry.AccountId == account.Id).Sum(entry => entry.AmountMinor),
                cancellationToken);

        return TypedResults.Ok(new LedgerSummary(
            [.. sums.Select(sum => new CurrencySummary(sum.Currency, new Money(sum.Minor, sum.Currency).Amount, sum.Entries))],
            differing));
    }
}
