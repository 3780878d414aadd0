using System.Globalization;
using Npgsql;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench;

/// <summary>What must be true of the four databases after the run, however fast it was.</summary>
internal static class Invariants
{
    public static async Task<IReadOnlyList<Check>> CheckAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var accepted = run.Accepted.Select(order => order.Id).Distinct().LongCount();
        async Task<string> Ask(string database, string sql)
        {
            await using var connection = await run.Shop.Shop.OpenDatabaseAsync(database, cancellationToken);
            await using var command = new NpgsqlCommand(sql, connection);
            return Convert.ToString(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) ?? "";
        }
        Check Counted(string name, string actual) => new(name, accepted.ToString(CultureInfo.InvariantCulture), actual);
        Check None(string name, string actual) => new(name, "0", actual);

        return
        [
            Counted("orders confirmed, of those accepted", await Ask("ordersdb", "SELECT count(*) FROM orders WHERE status = 'confirmed'")),
            Counted("orders charged", await Ask("paymentsdb", "SELECT count(DISTINCT order_id) FROM ledger_transactions WHERE kind = 'charge'")),
            Counted("charges", await Ask("paymentsdb", "SELECT count(*) FROM ledger_transactions WHERE kind = 'charge'")),
            Counted("orders whose buyer was told", await Ask("notificationsdb", "SELECT count(DISTINCT order_id) FROM notifications WHERE status = 'sent'")),
            Counted("notifications", await Ask("notificationsdb", "SELECT count(*) FROM notifications")),
            Counted("mails", Directory.EnumerateFiles(run.Shop.Shop.MailDirectory, "*.eml").Count().ToString(CultureInfo.InvariantCulture)),
            Counted("pieces sold", await Ask("catalogdb", "SELECT sum(sold) FROM stock")),
            None("pieces still reserved", await Ask("catalogdb", "SELECT sum(reserved) FROM stock")),
            None("sum of the ledger", await Ask("paymentsdb", "SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries")),
            None("wallets whose balance is not the sum of its entries", await Ask("paymentsdb", """
                SELECT count(*) FROM accounts a WHERE balance_minor IS DISTINCT FROM
                    (SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries e WHERE e.account_id = a.id) AND kind = 'wallet'
                """)),
            None("events parked in an outbox", string.Join('+', new HashSet<string>(
            [
                await Ask("ordersdb", "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL"),
                await Ask("paymentsdb", "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL"),
                await Ask("notificationsdb", "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL"),
            ]))),
        ];
    }
}
