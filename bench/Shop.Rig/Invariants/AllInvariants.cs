namespace Shop.Rig.Invariants;

/// <summary>The invariants that are checked after every run.</summary>
internal static class AllInvariants
{
    public static IReadOnlyList<Invariant> List { get; } =
    [
        new BacklogReachedZero(),
        new NothingLost(),
        new NothingInvented(),
        new NothingTwice(),
        new NoDeadLetters(),
        new PoisonIsParked(),
        new PublishedOnce(),
        new NotedOnce(),
        new OrderOfKeys(),
        new LedgerBalances(),
        new MoneyMatchesOrders(),
        new StockAddsUp(),
        new LegalTransitions(),
        new PromisesKept(),
        new BuyersToldOnce(),
        new SameKeySameAnswer(),
        new OutagesAreNamed(),
    ];

    public static IReadOnlyList<Finding> Check(Evidence evidence) => [.. List.Select(invariant => invariant.Check(evidence))];
}
