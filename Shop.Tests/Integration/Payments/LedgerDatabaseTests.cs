using Npgsql;

namespace Shop.Tests.Integration.Payments;

/// <summary>What the database itself refuses, whatever code asks for it.</summary>
[Collection(ShopGroup.Name)]
public sealed class LedgerDatabaseTests(ShopFixture shop)
{
    [Fact]
    public async Task A_group_that_does_not_sum_to_zero_cannot_commit() => Assert.Equal("ledger_transaction_sums_to_zero",
        (await RefusedAsync(database => PostAsync(database, ("promotion:RUB", "RUB", -100), ("sales:RUB", "RUB", 99)))).ConstraintName);

    [Fact]
    public async Task A_group_that_sums_to_zero_only_across_currencies_cannot_commit() => Assert.Equal("ledger_transaction_sums_to_zero",
        (await RefusedAsync(database => PostAsync(database, ("promotion:RUB", "RUB", -100), ("sales:USD", "USD", 100)))).ConstraintName);

    [Fact]
    public async Task A_group_without_entries_cannot_commit() => Assert.Equal("ledger_transaction_has_entries",
        (await RefusedAsync(database => PostAsync(database))).ConstraintName);

    [Fact]
    public async Task An_entry_has_the_currency_of_its_account() => Assert.Equal(PostgresErrorCodes.ForeignKeyViolation,
        (await RefusedAsync(database => PostAsync(database, ("promotion:RUB", "USD", -100), ("sales:RUB", "USD", 100)))).SqlState);

    [Fact]
    public async Task An_external_id_is_applied_once()
    {
        var externalId = $"test:{Guid.CreateVersion7()}";
        await using var database = await shop.OpenDatabaseAsync("paymentsdb");
        await PostAsync(database, externalId, ("promotion:RUB", "RUB", -100), ("sales:RUB", "RUB", 100));
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            PostAsync(database, externalId, ("promotion:RUB", "RUB", -100), ("sales:RUB", "RUB", 100)));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
    }

    [Fact]
    public async Task A_wallet_cannot_go_below_zero()
    {
        var buyer = await shop.RegisterCustomerAsync();
        await Wallet.UntilOpenAsync(shop, buyer);
        Assert.Equal("accounts_wallet_never_negative",
            (await RefusedAsync(database => Wallet.ChargeAsync(database, buyer.Id, 100_000_01))).ConstraintName);
    }

    [Fact]
    public async Task Nothing_is_added_to_a_transaction_that_is_complete()
    {
        var externalId = $"test:{Guid.CreateVersion7()}";
        await using var database = await shop.OpenDatabaseAsync("paymentsdb");
        await PostAsync(database, externalId, ("promotion:RUB", "RUB", -100), ("sales:RUB", "RUB", 100));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Wallet.ExecuteAsync(database, """
            INSERT INTO ledger_entries (transaction_id, line, account_id, currency, amount_minor)
            SELECT id, line + 2, account, 'RUB', amount FROM ledger_transactions, (VALUES (1, 'promotion:RUB', -50), (2, 'sales:RUB', 50)) AS more (line, account, amount)
            WHERE external_id = $1
            """, externalId));
        Assert.Equal("ledger_transaction_is_sealed", refused.ConstraintName);
    }

    [Theory]
    [InlineData("UPDATE accounts SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'")]
    [InlineData("INSERT INTO accounts (id, kind, user_id, currency, balance_minor) VALUES ('wallet:x:RUB', 'wallet', gen_random_uuid(), 'RUB', 1)")]
    public async Task A_balance_changes_by_entries_only(string sql)
    {
        await Wallet.UntilOpenAsync(shop, await shop.RegisterCustomerAsync());
        Assert.Equal("accounts_balance_follows_entries", (await RefusedAsync(database => Wallet.ExecuteAsync(database, sql))).ConstraintName);
    }

    [Theory]
    [InlineData("UPDATE ledger_entries SET amount_minor = amount_minor + 1")]
    [InlineData("UPDATE ledger_transactions SET id = id")]
    [InlineData("DELETE FROM ledger_entries")]
    [InlineData("DELETE FROM ledger_transactions")]
    [InlineData("TRUNCATE ledger_entries, ledger_transactions")]
    public async Task What_was_written_stays(string sql)
    {
        var refused = await RefusedAsync(database => Wallet.ExecuteAsync(database, sql));
        Assert.Contains(refused.SqlState, new[] { PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.RestrictViolation });
    }

    private async Task<PostgresException> RefusedAsync(Func<NpgsqlConnection, Task> work)
    {
        await using var database = await shop.OpenDatabaseAsync("paymentsdb");
        return await Assert.ThrowsAsync<PostgresException>(() => work(database));
    }

    private static Task PostAsync(NpgsqlConnection database, params (string Account, string Currency, long Minor)[] entries) =>
        PostAsync(database, $"test:{Guid.CreateVersion7()}", entries);

    private static async Task PostAsync(NpgsqlConnection database, string externalId, params (string Account, string Currency, long Minor)[] entries)
    {
        await using var transaction = await database.BeginTransactionAsync();
        var id = Guid.CreateVersion7();
        await Wallet.ExecuteAsync(database, "INSERT INTO ledger_transactions (id, external_id, kind, created_at) VALUES ($1, $2, 'deposit', now())", id, externalId);
        foreach (var (number, (account, currency, minor)) in entries.Index())
            await Wallet.ExecuteAsync(database,
                "INSERT INTO ledger_entries (transaction_id, line, account_id, currency, amount_minor) VALUES ($1, $2, $3, $4, $5)",
                id, number + 1, account, currency, minor);
        await transaction.CommitAsync();
    }
}
