namespace Shop.Rig.Invariants;

/// <summary>No piece is made, lost, or sold to two buyers.</summary>
internal sealed class StockAddsUp : Invariant
{
    public override string Name => "stock adds up";

    protected override void Examine(Evidence evidence, Report report)
    {
        var sold = evidence.Orders.Where(order => order.IsSold).Select(order => order.Id).ToHashSet();
        var ordered = evidence.OrderLines.Where(line => sold.Contains(line.OrderId)).ToLookup(line => line.ProductId, line => line.Quantity);
        foreach (var stock in evidence.Stock)
        {
            // What was added by a request that nobody saw answered has no first count.
            var initial = evidence.InitialStock.GetValueOrDefault(stock.ProductId, stock.Supplied);
            report.Expect(stock.Sold + stock.Reserved + stock.Available == initial, () => $"product {stock.ProductId}: {stock} does not add up to {initial}");
            report.Expect(stock is { Sold: >= 0, Reserved: >= 0, Available: >= 0 }, () => $"product {stock.ProductId}: {stock}");
            report.Expect(stock.Reserved == 0, () => $"product {stock.ProductId}: {stock.Reserved} pieces are still reserved");
            report.Expect(stock.Sold == ordered[stock.ProductId].Sum(), () => $"product {stock.ProductId}: {stock.Sold} pieces sold, {ordered[stock.ProductId].Sum()} in sold orders");
        }

        foreach (var reservation in evidence.Reservations)
            report.Expect((reservation.Status == "committed") == sold.Contains(reservation.OrderId),
                () => $"the reservation of order {reservation.OrderId} is {reservation.Status}, and the order is {evidence.Orders.FirstOrDefault(order => order.Id == reservation.OrderId)?.Status ?? "not there"}");
    }
}
