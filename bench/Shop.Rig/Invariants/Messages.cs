using Shop.Messaging.Contracts;
using Shop.Messaging.Topology;
using Shop.Rig.Chaos;

namespace Shop.Rig.Invariants;

/// <summary>Every event that was committed is published, and applied by each consumer that hears it, or lies in its dead letters.</summary>
internal sealed class NothingLost : Invariant
{
    public override string Name => "every event reaches each consumer";

    protected override void Examine(Evidence evidence, Report report)
    {
        var handled = evidence.Inbox.Select(row => (row.Consumer, row.MessageId)).ToHashSet();
        var dead = evidence.DeadLetters.Select(letter => (letter.Queue, letter.MessageId)).ToHashSet();
        var tapped = evidence.Tapped.ToHashSet();
        foreach (var row in evidence.Outbox)
        {
            report.Expect(row is { IsPublished: true, IsParked: false }, () => $"{row.Service}: {row.Type} {row.Id} is {(row.IsParked ? "parked" : "not published")}");
            // The tap's binding of the lonely event is taken away at times.
            report.Expect(!row.IsPublished || row.Type == EventTypes.Lonely || evidence.BeforeTap.Contains(row.Id) || tapped.Contains(row.Id.ToString()),
                () => $"{row.Service}: {row.Type} {row.Id} counts as published and never came through the exchange");
            foreach (var queue in EventTypes.QueuesOf(row.Type))
                report.Expect(handled.Contains((queue, row.Id)) || dead.Contains((queue, row.Id.ToString())), () => $"{queue}: {row.Type} {row.Id} (key {row.Key}) was lost");
        }
    }
}

/// <summary>Nothing was handled that nobody published.</summary>
internal sealed class NothingInvented : Invariant
{
    public override string Name => "no event comes from nowhere";

    protected override void Examine(Evidence evidence, Report report)
    {
        var published = evidence.Outbox.Select(row => row.Id).ToHashSet();
        foreach (var row in evidence.Inbox)
            report.Expect(published.Contains(row.MessageId), () => $"{row.Consumer} handled {row.MessageId}, which no outbox has");
    }
}

/// <summary>No consumer committed the handling of one message twice, by what its processes saw themselves commit.</summary>
internal sealed class NothingTwice : Invariant
{
    public override string Name => "no event is applied twice";

    protected override void Examine(Evidence evidence, Report report)
    {
        var handled = evidence.Inbox.Select(row => (row.Consumer, MessageId: row.MessageId.ToString())).ToHashSet();
        foreach (var commits in evidence.Commits.GroupBy(commit => commit))
        {
            report.Expect(commits.Count() == 1, () => $"{commits.Key.Consumer} committed {commits.Key.MessageId} {commits.Count()} times");
            report.Expect(handled.Contains(commits.Key), () => $"{commits.Key.Consumer} committed {commits.Key.MessageId} without a row in its inbox");
        }
    }
}

/// <summary>The faults are no fault of any message: none ends in the dead letters.</summary>
internal sealed class NoDeadLetters : Invariant
{
    public override string Name => "no dead letters";

    protected override void Examine(Evidence evidence, Report report)
    {
        foreach (var queue in ShopTopology.Bindings.Keys)
        {
            var letters = evidence.DeadLetters.Where(letter => letter.Queue == queue && !evidence.Poison.Contains((queue, letter.MessageId))).ToList();
            report.Expect(letters.Count == 0, () =>
                $"{queue}: {string.Join(" | ", letters.Take(3).Select(letter => $"{letter.Type} {letter.MessageId}: {letter.Error}"))} ({letters.Count} in all)");
        }
    }
}

/// <summary>Poison is parked for somebody to look at, and not dropped.</summary>
internal sealed class PoisonIsParked : Invariant
{
    public override string Name => "poison is parked";

    protected override void Examine(Evidence evidence, Report report)
    {
        var dead = evidence.DeadLetters.Select(letter => (letter.Queue, letter.MessageId)).ToHashSet();
        foreach (var (queue, id) in evidence.Poison)
            report.Expect(dead.Contains((queue, id)), () => $"{queue}: the poison {id} is gone");
    }
}

/// <summary>While nothing fails nothing is published twice: the inbox would forgive it, but somebody ignores a lease.</summary>
internal sealed class PublishedOnce : Invariant
{
    public override string Name => "in calm nothing is published twice";

    protected override void Examine(Evidence evidence, Report report)
    {
        report.Expect(evidence.Faults > 0 || evidence.TapDeliveries == evidence.Tapped.Count,
            () => $"{evidence.Tapped.Count} messages were published {evidence.TapDeliveries} times");
    }
}

/// <summary>
/// No two relays noted one message as published: a relay that slept past its lease leaves its rows to the next. A database
/// that crashed may have forgotten such a note, for which no relay waits.
/// </summary>
internal sealed class NotedOnce : Invariant
{
    public override string Name => "no event is noted twice as published";

    protected override void Examine(Evidence evidence, Report report)
    {
        foreach (var notes in evidence.Completions.GroupBy(id => id))
            report.Expect(evidence.DatabaseCrashed || notes.Count() == 1, () => $"{notes.Key} was noted as published {notes.Count()} times");
    }
}

/// <summary>The events of one key leave each service in the order in which they were committed.</summary>
internal sealed class OrderOfKeys : Invariant
{
    public override string Name => "events of a key keep their order";

    protected override void Examine(Evidence evidence, Report report)
    {
        var rows = evidence.Outbox.ToDictionary(row => row.Id.ToString());
        Dictionary<(string, string), OutboxRow> last = [];
        foreach (var id in evidence.Tapped)
        {
            // Two deliveries for one order are independent: notifications adds their events under no common lock.
            if (!rows.TryGetValue(id, out var row) || row.Type == NotificationSent.Type)
                continue;
            if (last.TryGetValue((row.Service, row.Key), out var before))
                report.Expect(before.Sequence < row.Sequence, () => $"{row.Service}: {row.Type} {row.Id} came after {before.Type} {before.Id} of the same key {row.Key}");
            last[(row.Service, row.Key)] = row;
        }
    }
}
