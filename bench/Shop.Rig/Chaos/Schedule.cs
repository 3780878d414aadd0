using Shop.Rig.Chaos.Faults;

namespace Shop.Rig.Chaos;

/// <summary>A fault and its time.</summary>
/// <param name="At">Since the beginning of the load.</param>
/// <param name="Fault">What happens.</param>
internal sealed record PlannedFault(TimeSpan At, Fault Fault);

/// <summary>Everything that will go wrong in a run, drawn from its seed before it begins.</summary>
internal static class Schedule
{
    /// <summary>Instead of faults.</summary>
    public const string Nothing = "nothing";

    private const int MaxDraws = 10_000;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(3);

    /// <summary>Runs shorter than this restart one service instead of all: restarting all takes as long.</summary>
    private static readonly TimeSpan LongRun = TimeSpan.FromMinutes(2);

    /// <summary>One round of faults: each kind comes once or oftener before the round begins again, in another order.</summary>
    private static readonly Func<Draw, Fault>[] Round =
    [
        KillReplica.Drawn, KillReplica.Drawn, KillService.Drawn, FreezeReplica.Drawn, FreezeReplica.Drawn,
        KillServer.Drawn(Names.RabbitMQ), KillServer.Drawn(Names.Postgres), KillServer.Drawn(Names.Redis), FreezeServer.Drawn,
        KillBackend.Drawn, FreezeBackend.Drawn,
        CutConnections.Drawn, CutConnections.Drawn, DelayConnections.Drawn, HalfOpenConnections.Drawn, RefuseConnections.Drawn,
        DuplicateDeliveries.Drawn, DuplicateDeliveries.Drawn, ReorderQueue.Drawn, Unbind.Drawn, PoisonMessage.Drawn,
        KillAtPoint.Drawn, KillAtPoint.Drawn, KillAtPoint.Drawn, FreezeAtPoint.Drawn, FreezeAtPoint.Drawn,
        RefusePublishes.Drawn, RefusePublishes.Drawn,
    ];

    /// <summary>Draws the faults of a run.</summary>
    /// <param name="seed">The same seed gives the same faults.</param>
    /// <param name="length">How long the load lasts.</param>
    /// <param name="only">What the faults are to be: see <see cref="ChaosOptions.Only"/>.</param>
    public static IReadOnlyList<PlannedFault> Create(int seed, TimeSpan length, IReadOnlyList<string>? only = null)
    {
        if (only is [Nothing])
            return [];
        var draw = new Draw(seed);
        Func<Draw, Fault> rolling = length < LongRun ? RollingRestart.DrawnOfOne : RollingRestart.DrawnOfAll; // Of all once.
        Queue<Func<Draw, Fault>> round = [];
        List<PlannedFault> planned = [];
        for (var at = First; at < length; at += draw.Seconds(0.5, 7))
        {
            planned.Add(new PlannedFault(at, Next()));
        }

        return planned;

        Fault Next()
        {
            for (var attempt = 0; attempt < MaxDraws; attempt++)
            {
                if (round.Count == 0)
                {
                    Func<Draw, Fault>[] next = [.. Round, rolling];
                    draw.Shuffle(next);
                    round = new(next);
                    rolling = RollingRestart.DrawnOfOne;
                }

                var fault = round.Dequeue()(draw);
                if (only is null or [] || only.Any(words => words.Split('+').All($"{fault}".Contains)))
                    return fault;
            }

            throw new FormatException($"No fault is like {string.Join(',', only ?? [])}.");
        }
    }
}
