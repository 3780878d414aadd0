using Shop.Messaging.Contracts;

namespace Shop.Rig.Invariants;

/// <summary>Every order took legal steps only, and is at an end.</summary>
internal sealed class LegalTransitions : Invariant
{
    /// <summary>As design says; not the aggregate's own table, which is what is checked.</summary>
    private static readonly HashSet<(string?, string)> Legal =
    [
        (null, "pending"),
        ("pending", "awaiting_payment"), ("pending", "paid"), ("pending", "failed"), ("pending", "cancelled"), ("pending", "expired"),
        ("awaiting_payment", "paid"), ("awaiting_payment", "failed"), ("awaiting_payment", "cancelled"), ("awaiting_payment", "expired"),
        ("paid", "confirmed"), ("paid", "refunded"),
        ("confirmed", "refunded"),
    ];

    public override string Name => "orders take legal steps to an end";

    protected override void Examine(Evidence evidence, Report report)
    {
        var changes = evidence.StatusChanges.ToLookup(change => change.OrderId);
        foreach (var order in evidence.Orders)
        {
            report.Expect(order.IsOver, () => $"order {order.Id} ({order.Flow}) is stuck: {order.Status}");
            string? status = null;
            foreach (var change in changes[order.Id].OrderBy(change => change.Id))
            {
                report.Expect(change.From == status && Legal.Contains((change.From, change.Status)),
                    () => $"order {order.Id} went from {change.From ?? "nothing"} to {change.Status} when it was {status ?? "nothing"}");
                status = change.Status;
            }

            report.Expect(status == order.Status, () => $"order {order.Id} is {order.Status}, and its history ends with {status ?? "nothing"}");
        }
    }
}

/// <summary>What a client was told is so.</summary>
internal sealed class PromisesKept : Invariant
{
    public override string Name => "promises to clients are kept";

    protected override void Examine(Evidence evidence, Report report)
    {
        var byEmail = evidence.Orders.ToLookup(order => order.Email);
        foreach (var attempt in evidence.Journal.Orders)
        {
            // A failed orchestrated attempt leaves its key free for the next.
            var stored = byEmail[attempt.Email].Where(order => !attempt.IsOrchestrated || order.Status != "failed").ToList();
            report.Expect(stored.Count <= 1, () => $"key {attempt.Request.Key} placed {stored.Count} orders: {string.Join(", ", stored.Select(order => order.Id))}");
            foreach (var answer in evidence.Journal.AnswersTo(attempt.Request.Key).Where(answer => answer.IsSuccess).DistinctBy(answer => answer.Id))
            {
                var order = stored.Find(order => order.Id == answer.Id);
                report.Expect(order is not null, () => $"order {answer.Id} was answered {answer.Status} at {answer.At:HH:mm:ss.fff} and is not there");
                report.Expect(order is null || !attempt.IsOrchestrated || order.Status is "confirmed" or "refunded", () => $"order {answer.Id} was answered confirmed and is {order!.Status}");
            }
        }

        var byId = evidence.Orders.ToDictionary(order => order.Id);
        foreach (var id in evidence.Journal.Cancelled)
            report.Expect(byId.GetValueOrDefault(id)?.Status == "cancelled", () => $"order {id} was answered cancelled and is {byId.GetValueOrDefault(id)?.Status ?? "not there"}");
        foreach (var id in evidence.Journal.Users)
            report.Expect(evidence.Users.Contains(id), () => $"user {id} was registered and is not there");
    }
}

/// <summary>Whose order is confirmed was told so, once.</summary>
internal sealed class BuyersToldOnce : Invariant
{
    private const string Paid = "payment_processed";
    private const string Refunded = "payment_refunded";

    public override string Name => "buyers are told, and once";

    protected override void Examine(Evidence evidence, Report report)
    {
        var told = evidence.Notifications.Where(notification => notification.OrderId is not null).ToLookup(notification => notification.OrderId!.Value);
        var refunded = evidence.Outbox.Where(row => row.Type == PaymentRefunded.Type).ToLookup(row => row.Key);
        foreach (var order in evidence.Orders.Where(order => order.Flow == "choreography"))
        {
            var refunds = refunded[order.Id.ToString()].Count();
            if (order.IsSold)
                report.Expect(told[order.Id].Any(notification => notification is { Template: Paid, Status: "sent" }), () => $"the buyer of order {order.Id} ({order.Status}) was not told of the payment");
            foreach (var template in told[order.Id].GroupBy(notification => notification.Template))
                report.Expect(template.Count() <= (template.Key == Refunded ? refunds : 1), () => $"the buyer of order {order.Id} was told {template.Key} {template.Count()} times");
            report.Expect(told[order.Id].Count(notification => notification.Template == Refunded) == refunds,
                () => $"the buyer of order {order.Id} was told of {told[order.Id].Count(notification => notification.Template == Refunded)} refunds of {refunds}");
        }
    }
}

/// <summary>Whoever asks the same again gets the same answer.</summary>
internal sealed class SameKeySameAnswer : Invariant
{
    public override string Name => "the same key gets the same answer";

    protected override void Examine(Evidence evidence, Report report)
    {
        foreach (var key in evidence.Journal.Requests.Keys)
        {
            var answers = evidence.Journal.AnswersTo(key);
            if (answers.Count > 1)
                report.Expect(answers.DistinctBy(answer => (answer.Status, answer.Body)).Count() == 1, () =>
                    $"key {key} of {evidence.Journal.Requests[key].Path}: {string.Join(" | ", answers.OrderBy(answer => answer.At).Select(answer => $"{answer.At:HH:mm:ss.fff} {(answer.IsReplay ? "again" : "first")} {answer.Status} {answer.Body}"))}");
        }
    }
}

/// <summary>While something is away the shop says so (503, or 409 of a request at work): a 500 is a fault of its own.</summary>
internal sealed class OutagesAreNamed : Invariant
{
    public override string Name => "no answer is a 500";

    protected override void Examine(Evidence evidence, Report report)
    {
        report.Expect(evidence.Journal.InternalErrors.IsEmpty, () => $"{evidence.Journal.InternalErrors.Count} answers were a 500");
        foreach (var answer in evidence.Journal.InternalErrors)
            report.Expect(false, () => answer);
    }
}
