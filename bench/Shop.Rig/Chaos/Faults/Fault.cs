using System.Collections.Concurrent;

namespace Shop.Rig.Chaos.Faults;

/// <summary>Something that goes wrong, with everything about it decided beforehand.</summary>
internal abstract record Fault
{
    /// <summary>How it is counted.</summary>
    public string Kind() => GetType().Name;

    /// <summary>Does it, and undoes it.</summary>
    /// <param name="attack">What it is done to.</param>
    /// <param name="healing">Ends its waits early: everything is to be well again.</param>
    /// <returns>Whether it happened: a process that is down already cannot be killed.</returns>
    public abstract Task<bool> InjectAsync(Attack attack, CancellationToken healing);
}

/// <summary>What the faults are done to.</summary>
/// <param name="Shop">The shop.</param>
/// <param name="Tap">What was published so far.</param>
/// <param name="Tally">Counts what the faults did in numbers.</param>
internal sealed record Attack(ChaosShop Shop, Tap Tap, Tally Tally)
{
    public Fleet Fleet => Shop.Fleet;

    /// <summary>The poison that was given to which queue.</summary>
    public ConcurrentBag<(string Queue, string MessageId)> Poison { get; } = [];

    /// <summary>A copy of a service by its number.</summary>
    public string Copy(string service, int replica) => Fleet.CopiesOf(service)[replica];
}
