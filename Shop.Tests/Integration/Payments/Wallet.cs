using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Payments;

/// <summary>A buyer's wallet, as tests look at it and empty it.</summary>
internal static class Wallet
{
    /// <summary>The development bonus, in roubles.</summary>
    public const decimal Bonus = 100_000.00m;

    /// <summary>What the wallet holds, in roubles.</summary>
    public static async Task<decimal> BalanceAsync(HttpClient payments) =>
        (decimal)(await payments.GetFromJsonAsync<JsonObject>("/accounts/balance"))!["balance"]!;

    /// <summary>Waits until the new buyer's wallet is open.</summary>
    public static async Task UntilOpenAsync(ShopFixture shop, Customer buyer)
    {
        using var payments = shop.CreateClient("payments", buyer.Token);
        await Eventually.HoldsAsync(async () => await BalanceAsync(payments) == Bonus, "the wallet has its bonus");
    }

    /// <summary>Takes money out of the wallet by the ledger's own rules.</summary>
    public static async Task ChargeAsync(NpgsqlConnection database, Guid userId, long minor)
    {
        await using var transaction = await database.BeginTransactionAsync();
        var id = Guid.CreateVersion7();
        await ExecuteAsync(database, "INSERT INTO ledger_transactions (id, external_id, kind, created_at) VALUES ($1, $2, 'charge', now())", id, $"test:{id}");
        await ExecuteAsync(database, """
            INSERT INTO ledger_entries (transaction_id, line, account_id, currency, amount_minor)
            VALUES ($1, 1, $2, 'RUB', -$3::bigint), ($1, 2, 'sales:RUB', 'RUB', $3::bigint)
            """, id, AccountOf(userId), minor);
        await transaction.CommitAsync();
    }

    /// <summary>The wallet's account in the ledger.</summary>
    public static string AccountOf(Guid userId) => $"wallet:{userId}:RUB";

    /// <summary>Runs one statement.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection database, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, database);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
