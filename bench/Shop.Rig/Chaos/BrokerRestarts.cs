using System.Globalization;
using Shop.Rig.Chaos.Faults;
using Shop.Rig.Chaos.Load;
using Shop.Rig.Invariants;

namespace Shop.Rig.Chaos;

/// <summary><c>restarts</c>: so many orders while RabbitMQ is killed so many times, and what became of each.</summary>
internal static class BrokerRestarts
{
    public const string Usage = "places orders while RabbitMQ is killed, and counts: [ORDERS] [KILLS]; 10000 and 5 by default";
    private const int DefaultOrders = 10_000;
    private const int DefaultKills = 5;
    private const int Clients = 24;

    /// <summary>A new wallet pays for 200 phones; some of the money stays.</summary>
    private const int OrdersPerBuyer = 150;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var orders = Number(arguments, 0, DefaultOrders);
        var kills = Number(arguments, 1, DefaultKills);
        if (orders < 1 || kills < 0)
        {
            Console.Error.WriteLine($"restarts {Usage}");
            return 2;
        }

        var tally = new Tally();
        var journal = new Journal();
        await using var shop = await ChaosShop.StartAsync(isPatient: true);
        await using var tap = await Tap.StartAsync(shop, CancellationToken.None);
        using var client = new ShopClient(shop.Shop, journal, tally);
        var market = new Market(client, journal, tally);
        var reader = shop.CreateReader();
        var before = new Evidence
        {
            InitialStock = await reader.ReadStockAsync(CancellationToken.None),
            BeforeTap = await reader.ReadEventIdsAsync(CancellationToken.None),
            Faults = kills,
        };
        await market.OpenAsync(orders / OrdersPerBuyer + 1, CancellationToken.None);

        Console.WriteLine($"placing {orders} orders; RabbitMQ is killed {kills} times; logs are in {shop.Directory}");
        var accepted = 0;
        var placing = Parallel.ForAsync(0, orders, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (order, _) =>
        {
            if (await market.OrderAsync(market.Buyers[order % market.Buyers.Count], orchestrated: false, CancellationToken.None, (Market.Phone, 1)) is { Status: 202 })
                Interlocked.Increment(ref accepted);
        });
        for (var kill = 1; kill <= kills; kill++)
        {
            while (Volatile.Read(ref accepted) < (long)orders * kill / (kills + 1) && !placing.IsCompleted)
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            Console.WriteLine($"kill {kill} after {Volatile.Read(ref accepted)} accepted orders");
            await new KillServer(Names.RabbitMQ, Pause).InjectAsync(new Attack(shop, tap, tally), CancellationToken.None);
        }

        await placing;
        await shop.StartAllAsync(CancellationToken.None);
        var backlog = await reader.WaitForBacklogAsync(Bound, CancellationToken.None);
        var evidence = tap.AddTo(await reader.ReadAsync(before with { Journal = journal, Backlog = backlog }, CancellationToken.None));
        var isExact = WriteCounts(evidence, orders, accepted);
        var findings = AllInvariants.Check(evidence);
        ChaosReport.WriteFindings(findings, Console.Out);
        return isExact && findings.All(finding => finding.Violations.Count == 0) ? 0 : 1;
    }

    private static int Number(string[] arguments, int index, int byDefault) => arguments.Length <= index ? byDefault
        : int.TryParse(arguments[index], CultureInfo.InvariantCulture, out var number) ? number : -1;

    /// <returns>Whether everything happened to every order, and once.</returns>
    private static bool WriteCounts(Evidence evidence, int orders, int accepted)
    {
        var charges = evidence.Ledger.Where(entry => entry.Kind == "charge").Select(entry => (entry.OrderId, entry.TransactionId)).Distinct().ToList();
        var notified = evidence.Notifications.Where(notification => notification is { Template: "payment_processed", Status: "sent" }).Select(notification => notification.OrderId).ToList();
        var confirmed = evidence.Orders.Count(order => order.Status == "confirmed");
        var doubled = charges.Count - charges.DistinctBy(charge => charge.OrderId).Count() + notified.Count - notified.Distinct().Count();
        foreach (var (name, count) in (IEnumerable<(string, int)>)
            [("orders asked for", orders), ("accepted", accepted), ("confirmed", confirmed), ("charges", charges.Count), ("notifications", notified.Count), ("doubled", doubled)])
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20}{count,10}"));
        return accepted == orders && confirmed == orders && charges.Count == orders && notified.Count == orders && doubled == 0;
    }
}
