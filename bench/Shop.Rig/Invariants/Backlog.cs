namespace Shop.Rig.Invariants;

/// <summary>What the shop still has to do.</summary>
internal sealed record Backlog
{
    /// <summary>Outbox rows to be published, of all services.</summary>
    public long Outbox { get; init; }

    /// <summary>Messages in the queues and the retry queues, by queue.</summary>
    public IReadOnlyDictionary<string, uint> Queues { get; init; } = new Dictionary<string, uint>();

    /// <summary>Orders that are not over.</summary>
    public long OpenOrders { get; init; }

    /// <summary>Notifications to be sent.</summary>
    public long Notifications { get; init; }

    /// <summary>Reservations of orders that are over, or were never stored.</summary>
    public long Reservations { get; init; }

    /// <summary>Published messages that a consumer has not handled.</summary>
    public long Unhandled { get; init; }

    /// <summary>How long it was waited for, from the end of the faults.</summary>
    public TimeSpan Waited { get; init; }

    public bool IsZero => Outbox == 0 && Queues.Values.All(count => count == 0) && OpenOrders == 0 && Notifications == 0 && Reservations == 0 && Unhandled == 0;

    public override string ToString() =>
        $"outbox {Outbox}, queues {Queues.Values.Sum(count => count)}, open orders {OpenOrders}, notifications {Notifications}, "
        + $"reservations {Reservations}, unhandled {Unhandled}";
}
