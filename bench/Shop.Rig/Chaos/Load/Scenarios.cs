namespace Shop.Rig.Chaos.Load;

/// <summary>What buyers and operators do, each a little story.</summary>
internal static class Scenarios
{
    /// <summary>All of them, each with how often it comes.</summary>
    public static IReadOnlyList<(int Weight, Func<Market, Random, CancellationToken, Task> Play)> All { get; } =
    [
        (40, BuyAsync),
        (14, BuyOrchestratedAsync),
        (10, RepeatAsync),
        (8, CancelAtOnceAsync),
        (3, CancelLateAsync),
        (4, DrainWalletAsync),
        (4, BuyLastPiecesAsync),
        (8, RefundAsync),
        (4, DepositAsync),
        (3, RegisterAsync),
    ];

    private static async Task BuyAsync(Market market, Random random, CancellationToken cancellationToken) =>
        await market.OrderAsync(AnyOf(market, random), orchestrated: false, cancellationToken, Cart(random));

    private static async Task BuyOrchestratedAsync(Market market, Random random, CancellationToken cancellationToken) =>
        await market.OrderAsync(AnyOf(market, random), orchestrated: true, cancellationToken, Cart(random));

    /// <summary>An impatient client sends the same request several times at once, and once more afterwards.</summary>
    private static async Task RepeatAsync(Market market, Random random, CancellationToken cancellationToken)
    {
        var request = market.NewOrder(AnyOf(market, random), orchestrated: random.Next(4) == 0, Cart(random));
        market.Tally.Add("orders repeated");
        await Task.WhenAll(Enumerable.Range(0, random.Next(2, 5)).Select(_ => market.Client.PostAsync(request, Market.Patience, cancellationToken)));
        await market.Client.PostAsync(request, Market.Patience, cancellationToken);
    }

    private static async Task CancelAtOnceAsync(Market market, Random random, CancellationToken cancellationToken)
    {
        var buyer = AnyOf(market, random);
        if (await market.OrderAsync(buyer, orchestrated: false, cancellationToken, Cart(random)) is { IsSuccess: true, Id: { } placed })
            await CancelAsync(market, buyer, placed, cancellationToken);
    }

    private static async Task CancelLateAsync(Market market, Random random, CancellationToken cancellationToken)
    {
        var buyer = AnyOf(market, random);
        if (await market.OrderAsync(buyer, orchestrated: false, cancellationToken, Cart(random)) is { IsSuccess: true, Id: { } placed }
            && await market.UntilOrderAsync(buyer, placed, status => status != "pending", cancellationToken) is not null)
            await CancelAsync(market, buyer, placed, cancellationToken);
    }

    /// <summary>Several orders at once on a wallet that pays only for some of them.</summary>
    private static async Task DrainWalletAsync(Market market, Random random, CancellationToken cancellationToken)
    {
        if (await market.RegisterAsync(cancellationToken) is not { } buyer)
            return;
        market.Tally.Add("wallets drained");
        const int Laptops = 20; // 30,000.00 of the 100,000.00 that a new wallet holds.
        await Task.WhenAll(Enumerable.Range(0, random.Next(4, 7)).Select(_ =>
            market.OrderAsync(buyer, orchestrated: random.Next(3) == 0, cancellationToken, (Market.Laptop, Laptops))));
    }

    /// <summary>More buyers than pieces.</summary>
    private static async Task BuyLastPiecesAsync(Market market, Random random, CancellationToken cancellationToken)
    {
        var stock = random.Next(1, 4);
        if (await market.AddProductAsync(price: 100m, stock, cancellationToken) is not { } product)
            return;
        market.Tally.Add("products sold out");
        await Task.WhenAll(Enumerable.Range(0, stock + random.Next(1, 4)).Select(_ =>
            market.OrderAsync(AnyOf(market, random), orchestrated: random.Next(3) == 0, cancellationToken, (product, 1), (Market.Phone, 1))));
    }

    /// <summary>The administrator gives back a part or all as soon as payments has the money, be the order told of it or not.</summary>
    private static async Task RefundAsync(Market market, Random random, CancellationToken cancellationToken)
    {
        var buyer = AnyOf(market, random);
        if (await market.OrderAsync(buyer, orchestrated: random.Next(3) == 0, cancellationToken, Cart(random)) is not { IsSuccess: true, Id: { } placed })
            return;

        const int MaxPolls = 60;
        for (var poll = 0; poll < MaxPolls && !cancellationToken.IsCancellationRequested; poll++)
        {
            var found = await market.Client.GetAsync(Names.Payments, $"/payments?order_id={placed}", market.AdminToken, Market.Patience, cancellationToken);
            if (found is { IsSuccess: true } && found.Json.AsArray() is [{ } payment] && (string?)payment["status"] == "captured")
            {
                await RefundAsync(market, random, Guid.Parse((string)payment["id"]!), (decimal)payment["amount"]!, cancellationToken);
                return;
            }

            await Waits.ForAsync(TimeSpan.FromMilliseconds(250), cancellationToken);
        }
    }

    private static async Task RefundAsync(Market market, Random random, Guid payment, decimal amount, CancellationToken cancellationToken)
    {
        var parts = random.Next(2) == 0 ? [amount] : (decimal[])[decimal.Round(amount / 4, 2), decimal.Round(amount / 2, 2)];
        foreach (var part in parts)
        {
            var request = ShopClient.NewRequest(Names.Payments, $"/payments/{payment}/refund", market.AdminToken, new { Amount = part });
            market.Journal.Refunds.Add((payment, part, request.Key));
            if (await market.Client.PostAsync(request, Market.Patience, cancellationToken) is { IsSuccess: true })
                market.Tally.Add("refunds");
        }
    }

    private static async Task DepositAsync(Market market, Random random, CancellationToken cancellationToken)
    {
        var buyer = AnyOf(market, random);
        var amount = random.Next(1, 1_000_00) / 100m;
        var request = ShopClient.NewRequest(Names.Payments, "/accounts/deposit", market.AdminToken, new { Amount = amount, UserId = buyer.Id });
        market.Journal.Deposits.Add((buyer.Id, amount, request.Key));
        if (await market.Client.PostAsync(request, Market.Patience, cancellationToken) is { IsSuccess: true })
            market.Tally.Add("deposits");
    }

    private static async Task RegisterAsync(Market market, Random random, CancellationToken cancellationToken) => await market.RegisterAsync(cancellationToken);

    private static async Task CancelAsync(Market market, Buyer buyer, Guid orderId, CancellationToken cancellationToken)
    {
        var answer = await market.Client.PostAsync(Names.Orders, $"/orders/{orderId}/cancel", buyer.Token, new { }, Market.Patience, cancellationToken);
        if (answer is not { IsSuccess: true })
            return;
        market.Journal.Cancelled.Add(orderId);
        market.Tally.Add("orders cancelled");
    }

    private static Buyer AnyOf(Market market, Random random) => market.Buyers[random.Next(market.Buyers.Count)];

    private static (int ProductId, int Quantity)[] Cart(Random random) => random.Next(3) switch
    {
        0 => [(Market.Phone, random.Next(1, 3))],
        1 => [(Market.Laptop, 1)],
        _ => [(Market.Phone, 1), (Market.Laptop, 1)],
    };
}
