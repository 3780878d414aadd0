using System.Globalization;
using System.Text.Json.Nodes;
using Shop.Rig.Setup;

namespace Shop.Rig.Chaos.Load;

/// <summary>Somebody with a wallet.</summary>
internal sealed record Buyer(Guid Id, string Email, string Token);

/// <summary>What the scenarios share: clients, buyers, and what may be bought.</summary>
internal sealed class Market(ShopClient client, Journal journal, Tally tally)
{
    public const int Phone = 1;
    public const int Laptop = 2;
    private const string Password = "Correct-horse-2-battery";

    /// <summary>How long a client goes on asking.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    public ShopClient Client => client;

    public Journal Journal => journal;

    public Tally Tally => tally;

    public string AdminToken { get; private set; } = "";

    /// <summary>Buyers with money, of whom the scenarios draw.</summary>
    public IReadOnlyList<Buyer> Buyers { get; private set; } = [];

    /// <summary>Signs in, and has the buyers signed up.</summary>
    /// <exception cref="InvalidOperationException">The shop is not open: nothing is broken yet, and this fails.</exception>
    public async Task OpenAsync(int buyers, CancellationToken cancellationToken)
    {
        var (email, password) = ThrowawayShop.Admin;
        var token = await client.SignInAsync(email, password, Patience, cancellationToken);
        AdminToken = (string?)token?.Json["access_token"] ?? throw new InvalidOperationException("The administrator cannot sign in.");
        var registered = new List<Buyer>();
        foreach (var group in Enumerable.Range(0, buyers).Chunk(4))
        {
            registered.AddRange(await Task.WhenAll(group.Select(async _ =>
                await RegisterAsync(cancellationToken) ?? throw new InvalidOperationException("A buyer cannot sign up."))));
        }

        Buyers = registered;
    }

    /// <summary>Signs somebody up. The wallet opens by an event, or with the first order.</summary>
    public async Task<Buyer?> RegisterAsync(CancellationToken cancellationToken)
    {
        var email = $"buyer-{Guid.NewGuid():N}@rig.example";
        var answer = await client.PostAsync(Names.Auth, "/auth/register", null, new { Email = email, Password, Name = "Buyer" }, Patience, cancellationToken);
        if (answer is not { IsSuccess: true })
            return null;
        var token = (string)answer.Json["access_token"]!;
        var verified = await client.GetAsync(Names.Auth, "/auth/verify", token, Patience, cancellationToken);
        if (verified is not { IsSuccess: true })
            return null;
        var id = Guid.Parse((string)verified.Json["user_id"]!);
        journal.Users.Add(id);
        tally.Add("users registered");
        return new Buyer(id, email, token);
    }

    /// <summary>Prepares an order with an address of its own, by which the shop's rows are matched to the key.</summary>
    public KeyedRequest NewOrder(Buyer buyer, bool orchestrated, params IReadOnlyList<(int ProductId, int Quantity)> items)
    {
        var email = $"order-{Guid.NewGuid():N}@rig.example";
        var request = ShopClient.NewRequest(Names.Orders, orchestrated ? "/orders/orchestrated" : "/orders", buyer.Token, new
        {
            CustomerEmail = email,
            Items = items.Select(item => new { item.ProductId, item.Quantity }),
        });
        journal.Orders.Add(new OrderAttempt(email, orchestrated, request));
        tally.Add("orders attempted");
        return request;
    }

    /// <summary>Places an order and returns the answer, if there was one.</summary>
    public async Task<Answer?> OrderAsync(Buyer buyer, bool orchestrated, CancellationToken cancellationToken, params IReadOnlyList<(int ProductId, int Quantity)> items)
    {
        var answer = await client.PostAsync(NewOrder(buyer, orchestrated, items), Patience, cancellationToken);
        if (answer is not null)
            tally.Add(string.Create(CultureInfo.InvariantCulture, $"orders answered {answer.Status}"));
        return answer;
    }

    /// <summary>Waits until an order has left a status.</summary>
    /// <returns>The order, or null when it did not in time.</returns>
    public async Task<JsonNode?> UntilOrderAsync(Buyer buyer, Guid orderId, Func<string, bool> status, CancellationToken cancellationToken)
    {
        const int MaxPolls = 60;
        for (var poll = 0; poll < MaxPolls && !cancellationToken.IsCancellationRequested; poll++)
        {
            var answer = await client.GetAsync(Names.Orders, $"/orders/{orderId}", buyer.Token, Patience, cancellationToken);
            if (answer is { IsSuccess: true } && status((string)answer.Json["status"]!))
                return answer.Json;
            await Waits.ForAsync(TimeSpan.FromMilliseconds(250), cancellationToken);
        }

        return null;
    }

    /// <summary>Adds a product to the catalogue.</summary>
    /// <returns>Its id.</returns>
    public async Task<int?> AddProductAsync(decimal price, int stock, CancellationToken cancellationToken)
    {
        var name = $"Last pieces {Guid.NewGuid():N}";
        var answer = await client.PostAsync(Names.Catalog, "/products", AdminToken, new
        {
            NameRu = name,
            NameEn = name,
            Price = price,
            Category = "phones",
            Stock = stock,
        }, Patience, cancellationToken);
        if (answer is not { IsSuccess: true })
            return null;
        var id = (int)answer.Json["id"]!;
        journal.Products[id] = stock;
        return id;
    }
}
