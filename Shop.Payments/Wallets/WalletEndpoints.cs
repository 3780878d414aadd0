using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Payments.Data;
using Shop.Payments.Ledger;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Idempotency;
using Shop.ServiceDefaults.Security;

namespace Shop.Payments.Wallets;

/// <summary>The buyer's own wallet.</summary>
internal static class WalletEndpoints
{
    public static void AddWallets(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<WalletOptions>().BindConfiguration(WalletOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddScoped<WalletOpening>();
    }

    public static void MapWallets(this IEndpointRouteBuilder app)
    {
        var accounts = app.MapGroup("/accounts").RequireAuthorization().WithTags("Wallets");
        accounts.MapPost("", OpenAsync).WithIdempotency<PaymentsDbContext>()
            .WithSummary("Opens the caller's wallet in a currency; 200 when it is open already");
        accounts.MapPost("/deposit", DepositAsync).WithIdempotency<PaymentsDbContext>()
            .WithSummary("Puts money into a wallet: with payments.deposit into any, in development into one's own");
        accounts.MapGet("/balance", GetBalanceAsync)
            .WithSummary("What the caller's wallet holds; a wallet that is not open yet holds nothing");
        accounts.MapGet("/transactions", ListTransactionsAsync)
            .WithSummary("The movements of the caller's wallet, newest first");
    }

    private static async Task<Results<Created<WalletResponse>, Ok<WalletResponse>>> OpenAsync(
        OpenWalletRequest request, ClaimsPrincipal user, PaymentsDbContext db, WalletOpening wallets, CancellationToken cancellationToken)
    {
        var userId = user.UserId();
        var opened = await db.InTransactionAsync(async () =>
        {
            var opened = await wallets.EnsureOpenAsync(userId, request.Currency, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return opened;
        }, cancellationToken);

        var wallet = await ReadAsync(db, userId, request.Currency, cancellationToken);
        return opened ? TypedResults.Created($"/accounts/balance?currency={request.Currency}", wallet) : TypedResults.Ok(wallet);
    }

    private static async Task<Results<Ok<WalletResponse>, ProblemHttpResult>> DepositAsync(
        DepositRequest request, ClaimsPrincipal user, PaymentsDbContext db, WalletOpening wallets, GeneralLedger ledger,
        IHostEnvironment environment, CancellationToken cancellationToken)
    {
        var userId = request.UserId ?? user.UserId();
        var isOwnInDevelopment = environment.IsDevelopment() && userId == user.FindUserId();
        if (!isOwnInDevelopment && !user.Can(Permissions.PaymentsDeposit))
            return Problems.Create(StatusCodes.Status403Forbidden, "forbidden", $"This needs the permission {Permissions.PaymentsDeposit}.");

        await db.InTransactionAsync(async () =>
        {
            await wallets.EnsureOpenAsync(userId, request.Currency, cancellationToken);
            await ledger.PostAsync(Posting.Deposit(Guid.CreateVersion7(), userId, Money.Of(request.Amount, request.Currency)), cancellationToken);
            return await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
        return TypedResults.Ok(await ReadAsync(db, userId, request.Currency, cancellationToken));
    }

    private static async Task<Results<Ok<WalletResponse>, ProblemHttpResult>> GetBalanceAsync(
        ClaimsPrincipal user, PaymentsDbContext db, CancellationToken cancellationToken, string currency = Money.DefaultCurrency) =>
        Money.IsSupported(currency)
            ? TypedResults.Ok(await ReadAsync(db, user.UserId(), currency, cancellationToken))
            : UnknownCurrency();

    private static async Task<Results<Ok<List<WalletTransactionResponse>>, ProblemHttpResult>> ListTransactionsAsync(
        ClaimsPrincipal user, PaymentsDbContext db, Paging paging, HttpResponse response, CancellationToken cancellationToken,
        string currency = Money.DefaultCurrency)
    {
        if (!Money.IsSupported(currency))
            return UnknownCurrency();

        var accountId = Account.WalletId(user.UserId(), currency);
        var entries = db.LedgerEntries.Where(entry => entry.AccountId == accountId);
        paging.WriteHeaders(response, await entries.LongCountAsync(cancellationToken));
        var page = await entries
            .OrderByDescending(entry => entry.TransactionId)
            .Skip(paging.Offset).Take(paging.PageSize)
            .Join(db.LedgerTransactions, entry => entry.TransactionId, transaction => transaction.Id, (entry, transaction) => new
            {
                transaction.Id,
                transaction.Kind,
                entry.AmountMinor,
                transaction.OrderId,
                transaction.CreatedAt,
            })
            .OrderByDescending(movement => movement.Id)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.ConvertAll(movement => new WalletTransactionResponse(
            movement.Id, movement.Kind, new Money(movement.AmountMinor, currency).Amount, currency, movement.OrderId, movement.CreatedAt)));
    }

    private static async Task<WalletResponse> ReadAsync(PaymentsDbContext db, Guid userId, string currency, CancellationToken cancellationToken)
    {
        var accountId = Account.WalletId(userId, currency);
        var balance = await db.Accounts
            .Where(account => account.Id == accountId)
            .Select(account => account.BalanceMinor)
            .SingleOrDefaultAsync(cancellationToken) ?? 0;
        return new WalletResponse(accountId, new Money(balance, currency).Amount, currency);
    }

    private static ProblemHttpResult UnknownCurrency() => Problems.BadRequest("unknown_currency", "There are no accounts in this currency.");
}
