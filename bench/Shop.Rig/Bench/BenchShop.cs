using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shop.AppHost;
using Shop.Rig.Bench.Load;
using Shop.Rig.Setup;

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
    private const string BuyerPassword = "Correct-horse-2-battery";

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

        // The table is what people look at: not what the services log, nor the list of their addresses.
        builder.Services.Configure<LoggerFilterOptions>(options => options.AddFilter("Aspire.Hosting.Resources", LogLevel.None));
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Welcome)));

        // Data that is thrown away need not be synced; but what is measured here is a shop that keeps its data.
        var postgres = builder.CreateResourceBuilder(builder.Resources.OfType<PostgresServerResource>().Single())
            .WithArgs("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on")
            // When an order was confirmed is read from the commit of its row, so that nobody has to ask while it is measured.
            .WithArgs("-c", "track_commit_timestamp=on");
        if (options.Statements)
            postgres.WithArgs("-c", "shared_preload_libraries=pg_stat_statements");
    }

    private async Task FurnishAsync(int buyers, CancellationToken cancellationToken)
    {
        using var auth = Shop.CreateClient("auth");
        var administrator = await SignInAsync(auth, ThrowawayShop.Admin.Email, ThrowawayShop.Admin.Password, cancellationToken);

        using var catalog = Shop.CreateClient("catalog");
        catalog.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", administrator);
        var products = await StockAsync(catalog, cancellationToken);

        using var payments = Shop.CreateClient("payments");
        payments.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", administrator);
        var orders = Shop.CreateClient("orders").BaseAddress!;
        List<Buyer> registered = [];
        for (var number = 0; number < buyers; number++)
        {
            var token = await RegisterAsync(auth, $"buyer-{number}@example.com", cancellationToken);
            var id = await IdentifyAsync(auth, token, cancellationToken);
            await PostAsync(payments, "/accounts/deposit", new { amount = MoneyPerBuyer, currency = "RUB", user_id = id }, cancellationToken);
            registered.Add(new Buyer(orders, token, products));
        }
        Buyers = registered;
    }

    /// <returns>The ids of the products.</returns>
    private static async Task<IReadOnlyList<int>> StockAsync(HttpClient catalog, CancellationToken cancellationToken)
    {
        using var category = await catalog.PutAsJsonAsync("/categories/phones", new { name_ru = "Телефоны", name_en = "Phones", position = 1 }, cancellationToken);
        category.EnsureSuccessStatusCode();
        List<int> ids = [];
        for (var number = 1; number <= Products; number++)
        {
            var product = await PostAsync(catalog, "/products", new
            {
                name_ru = $"Телефон {number}",
                name_en = $"Phone {number}",
                description_ru = "Надёжный телефон на каждый день: яркий экран, две SIM-карты и батарея на два дня.",
                description_en = "A dependable everyday phone: a bright screen, two SIM cards and a two-day battery.",
                price = 100m * number,
                category = "phones",
                stock = StockPerProduct,
            }, cancellationToken);
            ids.Add((int)product["id"]!);
        }
        return ids;
    }

    private static async Task<string> RegisterAsync(HttpClient auth, string email, CancellationToken cancellationToken) =>
        (string)(await PostAsync(auth, "/auth/register", new { email, password = BuyerPassword, name = "Buyer" }, cancellationToken))["access_token"]!;

    private static async Task<string> SignInAsync(HttpClient auth, string email, string password, CancellationToken cancellationToken) =>
        (string)(await PostAsync(auth, "/auth/token", new { email, password }, cancellationToken))["access_token"]!;

    private static async Task<Guid> IdentifyAsync(HttpClient auth, string token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/auth/verify", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await auth.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var identity = await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
        return Guid.Parse((string)identity!["user_id"]!, CultureInfo.InvariantCulture);
    }

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, object body, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync(path, body, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"POST {path} was answered {(int)response.StatusCode}: {text}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var buyer in Buyers)
            buyer.Dispose();
        await Shop.DisposeAsync();
    }
}
