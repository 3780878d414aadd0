using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting.Testing;
using Shop.Tests.Support;
using StackExchange.Redis;

namespace Shop.Tests.Integration.Catalog;

/// <summary>The catalogue's contract, who may use it, and the stock under contention.</summary>
[Collection(ShopGroup.Name)]
public sealed class CatalogApiTests(ShopFixture shop)
{
    [Fact]
    public async Task The_first_page_begins_with_the_phone_and_the_laptop_and_comes_from_Redis()
    {
        using var catalog = shop.CreateClient("catalog");
        using var response = await catalog.GetAsync(Uri("/products"));
        var products = (await ShopFixture.ReadAsync(response)).AsArray();

        Assert.Equal(20, products.Count);
        Assert.True(int.Parse(response.Headers.GetValues("X-Total-Count").Single(), CultureInfo.InvariantCulture) >= 60);
        Assert.Contains("rel=\"next\"", response.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.Equal((1, "Phone", 500.00m), Describe(products[0]!));
        Assert.Equal((2, "Laptop", 1500.00m), Describe(products[1]!));

        using var redis = await ConnectionMultiplexer.ConnectAsync((await shop.App.GetConnectionStringAsync("redis"))!);
        await Eventually.HoldsAsync(async () => await redis.GetDatabase().KeyExistsAsync("catalog:products"), "the page is in Redis");
        Assert.InRange((await redis.GetDatabase().KeyTimeToLiveAsync("catalog:products"))!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(60));

        using var russian = await Request(catalog, "/products", "ru-RU,ru;q=0.9,en;q=0.5");
        Assert.Equal("Телефон", (string?)(await ShopFixture.ReadAsync(russian)).AsArray()[0]!["name"]);
        Assert.Equal("ru", russian.Content.Headers.ContentLanguage.Single());

        static (int, string, decimal) Describe(JsonNode product) => ((int)product["id"]!, (string)product["name"]!, (decimal)product["price"]!);
    }

    [Fact]
    public async Task A_shorter_first_page_is_the_begin_of_the_cached_one()
    {
        using var catalog = shop.CreateClient("catalog");
        using var response = await catalog.GetAsync(Uri("/products?page_size=5"));
        var five = (await ShopFixture.ReadAsync(response)).AsArray();
        var twenty = (await GetAsync(catalog, "/products")).AsArray();

        Assert.Equal(twenty.Take(5).Select(product => (int)product!["id"]!), five.Select(product => (int)product!["id"]!));
        Assert.True(int.Parse(response.Headers.GetValues("X-Total-Count").Single(), CultureInfo.InvariantCulture) >= 60);
        Assert.Contains("page_size=5", response.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_shows_at_once_on_the_cached_page()
    {
        using var catalog = shop.CreateClient("catalog");
        using var admin = await shop.AdminClientAsync("catalog");
        var product = (await GetAsync(catalog, "/products?page_size=20&page=1")).AsArray()[7]!;
        var stock = (int)(await GetAsync(catalog, $"/products/{product["id"]}"))["available"]!;

        await AdjustAsync(admin, (int)product["id"]!, -stock);
        Assert.False((bool)(await GetAsync(catalog, "/products")).AsArray()[7]!["in_stock"]!);
        await AdjustAsync(admin, (int)product["id"]!, stock);
        Assert.True((bool)(await GetAsync(catalog, "/products")).AsArray()[7]!["in_stock"]!);
    }

    [Fact]
    public async Task Products_are_found_by_words_their_forms_and_their_beginnings_in_both_languages()
    {
        using var catalog = shop.CreateClient("catalog");

        foreach (var search in new[] { "ноутбуками", "ноутб", "laptop", "LAPT" })
        {
            var found = (await GetAsync(catalog, $"/products?search={System.Uri.EscapeDataString(search)}&page_size=100")).AsArray();
            Assert.Contains(found, product => (int)product!["id"]! == 2);
        }
        Assert.Empty((await GetAsync(catalog, $"/products?search={System.Uri.EscapeDataString("' | !:*")}")).AsArray());
        Assert.Contains((await GetAsync(catalog, "/products/suggest?q=headph")).AsArray(), product => (string?)product!["name"] == "Tishina headphones");
    }

    [Fact]
    public async Task Filters_sorting_and_pages_work_together()
    {
        using var catalog = shop.CreateClient("catalog");
        var all = (await GetAsync(catalog, "/products?category=kitchen&min_price=1000&sort=price_desc&page_size=100")).AsArray();
        var pages = new List<JsonNode?>();
        for (var page = 1; page <= 3; page++)
            pages.AddRange((await GetAsync(catalog, $"/products?category=kitchen&min_price=1000&sort=price_desc&page_size=3&page={page}")).AsArray());

        Assert.Equal(all.Select(product => (int)product!["id"]!).Take(9), pages.Select(product => (int)product!["id"]!));
        Assert.All(all, product => Assert.True((string?)product!["category"] == "kitchen" && (decimal)product["price"]! >= 1000));
        Assert.Equal(all.Select(product => (decimal)product!["price"]!).OrderDescending(), all.Select(product => (decimal)product!["price"]!));
        Assert.All((await GetAsync(catalog, "/products?in_stock=false")).AsArray(), product => Assert.False((bool)product!["in_stock"]!));
    }

    [Theory]
    [InlineData("/products?page_size=101", HttpStatusCode.BadRequest)]
    [InlineData("/products?page=0", HttpStatusCode.BadRequest)]
    [InlineData("/products?sort=whatever", HttpStatusCode.BadRequest)]
    [InlineData("/products?min_price=-1", HttpStatusCode.BadRequest)]
    [InlineData("/products?min_price=a", HttpStatusCode.BadRequest)]
    [InlineData("/products?min_price=2&max_price=1", HttpStatusCode.BadRequest)]
    [InlineData("/products/suggest?q=", HttpStatusCode.BadRequest)]
    [InlineData("/products/999999", HttpStatusCode.NotFound)]
    [InlineData("/products/999999/image.svg", HttpStatusCode.NotFound)]
    public async Task Bad_questions_get_problem_details(string path, HttpStatusCode status)
    {
        using var catalog = shop.CreateClient("catalog");
        using var response = await catalog.GetAsync(Uri(path));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.NotNull((await ShopFixture.ReadAsync(response))["trace_id"]);
    }

    [Fact]
    public async Task A_picture_is_a_harmless_SVG_that_browsers_keep()
    {
        using var catalog = shop.CreateClient("catalog");
        var url = (string)(await GetAsync(catalog, "/products/1"))["image_url"]!;
        using var first = await catalog.GetAsync(Uri(url));

        Assert.Equal("image/svg+xml", first.Content.Headers.ContentType!.MediaType);
        Assert.True(first.Headers.CacheControl!.MaxAge > TimeSpan.FromHours(1));
        Assert.Equal("nosniff", first.Headers.GetValues("X-Content-Type-Options").Single());

        using var again = new HttpRequestMessage(HttpMethod.Get, url);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await catalog.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/products")]
    [InlineData("PUT", "/products/1")]
    [InlineData("DELETE", "/products/1")]
    [InlineData("POST", "/products/1/stock")]
    [InlineData("PUT", "/categories/phones")]
    [InlineData("POST", "/reservations")]
    [InlineData("POST", "/reservations/0192b5a0-0000-7000-8000-000000000001/commit")]
    [InlineData("POST", "/reservations/0192b5a0-0000-7000-8000-000000000001/release")]
    public async Task Only_those_who_may_can_change_anything(string method, string path)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var nobody = shop.CreateClient("catalog");
        using var customer = shop.CreateClient("catalog", buyer.Token);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(nobody, method, path));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(customer, method, path));
    }

    [Fact]
    public async Task An_operator_adds_changes_and_removes_a_product()
    {
        using var admin = await shop.AdminClientAsync("catalog");
        var id = await AddProductAsync(admin, stock: 5);

        using var changed = await admin.PutAsJsonAsync($"/products/{id}", new { name_ru = "Новое", name_en = "<New>", price = 12.50m, category = "books", kind = "digital" });
        var product = await ShopFixture.ReadAsync(changed);
        Assert.Equal(("<New>", 12.50m, "digital", 5), ((string)product["name"]!, (decimal)product["price"]!, (string)product["kind"]!, (int)product["available"]!));

        using var tooMuch = await admin.PostAsJsonAsync($"/products/{id}/stock", new { delta = -6, reason = "test" });
        Assert.Equal(HttpStatusCode.Conflict, tooMuch.StatusCode);
        Assert.Equal(5, await shop.QueryAsync<int>("catalogdb", "SELECT available FROM stock WHERE product_id = $1", id));

        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(admin, "DELETE", $"/products/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin, "DELETE", $"/products/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin, "GET", $"/products/{id}"));
    }

    [Fact]
    public async Task The_same_idempotency_key_adds_one_product()
    {
        using var admin = await shop.AdminClientAsync("catalog");
        admin.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());

        Assert.Equal(await AddProductAsync(admin, stock: 1), await AddProductAsync(admin, stock: 1));
    }

    [Fact]
    public async Task Bad_products_are_refused_field_by_field()
    {
        using var admin = await shop.AdminClientAsync("catalog");
        using var invalid = await admin.PostAsJsonAsync("/products", new { name_ru = "", name_en = "x", price = -1, category = "books", currency = "rub" });
        var errors = (await ShopFixture.ReadAsync(invalid))["errors"]!.AsObject();
        using var unknownField = await admin.PostAsJsonAsync("/products", new { name_ru = "x", name_en = "x", price = 1, category = "books", discount = 5 });
        using var unknownCategory = await admin.PostAsJsonAsync("/products", new { name_ru = "x", name_en = "x", price = 1, category = "nowhere" });
        using var fractions = await admin.PostAsJsonAsync("/products", new { name_ru = "x", name_en = "x", price = 1.005m, category = "books" });

        Assert.Equal(["currency", "name_ru", "price"], errors.Select(error => error.Key).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, unknownField.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknownCategory.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, fractions.StatusCode);
    }

    [Fact]
    public async Task A_product_without_its_names_is_told_what_is_missing()
    {
        using var admin = await shop.AdminClientAsync("catalog");

        using var response = await admin.PostAsJsonAsync("/products", new { name_ru = "Имя", category = "phones" });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("Missing at $: name_en, price.", (string?)(await ShopFixture.ReadAsync(response))["detail"]);
    }

    [Fact]
    public async Task Reserving_again_gives_the_same_reservation_and_other_items_are_refused()
    {
        using var admin = await shop.AdminClientAsync("catalog");
        var product = await AddProductAsync(admin, stock: 5);
        var order = Guid.CreateVersion7();

        var (first, reservation) = await ReserveAsync(admin, order, product, 2);
        var (second, repeated) = await ReserveAsync(admin, order, product, 2);
        var (third, other) = await ReserveAsync(admin, order, product, 3);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Conflict), (first, second, third));
        Assert.Equal(reservation.ToJsonString(), repeated.ToJsonString());
        Assert.Equal((2, 10.00m), ((int)reservation["lines"]![0]!["quantity"]!, (decimal)reservation["lines"]![0]!["unit_price"]!));
        Assert.Equal("reservation_differs", (string?)other["code"]);
        await AssertStockAsync(product, available: 3, reserved: 2, sold: 0);
    }

    [Fact]
    public async Task Committing_and_releasing_are_repeatable_and_a_released_order_stays_released()
    {
        using var admin = await shop.AdminClientAsync("catalog");
        var product = await AddProductAsync(admin, stock: 5);
        var order = Guid.CreateVersion7();
        await ReserveAsync(admin, order, product, 2);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, "POST", $"/reservations/{order}/commit"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, "POST", $"/reservations/{order}/commit"));
        await AssertStockAsync(product, available: 3, reserved: 0, sold: 2);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, "POST", $"/reservations/{order}/release"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, "POST", $"/reservations/{order}/release"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(admin, "POST", $"/reservations/{order}/commit"));
        await AssertStockAsync(product, available: 5, reserved: 0, sold: 0);
    }

    [Fact]
    public async Task A_reserve_that_its_release_overtook_fails()
    {
        using var admin = await shop.AdminClientAsync("catalog");
        var product = await AddProductAsync(admin, stock: 5);
        var order = Guid.CreateVersion7();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, "POST", $"/reservations/{order}/release"));
        var (status, problem) = await ReserveAsync(admin, order, product, 1);

        Assert.Equal((HttpStatusCode.Conflict, "reservation_ended"), (status, (string?)problem["code"]));
        await AssertStockAsync(product, available: 5, reserved: 0, sold: 0);
    }

    [Fact]
    public async Task What_is_not_there_is_named_and_nothing_is_held()
    {
        using var admin = await shop.AdminClientAsync("catalog");
        var product = await AddProductAsync(admin, stock: 2);

        var (outOfStock, missing) = await ReserveAsync(admin, Guid.CreateVersion7(), product, 3);
        var (unknown, problem) = await ReserveAsync(admin, Guid.CreateVersion7(), 999_999, 1);

        Assert.Equal((HttpStatusCode.Conflict, "out_of_stock"), (outOfStock, (string?)missing["code"]));
        Assert.Equal((product, 3, 2), ((int)missing["lines"]![0]!["product_id"]!, (int)missing["lines"]![0]!["requested"]!, (int)missing["lines"]![0]!["available"]!));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "unknown_product"), (unknown, (string?)problem["code"]));
        Assert.Contains("999999", (string?)problem["detail"], StringComparison.Ordinal);
        await AssertStockAsync(product, available: 2, reserved: 0, sold: 0);
    }

    [Fact]
    public async Task Many_buyers_at_once_never_get_more_than_there_is()
    {
        using var admin = await shop.AdminClientAsync("catalog");
        var first = await AddProductAsync(admin, stock: 10);
        var second = await AddProductAsync(admin, stock: 100);

        // In both orders of the lines, which must not lock each other out.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(async buyer =>
        {
            int[] products = buyer % 2 == 0 ? [first, second] : [second, first];
            using var response = await admin.PostAsJsonAsync("/reservations", new
            {
                order_id = Guid.CreateVersion7(),
                items = products.Select(product => new { product_id = product, quantity = 1 }),
            });
            return response.StatusCode;
        }));

        Assert.Equal(10, outcomes.Count(status => status == HttpStatusCode.Created));
        Assert.Equal(20, outcomes.Count(status => status == HttpStatusCode.Conflict));
        await AssertStockAsync(first, available: 0, reserved: 10, sold: 0);
        await AssertStockAsync(second, available: 90, reserved: 10, sold: 0);
    }

    private async Task AssertStockAsync(int product, int available, int reserved, int sold) => Assert.Equal(
        $"{available} available, {reserved} reserved, {sold} sold",
        await shop.QueryAsync<string>("catalogdb",
            "SELECT available || ' available, ' || reserved || ' reserved, ' || sold || ' sold' FROM stock WHERE product_id = $1", product));

    private static async Task<int> AddProductAsync(HttpClient admin, int stock)
    {
        using var response = await admin.PostAsJsonAsync("/products", new { name_ru = "Проба", name_en = "Sample", price = 10.00m, category = "books", stock });
        var product = await ShopFixture.ReadAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.Created, product.ToString());
        return (int)product["id"]!;
    }

    private static async Task AdjustAsync(HttpClient admin, int product, int delta)
    {
        using var response = await admin.PostAsJsonAsync($"/products/{product}/stock", new { delta, reason = "test" });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> ReserveAsync(HttpClient client, Guid order, int product, int quantity)
    {
        using var response = await client.PostAsJsonAsync("/reservations", new { order_id = order, items = new[] { new { product_id = product, quantity } } });
        return (response.StatusCode, await ShopFixture.ReadAsync(response));
    }

    private static async Task<JsonNode> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(Uri(path));
        var body = await ShopFixture.ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, body.ToString());
        return body;
    }

    private static async Task<HttpResponseMessage> Request(HttpClient client, string path, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptLanguage.ParseAdd(language);
        return await client.SendAsync(request);
    }

    /// <remarks>The body is empty JSON: who may not is told so before anybody reads it.</remarks>
    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method is "GET" or "DELETE" ? null : JsonContent.Create(new { }) };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    private static Uri Uri(string path) => new(path, UriKind.Relative);
}
