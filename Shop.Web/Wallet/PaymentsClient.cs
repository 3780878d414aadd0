using System.Globalization;
using Shop.Web.Api;

namespace Shop.Web.Wallet;

internal sealed record WalletBalance(decimal Balance, string Currency);

internal sealed record WalletTransaction(Guid Id, string Kind, decimal Amount, string Currency, Guid? OrderId, DateTimeOffset CreatedAt);

/// <summary>The signed-in user's wallet.</summary>
internal sealed class PaymentsClient(HttpClient http)
{
    /// <returns>Null when the user has no wallet yet.</returns>
    public async Task<WalletBalance?> FindBalanceAsync(CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync("/accounts/balance", cancellationToken);
        return await response.FindAsync<WalletBalance>(cancellationToken);
    }

    public async Task<Page<WalletTransaction>> ListTransactionsAsync(int page, int pageSize, CancellationToken cancellationToken)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"/accounts/transactions?page={page}&page_size={pageSize}");
        using var response = await http.GetAsync(address, cancellationToken);
        return await response.ReadPageAsync<WalletTransaction>(page, pageSize, cancellationToken);
    }
}
