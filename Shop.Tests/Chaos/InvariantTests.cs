using Shop.Rig.Chaos.Load;
using Shop.Rig.Invariants;

namespace Shop.Tests.Chaos;

/// <summary>Each invariant of the rig finds what it is there to find, and nothing where all is well.</summary>
public sealed class InvariantTests
{
    private const string Queue = "payment_queue";
    private static readonly Guid OrderId = Guid.CreateVersion7();
    private static readonly Guid EventId = Guid.CreateVersion7();

    [Fact]
    public void Evidence_of_a_good_run_violates_nothing() =>
        Assert.Empty(AllInvariants.Check(Good()).SelectMany(finding => finding.Violations));

    [Fact]
    public void A_backlog_is_found() => Finds<BacklogReachedZero>(Good() with { Backlog = new Backlog { OpenOrders = 1 } });

    [Fact]
    public void A_lost_event_is_found() => Finds<NothingLost>(Good() with { Inbox = [] });

    [Fact]
    public void An_event_among_the_dead_letters_is_not_lost() =>
        Assert.Empty(new NothingLost().Check(Good() with { Inbox = [Good().Inbox[1]], DeadLetters = [new DeadLetter(Queue, $"{EventId}", "order.cancelled", "broken")] }).Violations);

    [Fact]
    public void An_event_that_is_never_published_is_found() =>
        Finds<NothingLost>(Good() with { Outbox = [new OutboxRow("orders", 1, EventId, "order.cancelled", $"{OrderId}", IsPublished: false, IsParked: false)] });

    [Fact]
    public void An_event_that_only_counts_as_published_is_found() => Finds<NothingLost>(Good() with { Tapped = [] });

    [Fact]
    public void An_event_from_nowhere_is_found() => Finds<NothingInvented>(Good() with { Inbox = [.. Good().Inbox, new InboxRow(Queue, Guid.NewGuid())] });

    [Fact]
    public void An_event_applied_twice_is_found() => Finds<NothingTwice>(Good() with { Commits = [(Queue, $"{EventId}"), (Queue, $"{EventId}")] });

    [Fact]
    public void An_event_applied_without_an_inbox_row_is_found() => Finds<NothingTwice>(Good() with { Inbox = [] });

    [Fact]
    public void A_dead_letter_is_found_and_poison_is_none()
    {
        var letter = new DeadLetter(Queue, "poison", "order.created", "no JSON");
        Finds<NoDeadLetters>(Good() with { DeadLetters = [letter] });
        Assert.Empty(new NoDeadLetters().Check(Good() with { DeadLetters = [letter], Poison = [(Queue, "poison")] }).Violations);
    }

    [Fact]
    public void Poison_that_is_dropped_is_found() => Finds<PoisonIsParked>(Good() with { Poison = [(Queue, "poison")] });

    [Fact]
    public void Events_of_a_key_in_another_order_are_found()
    {
        var later = Guid.CreateVersion7();
        Finds<OrderOfKeys>(Good() with
        {
            Outbox = [.. Good().Outbox, new OutboxRow("orders", 2, later, "order.confirmed", $"{OrderId}", IsPublished: true, IsParked: false)],
            Tapped = [$"{later}", $"{EventId}"],
        });
    }

    [Fact]
    public void A_second_publish_in_calm_is_found() => Finds<PublishedOnce>(Good() with { TapDeliveries = 2 });

    [Fact]
    public void A_second_note_of_a_publish_is_found_unless_the_database_crashed()
    {
        var noted = Good() with { Completions = [$"{EventId}", $"{EventId}"] };
        Finds<NotedOnce>(noted);
        Assert.Empty(new NotedOnce().Check(noted with { DatabaseCrashed = true }).Violations);
    }

    [Fact]
    public void A_group_that_does_not_sum_to_zero_is_found() => Finds<LedgerBalances>(Good() with { Ledger = [Good().Ledger[0]] });

    [Fact]
    public void A_wallet_that_differs_from_its_entries_is_found() =>
        Finds<LedgerBalances>(Good() with { Accounts = [new Account("wallet:1:RUB", "wallet", Guid.NewGuid(), 7)] });

    [Fact]
    public void An_order_that_is_charged_twice_is_found()
    {
        var again = Good().Ledger.Select(entry => entry with { TransactionId = Guid.Empty, ExternalId = "again" });
        Finds<MoneyMatchesOrders>(Good() with { Ledger = [.. Good().Ledger, .. again] });
    }

    [Fact]
    public void A_sold_order_without_its_money_is_found() => Finds<MoneyMatchesOrders>(Good() with { Payments = [] });

    [Fact]
    public void Money_kept_for_a_cancelled_order_is_found() => Finds<MoneyMatchesOrders>(Good() with { Orders = [Good().Orders[0] with { Status = "cancelled" }] });

    [Fact]
    public void A_piece_sold_twice_is_found() => Finds<StockAddsUp>(Good() with { Stock = [new StockRow(1, 10, 8, 0, 2)] });

    [Fact]
    public void Stock_that_does_not_add_up_is_found() => Finds<StockAddsUp>(Good() with { InitialStock = new Dictionary<int, int> { [1] = 11 } });

    [Fact]
    public void An_illegal_step_is_found() => Finds<LegalTransitions>(Good() with
    {
        StatusChanges = [new StatusChange(OrderId, 1, null, "pending"), new StatusChange(OrderId, 2, "pending", "confirmed")],
    });

    [Fact]
    public void A_stuck_order_is_found() => Finds<LegalTransitions>(Good() with
    {
        Orders = [Good().Orders[0] with { Status = "paid" }],
        StatusChanges = [.. Good().StatusChanges.Take(2)],
    });

    [Fact]
    public void A_broken_promise_is_found()
    {
        var journal = new Journal();
        journal.Cancelled.Add(OrderId);
        Finds<PromisesKept>(Good() with { Journal = journal });
    }

    [Fact]
    public void An_order_placed_twice_under_one_key_is_found()
    {
        var journal = new Journal();
        journal.Orders.Add(new OrderAttempt("a@rig.example", IsOrchestrated: false, new KeyedRequest("orders", "/orders", null, "key", "{}")));
        Finds<PromisesKept>(Good() with { Journal = journal, Orders = [Good().Orders[0], Good().Orders[0] with { Id = Guid.NewGuid() }] });
    }

    [Fact]
    public void A_buyer_who_is_not_told_or_told_twice_is_found()
    {
        Finds<BuyersToldOnce>(Good() with { Notifications = [] });
        Finds<BuyersToldOnce>(Good() with { Notifications = [Good().Notifications[0], Good().Notifications[0] with { Id = Guid.NewGuid() }] });
    }

    [Fact]
    public void Two_answers_to_one_key_are_found()
    {
        var journal = new Journal();
        journal.Ask(new KeyedRequest("orders", "/orders", null, "key", "{}"));
        journal.Tell("key", new Answer(202, "{}"));
        journal.Tell("key", new Answer(202, "{}"));
        Assert.Empty(new SameKeySameAnswer().Check(Good() with { Journal = journal }).Violations);
        journal.Tell("key", new Answer(409, "{}"));
        Finds<SameKeySameAnswer>(Good() with { Journal = journal });
    }

    [Fact]
    public void An_answer_500_is_found()
    {
        var journal = new Journal();
        journal.InternalErrors.Add("POST orders/orders");
        Finds<OutagesAreNamed>(Good() with { Journal = journal });
    }

    private static void Finds<TInvariant>(Evidence evidence) where TInvariant : Invariant, new() =>
        Assert.NotEmpty(new TInvariant().Check(evidence).Violations);

    /// <summary>One order, sold, paid and told of; one event of it that payments heard.</summary>
    private static Evidence Good()
    {
        var charge = Guid.CreateVersion7();
        return new Evidence
        {
            Outbox = [new OutboxRow("orders", 1, EventId, "order.cancelled", $"{OrderId}", IsPublished: true, IsParked: false)],
            Inbox = [new InboxRow(Queue, EventId), new InboxRow("catalog_queue", EventId)],
            Commits = [(Queue, $"{EventId}"), ("catalog_queue", $"{EventId}")],
            Tapped = [$"{EventId}"],
            TapDeliveries = 1,
            Orders = [new OrderRow(OrderId, Guid.NewGuid(), "a@rig.example", "choreography", "confirmed", 5m, 0m, charge, null)],
            StatusChanges =
            [
                new StatusChange(OrderId, 1, null, "pending"), new StatusChange(OrderId, 2, "pending", "paid"), new StatusChange(OrderId, 3, "paid", "confirmed"),
            ],
            OrderLines = [new OrderLine(OrderId, 1, 1)],
            Payments = [new PaymentRow(Guid.NewGuid(), OrderId, 5m, 0m, "captured")],
            Ledger =
            [
                new LedgerEntry(charge, "charge", "charge", OrderId, "wallet:1:RUB", "RUB", -500),
                new LedgerEntry(charge, "charge", "charge", OrderId, "sales:RUB", "RUB", 500),
            ],
            Accounts = [],
            Stock = [new StockRow(1, 10, 9, 0, 1)],
            InitialStock = new Dictionary<int, int> { [1] = 10 },
            Reservations = [new Reservation(OrderId, "committed")],
            Notifications = [new NotificationRow(Guid.NewGuid(), OrderId, "payment_processed", "sent")],
        };
    }
}
