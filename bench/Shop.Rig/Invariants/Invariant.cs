namespace Shop.Rig.Invariants;

/// <summary>Something that holds whatever happens.</summary>
internal abstract class Invariant
{
    /// <summary>What holds, in a few words.</summary>
    public abstract string Name { get; }

    /// <summary>Looks whether it holds.</summary>
    public Finding Check(Evidence evidence)
    {
        var report = new Report();
        Examine(evidence, report);
        return new Finding(Name, report.Checked, report.Violations);
    }

    protected abstract void Examine(Evidence evidence, Report report);
}

/// <summary>How an invariant fared.</summary>
/// <param name="Invariant">Its name.</param>
/// <param name="Checked">How many things were looked at.</param>
/// <param name="Violations">What was wrong, each with what it takes to find it.</param>
internal sealed record Finding(string Invariant, long Checked, IReadOnlyList<string> Violations);

/// <summary>Gathers what an invariant sees.</summary>
internal sealed class Report
{
    private readonly List<string> _violations = [];

    public long Checked { get; private set; }

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>One thing was looked at; the text says what is wrong with it when it does not hold.</summary>
    public void Expect(bool holds, Func<string> violation)
    {
        Checked++;
        if (!holds)
            _violations.Add(violation());
    }
}
