using Shop.Rig.Bench.Load;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench;

/// <summary>What the measures of one run share.</summary>
internal sealed record BenchRun(
    BenchOptions Options, BenchShop Shop, ProcessMeter Meter, Confirmations Confirmations, Results Results, Progress Progress)
{
    /// <summary>Every order that was accepted in the run.</summary>
    public List<AcceptedOrder> Accepted { get; } = [];

    /// <summary>Whole orders a second in the closed loop, once that is measured.</summary>
    public double? ClosedLoopRate { get; set; }

    /// <summary>Orders in a closed loop and waits until all have ended.</summary>
    public async Task<IReadOnlyList<AcceptedOrder>> OrderClosedAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var accepted = await OrderLoad.RunClosedAsync(Shop.Buyers, duration, cancellationToken);
        Accepted.AddRange(accepted);
        await UntilAllEndedAsync(cancellationToken);
        return accepted;
    }

    public Task UntilAllEndedAsync(CancellationToken cancellationToken) =>
        Confirmations.UntilAllEndedAsync(open => Progress.Update($"{open} orders on their way"), cancellationToken);
}
