using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Npgsql;
using Shop.Rig.Chaos;
using Shop.Rig.Chaos.Load;
using Shop.Rig.Setup;
using Buyer = Shop.Rig.Bench.Load.Buyer;

namespace Shop.Rig.Bench;

/// <summary>
/// The shop as a business runs it, with buyers who have money and shelves that are full: Release builds in Production, one
/// process of each service, a PostgreSQL that keeps what it has committed.
/// </summary>
internal sealed class BenchShop : IAsyncDisposable
{
    /// <summary>Products that are ordered: enough that orders seldom wait for each other's stock.</summary>
    public const int Products = 40;

    private const int StockPerProduct = 1_000_000;
    private const decimal MoneyPerBuyer = 900_000_000m;

    private BenchShop(ThrowawayShop shop) => Shop = shop;

    public ThrowawayShop Shop { get; }

    /// <summary>The buyers; each has an access token that outlives the run.</summary>
    public IReadOnlyList<Buyer> Buyers { get; private set; } = [];

    public static async Task<BenchShop> StartAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var shop = new BenchShop(await ThrowawayShop.StartAsync(configure: builder => Configure(builder, options), cancellationToken: cancellationToken));
        try
        {
            await shop.FurnishAsync(options.Buyers, cancellationToken);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection string of a database on the shop's server, as its administrator.</summary>
    public async Task<NpgsqlConnectionStringBuilder> ServerAsync(CancellationToken cancellationToken) =>
        new(await Shop.App.GetConnectionStringAsync("postgres", cancellationToken)) { Database = "postgres", Pooling = false };

    private static void Configure(IDistributedApplicationTestingBuilder builder, BenchOptions options)
    {
        foreach (var project in builder.Resources.OfType<ProjectResource>().ToList())
        {
            builder.CreateResourceBuilder(project)
                .WithEnvironment("ASPNETCORE_ENVIRONMENT", "Production")
                .WithEnvironment("Auth__AccessTokenMinutes", "120")
                // The load comes from one address.
                .WithEnvironment("RateLimits__PerSecond", "1000000")
                .WithEnvironment("RateLimits__Burst", "1000000")
                .WithEnvironment("RateLimits__ServicePerSecond", "1000000")
                .WithEnvironment("RateLimits__CredentialsPerMinute", "10000");
        }

        // Data that is thrown away need not be synced; but what is measured here is a shop that keeps its data.
        builder.SetPostgres("fsync=on", "synchronous_commit=on", "full_page_writes=on");
        // When an order was confirmed is read from the commit of its row, so that nobody has to ask while it is measured.
        builder.SetPostgres("track_commit_timestamp=on");
        if (options.Statements)
            builder.SetPostgres("shared_preload_libraries=pg_stat_statements");
    }

    private async Task FurnishAsync(int buyers, CancellationToken cancellationToken)
    {
        var journal = new Journal();
        var tally = new Tally();
        using var client = new ShopClient(Shop, journal, tally);
        var market = new Market(client, journal, tally);
        await market.OpenAsync(buyers, cancellationToken);
        var products = await StockAsync(market, cancellationToken);

        var orders = Shop.App.GetEndpoint(Names.Orders, "http");
        List<Buyer> furnished = [];
        foreach (var (id, _, token) in market.Buyers)
        {
            await PostAsync(market, Names.Payments, "/accounts/deposit", new { Amount = MoneyPerBuyer, Currency = "RUB", UserId = id }, cancellationToken);
            furnished.Add(new Buyer(orders, token, products));
        }
        Buyers = furnished;
    }

    /// <returns>The ids of the products.</returns>
    private async Task<IReadOnlyList<int>> StockAsync(Market market, CancellationToken cancellationToken)
    {
        using var catalog = Shop.CreateClient(Names.Catalog);
        catalog.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", market.AdminToken);
        using var category = await catalog.PutAsJsonAsync("/categories/phones", new { name_ru = "Телефоны", name_en = "Phones", position = 1 }, cancellationToken);
        category.EnsureSuccessStatusCode();
        List<int> ids = [];
        for (var number = 1; number <= Products; number++)
        {
            var product = await PostAsync(market, Names.Catalog, "/products", new
            {
                NameRu = $"Телефон {number}",
                NameEn = $"Phone {number}",
                DescriptionRu = "Надёжный телефон на каждый день: яркий экран, две SIM-карты и батарея на два дня.",
                DescriptionEn = "A dependable everyday phone: a bright screen, two SIM cards and a two-day battery.",
                Price = 100m * number,
                Category = "phones",
                Stock = StockPerProduct,
            }, cancellationToken);
            ids.Add((int)product["id"]!);
        }
        return ids;
    }

    private static async Task<JsonNode> PostAsync(Market market, string service, string path, object body, CancellationToken cancellationToken) =>
        await market.Client.PostAsync(service, path, market.AdminToken, body, Market.Patience, cancellationToken) is { IsSuccess: true } answer
            ? answer.Json
            : throw new InvalidOperationException($"The shop cannot be furnished: POST {path} of {service} failed.");

    public async ValueTask DisposeAsync()
    {
        foreach (var buyer in Buyers)
            buyer.Dispose();
        await Shop.DisposeAsync();
    }
}
