namespace Shop.Rig.Mutants;

/// <summary>The engine without one of its guards, and the attack that the guard is there for.</summary>
/// <param name="Name">The name of its patch.</param>
/// <param name="Seconds">How long it is attacked.</param>
/// <param name="Only">The faults: see <see cref="Chaos.ChaosOptions.Only"/>.</param>
internal sealed record Mutant(string Name, int Seconds, string Only)
{
    /// <summary>Scenarios begun a second; few where the next event would put right what the last one met.</summary>
    public double Rate { get; init; } = 5;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("inbox-duplicates-handled", 30, "DuplicateDeliveries"),
        new("inbox-outside-transaction", 60, "KillAtPoint+inbox.before_commit"),
        new("ack-before-commit", 60, "KillAtPoint+inbox.before_commit"),
        new("confirm-not-awaited", 60, "HalfOpenConnections+rabbitmq"),
        new("returns-ignored", 45, "Unbind"),
        new("lease-ignored", 30, "nothing"),
        new("fence-ignored", 75, "FreezeAtPoint+outbox"),
        new("key-order-ignored", 45, "KillServer+rabbitmq"),
        new("failed-acked-unconfirmed", 60, "RefusePublishes+failed,PoisonMessage"),
        new("no-poll", 30, "RefusePublishes+outbox") { Rate = 0.5 },
        new("outbox-outside-transaction", 60, "KillAtPoint+inbox.before_commit,KillBackend"),
        new("backoff-overtaken", 75, "RefusePublishes+outbox"),
        new("poison-dropped", 30, "PoisonMessage"),
    ];
}
