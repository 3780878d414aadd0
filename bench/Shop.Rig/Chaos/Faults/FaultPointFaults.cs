using System.Globalization;
using Shop.Rig.Setup;

namespace Shop.Rig.Chaos.Faults;

/// <summary>SIGKILL of the replica that comes to a fault point next, after so many passes.</summary>
internal sealed record KillAtPoint(string Service, string Point, int Passes, TimeSpan Pause) : Fault
{
    public static Fault Drawn(Draw draw)
    {
        var (service, point) = FaultPointOrders.DrawnTarget(draw);
        return new KillAtPoint(service, point, draw.Below(4), draw.Seconds(0, 4));
    }

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing)
    {
        if (await FaultPointOrders.GiveAsync(attack, Service, Point, Passes, Signals.Kill, healing) is not var (copy, process))
            return false;
        await Processes.RestartAsync(attack, copy, process, Pause, healing);
        return true;
    }
}

/// <summary>SIGSTOP of the replica that comes to a fault point next, sometimes past its lease, and SIGCONT.</summary>
internal sealed record FreezeAtPoint(string Service, string Point, int Passes, TimeSpan Duration) : Fault
{
    public static Fault Drawn(Draw draw)
    {
        var (service, point) = FaultPointOrders.DrawnTarget(draw);
        return new FreezeAtPoint(service, point, draw.Below(4), draw.Seconds(1, 9));
    }

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing)
    {
        if (await FaultPointOrders.GiveAsync(attack, Service, Point, Passes, Signals.Stop, healing) is not var (_, process))
            return false;
        await Waits.ForAsync(Duration, healing);
        Signals.Send(process, Signals.Continue);
        return true;
    }
}

/// <summary>
/// The next messages that a replica publishes are refused: events of its outbox, or failed deliveries on their way to where
/// they wait. The other replica goes on as ever.
/// </summary>
internal sealed record RefusePublishes(string Service, string Point, int Count) : Fault
{
    private const int None = 0;

    public static Fault Drawn(Draw draw) => draw.Below(2) == 0
        ? new RefusePublishes(draw.OneOf(FaultPointOrders.Publishers), "outbox.before_publish", draw.Between(2, 10))
        : new RefusePublishes(draw.OneOf(Names.Consumers), "failed.before_publish", draw.Between(1, 3));

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing) =>
        await FaultPointOrders.GiveAsync(attack, Service, Point, Count, None, healing) is not null;
}

/// <summary>Orders to the watchers in the services: see OrderFile in Shop.Rig.Hook.</summary>
internal static class FaultPointOrders
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private static readonly string[] OutboxPoints =
        ["outbox.before_publish", "outbox.after_publish", "outbox.after_confirm", "outbox.after_complete"];

    private static readonly string[] InboxPoints =
        ["inbox.before_commit", "inbox.after_commit", "inbox.before_ack", "inbox.after_ack"];

    /// <summary>Catalogue and auth publish seldom: an order to them might never be taken.</summary>
    public static IReadOnlyList<string> Publishers { get; } = [Names.Orders, Names.Payments, Names.Notifications];

    /// <summary>A service and a point that it comes to. All but auth consume as well.</summary>
    public static (string Service, string Point) DrawnTarget(Draw draw)
    {
        var point = draw.OneOf([.. OutboxPoints, .. InboxPoints]);
        return (draw.OneOf(InboxPoints.Contains(point) ? Names.Consumers : Publishers), point);
    }

    /// <summary>Leaves an order and waits for a replica to take it.</summary>
    /// <returns>The copy that took it, and its process; null when none came to the point in time, or the service has an order already.</returns>
    public static async Task<(string Copy, int Process)?> GiveAsync(Attack attack, string service, string point, int passes, int signal, CancellationToken healing)
    {
        var orders = Path.Combine(attack.Shop.Directory, "orders");
        var order = Path.Combine(orders, service);
        Dictionary<int, string> copies = [];
        _ = Taker();
        var draft = Path.Combine(orders, $".{service}.{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(draft, string.Create(CultureInfo.InvariantCulture, $"{point} {passes} {signal}"), CancellationToken.None);
        try
        {
            File.Move(draft, order, overwrite: false);
        }
        catch (IOException)
        {
            File.Delete(draft);
            return null;
        }

        var begun = TimeProvider.System.GetTimestamp();
        while (!healing.IsCancellationRequested && TimeProvider.System.GetElapsedTime(begun) < Patience)
        {
            if (Taker() is { } taker)
                return taker;
            await Waits.ForAsync(Poll, healing);
        }

        File.Delete(order);
        return Taker(); // It may have been taken in the last moment.

        // Whoever takes it may be dead by the time we look, so we remember whose process was which.
        (string, int)? Taker()
        {
            foreach (var copy in attack.Fleet.CopiesOf(service))
            {
                if (attack.Fleet.ProcessOf(copy) is { } process)
                    copies[process] = copy;
            }

            foreach (var (process, copy) in copies)
            {
                var taken = Path.Combine(orders, $"{service}.taken.{process}");
                if (!File.Exists(taken))
                    continue;
                File.Delete(taken);
                return (copy, process);
            }

            return null;
        }
    }
}
