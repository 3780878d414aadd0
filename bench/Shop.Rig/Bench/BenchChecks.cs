using System.Globalization;
using Shop.Messaging;
using Shop.Rig.Bench.Report;
using Shop.Rig.Invariants;

namespace Shop.Rig.Bench;

/// <summary>What must be true after the run, however fast it was.</summary>
internal static class BenchChecks
{
    private const string Nothing = "no violation";
    private static readonly TimeSpan BacklogBound = TimeSpan.FromSeconds(60);

    /// <summary>The invariants that need neither a tap at the exchange, nor watchers, nor a journal of the clients.</summary>
    private static readonly IReadOnlyList<Invariant> Applicable =
    [
        new BacklogReachedZero(),
        new NothingLost(),
        new NothingInvented(),
        new NoDeadLetters(),
        new LedgerBalances(),
        new MoneyMatchesOrders(),
        new StockAddsUp(),
        new LegalTransitions(),
        new BuyersToldOnce(),
    ];

    public static async Task<IReadOnlyList<Check>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var reader = new EvidenceReader(run.Shop.Shop, new MessagingOptions().RetryDelays);
        var backlog = await reader.WaitForBacklogAsync(BacklogBound, cancellationToken);
        var evidence = await reader.ReadAsync(new Evidence { Backlog = backlog }, cancellationToken);
        // Nobody listens at the exchange here.
        evidence = evidence with { BeforeTap = evidence.Outbox.Select(row => row.Id).ToHashSet() };

        var accepted = run.Accepted.Select(order => order.Id).ToHashSet();
        Check Counted(string name, int actual) => new(name, Text(accepted.Count), Text(actual));
        return
        [
            Counted("orders confirmed, of those accepted", evidence.Orders.Count(order => order.Status == "confirmed" && accepted.Contains(order.Id))),
            Counted("orders in all", evidence.Orders.Count),
            Counted("mails", Directory.EnumerateFiles(run.Shop.Shop.MailDirectory, "*.eml").Count()),
            .. Applicable.Select(invariant => Describe(invariant.Check(evidence))),
        ];
    }

    private static Check Describe(Finding finding) => new(
        finding.Invariant, Nothing, finding.Violations.Count == 0 ? Nothing : $"{Text(finding.Violations.Count)}, the first: {finding.Violations[0]}");

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}
