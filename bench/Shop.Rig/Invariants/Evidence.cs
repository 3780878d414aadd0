using Shop.Rig.Chaos.Load;

namespace Shop.Rig.Invariants;

internal sealed record OutboxRow(string Service, long Sequence, Guid Id, string Type, string Key, bool IsPublished, bool IsParked);

internal sealed record InboxRow(string Consumer, Guid MessageId);

internal sealed record DeadLetter(string Queue, string MessageId, string Type, string Error);

internal sealed record OrderRow(
    Guid Id, Guid CustomerId, string Email, string Flow, string Status, decimal Total, decimal Refunded, Guid? PaymentId, string? FailureReason)
{
    /// <summary>Whether the buyer has the goods, and the shop had the money.</summary>
    public bool IsSold => Status is "paid" or "confirmed" or "refunded";

    public bool IsOver => Status is "confirmed" or "failed" or "cancelled" or "refunded" or "expired";
}

internal sealed record StatusChange(Guid OrderId, long Id, string? From, string Status);

internal sealed record OrderLine(Guid OrderId, int ProductId, int Quantity);

internal sealed record PaymentRow(Guid Id, Guid OrderId, decimal Amount, decimal Refunded, string Status);

internal sealed record LedgerEntry(Guid TransactionId, string ExternalId, string Kind, Guid? OrderId, string AccountId, string Currency, long Amount);

internal sealed record Account(string Id, string Kind, Guid? UserId, long? Balance);

internal sealed record StockRow(int ProductId, int Supplied, int Available, int Reserved, int Sold);

internal sealed record Reservation(Guid OrderId, string Status);

internal sealed record NotificationRow(Guid Id, Guid? OrderId, string Template, string Status);

/// <summary>All that a run has left behind, read once everything is quiet: the invariants look at nothing else.</summary>
internal sealed record Evidence
{
    public IReadOnlyList<OutboxRow> Outbox { get; init; } = [];

    public IReadOnlyList<InboxRow> Inbox { get; init; } = [];

    public IReadOnlyList<DeadLetter> DeadLetters { get; init; } = [];

    /// <summary>The messages that belong there: nobody could handle them.</summary>
    public IReadOnlyCollection<(string Queue, string MessageId)> Poison { get; init; } = [];

    /// <summary>How many faults happened.</summary>
    public int Faults { get; init; }

    /// <summary>How often the exchange passed anything on, to be compared with <see cref="Tapped"/>.</summary>
    public long TapDeliveries { get; init; }

    /// <summary>What the processes saw themselves commit: the consumer and the message.</summary>
    public IReadOnlyList<(string Consumer, string MessageId)> Commits { get; init; } = [];

    /// <summary>The messages that relays noted as published, by what their processes saw themselves do.</summary>
    public IReadOnlyList<string> Completions { get; init; } = [];

    /// <summary>Whether PostgreSQL was killed, or one of its processes.</summary>
    public bool DatabaseCrashed { get; init; }

    /// <summary>The events of the shop's own first start, before anybody listened at the exchange.</summary>
    public IReadOnlySet<Guid> BeforeTap { get; init; } = new HashSet<Guid>();

    /// <summary>The message ids in the order in which the broker first passed them on.</summary>
    public IReadOnlyList<string> Tapped { get; init; } = [];

    public IReadOnlyList<OrderRow> Orders { get; init; } = [];

    public IReadOnlyList<StatusChange> StatusChanges { get; init; } = [];

    public IReadOnlyList<OrderLine> OrderLines { get; init; } = [];

    public IReadOnlyList<PaymentRow> Payments { get; init; } = [];

    public IReadOnlyList<LedgerEntry> Ledger { get; init; } = [];

    public IReadOnlyList<Account> Accounts { get; init; } = [];

    public IReadOnlyList<StockRow> Stock { get; init; } = [];

    public IReadOnlyList<Reservation> Reservations { get; init; } = [];

    public IReadOnlyList<NotificationRow> Notifications { get; init; } = [];

    /// <summary>The users that auth knows.</summary>
    public IReadOnlySet<Guid> Users { get; init; } = new HashSet<Guid>();

    /// <summary>What there was of each product before the run, and what was added during it.</summary>
    public IReadOnlyDictionary<int, int> InitialStock { get; init; } = new Dictionary<int, int>();

    /// <summary>What was asked for and promised.</summary>
    public Journal Journal { get; init; } = new();

    /// <summary>How far behind the shop was when the time was up, and what had been waited.</summary>
    public Backlog Backlog { get; init; } = new();
}
