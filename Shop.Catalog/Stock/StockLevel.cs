namespace Shop.Catalog.Stock;

/// <summary>Where the pieces of a product are. The database holds sold + reserved + available = supplied, and none below zero.</summary>
internal sealed class StockLevel
{
    public int ProductId { get; init; }

    /// <summary>The initial stock and every operator's delta.</summary>
    public required int Supplied { get; init; }

    /// <summary>Pieces that can be ordered.</summary>
    public required int Available { get; init; }

    /// <summary>Pieces held for orders that are not paid.</summary>
    public int Reserved { get; init; }

    /// <summary>Pieces of paid orders.</summary>
    public int Sold { get; init; }

    /// <summary>A stock that nothing was sold of.</summary>
    public static StockLevel Initial(int pieces) => new() { Supplied = pieces, Available = pieces };
}

/// <summary>An operator's change of the stock.</summary>
internal sealed class StockAdjustment
{
    public long Id { get; init; }
    public required int ProductId { get; init; }

    /// <summary>Pieces that came (above zero) or went (below).</summary>
    public required int Delta { get; init; }

    public required string Reason { get; init; }

    /// <summary>The subject of the operator's token.</summary>
    public required string MadeBy { get; init; }

    public required DateTimeOffset MadeAt { get; init; }
}
