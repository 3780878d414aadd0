using Shop.ServiceDefaults.Database;

namespace Shop.Tests.Unit.ServiceDefaults;

public sealed class StatementNamesTests
{
    [Theory]
    [InlineData("SELECT o.id FROM orders AS o WHERE o.id = @id", "SELECT orders")]
    [InlineData("SELECT 1", "SELECT")]
    [InlineData("INSERT INTO \"outbox\" (id) VALUES ($1)", "INSERT outbox")]
    [InlineData("insert into public.outbox (id) values ($1)", "INSERT outbox")]
    [InlineData("DELETE FROM inbox WHERE handled_at < $1", "DELETE inbox")]
    [InlineData("UPDATE stock SET available = available - 1 WHERE product_id = 1", "UPDATE stock")]
    [InlineData("SELECT sequence FROM outbox WHERE x FOR UPDATE SKIP LOCKED", "SELECT outbox")]
    [InlineData("SELECT id FROM wallets FOR NO KEY UPDATE NOWAIT", "SELECT wallets")]
    [InlineData("INSERT INTO a (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 1", "INSERT a")]
    [InlineData("INSERT INTO a (id) VALUES (1); UPDATE b SET n = 1", "INSERT a; UPDATE b")]
    [InlineData("INSERT INTO a DEFAULT VALUES; INSERT INTO a DEFAULT VALUES", "INSERT a")]
    [InlineData("DELETE FROM a; DELETE FROM b; DELETE FROM c; DELETE FROM d", "DELETE a; DELETE b; DELETE c; …")]
    [InlineData("", "")]
    public void A_statement_is_named_by_what_it_does_and_to_which_table(string sql, string name) => Assert.Equal(name, StatementNames.Of(sql));
}
