namespace Shop.Rig.Invariants;

/// <summary>Once the faults end, what is left is done in bounded time.</summary>
internal sealed class BacklogReachedZero : Invariant
{
    public override string Name => "the backlog reaches zero";

    protected override void Examine(Evidence evidence, Report report) =>
        report.Expect(evidence.Backlog.IsZero, () => $"after {evidence.Backlog.Waited.TotalSeconds:0} s: {evidence.Backlog}");
}
