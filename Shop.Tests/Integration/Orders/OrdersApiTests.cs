using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Shop.Tests.Integration.Orders;

/// <summary>The endpoints of orders, seen by a buyer.</summary>
[Collection(ShopGroup.Name)]
public sealed class OrdersApiTests(ShopFixture shop)
{
    [Theory]
    [InlineData("""{}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"items":[]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"items":[null]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"items":[{"product_id":1,"quantity":0}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"items":[{"product_id":1,"quantity":1001}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"items":[{"product_id":1,"quantity":600},{"product_id":1,"quantity":600}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"items":[{"product_id":1,"quantity":1,"discount":1}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"items":[{"product_id":1,"quantity":1}],"customer_email":"nobody"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"items":[{"product_id":1,"quantity":1}],"payment_method":"barter"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"items":[{"product_id":1,"quantity":1}],"payment_method":"card"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"items":[{"product_id":999999,"quantity":1}]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"items":[{"product_id":1,"quantity":1,"price":1.00}]}""", HttpStatusCode.Conflict)]
    public async Task What_cannot_be_ordered_is_refused_and_stores_nothing(string body, HttpStatusCode status)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        foreach (var path in new[] { "/orders", "/orders/orchestrated" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await orders.PostAsync(new Uri(path, UriKind.Relative), content);
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
        Assert.Equal(0, await shop.QueryAsync<long>("ordersdb", "SELECT count(*) FROM orders WHERE customer_id = $1", buyer.Id));
    }

    [Fact]
    public async Task A_changed_price_is_named_and_gives_the_stock_back()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var response = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 1, quantity = 1, price = 499.99m } } });

        var problem = await ShopFixture.ReadAsync(response);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("price_changed", (string?)problem["code"]);
        Assert.Equal(500.00m, (decimal)problem["items"]![0]!["unit_price"]!);
    }

    [Fact]
    public async Task An_order_that_costs_more_than_can_be_charged_is_refused_and_keeps_no_pieces()
    {
        using var catalog = await shop.AdminClientAsync("catalog");
        using var added = await catalog.PostAsJsonAsync("/products",
            new { name_ru = "Завод", name_en = "Factory", price = 2_000_000.00m, category = "services", stock = 600 });
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var product = (int)(await ShopFixture.ReadAsync(added))["id"]!;
        using var orders = shop.CreateClient("orders", (await shop.RegisterCustomerAsync()).Token);

        using var response = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = product, quantity = 600 } } });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal("total_too_large", (string?)(await ShopFixture.ReadAsync(response))["code"]);
        Assert.Equal(600, await shop.QueryAsync<int>("catalogdb", "SELECT available FROM stock WHERE product_id = $1", product));
    }

    [Fact]
    public async Task A_buyer_sees_the_order_and_its_history_and_nobody_else_does()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var id = await PlaceAsync(orders);
        var order = await ShopFixture.UntilOrderAsync(orders, id, "confirmed");
        Assert.Equal("captured", (string?)order["payment"]!["status"]);

        var history = (await ReadAsync(orders, $"/orders/{id}/history")).AsArray();
        Assert.Equal(["pending", "paid", "confirmed"], history.Select(change => (string)change!["status"]!));

        using var stranger = shop.CreateClient("orders", (await shop.RegisterCustomerAsync()).Token);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, HttpMethod.Get, $"/orders/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, HttpMethod.Get, $"/orders/{id}/history"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, HttpMethod.Post, $"/orders/{id}/cancel"));
        Assert.Empty((await ReadAsync(stranger, "/orders")).AsArray());

        using var admin = await shop.AdminClientAsync("orders");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, HttpMethod.Get, $"/orders/{id}"));
    }

    [Fact]
    public async Task The_list_has_pages()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var first = await PlaceAsync(orders);
        var second = await PlaceAsync(orders);

        using var response = await orders.GetAsync(new Uri("/orders?page=2&page_size=1", UriKind.Relative));
        var page = (await ShopFixture.ReadAsync(response)).AsArray();
        Assert.Equal("2", Assert.Single(response.Headers.GetValues("X-Total-Count")));
        Assert.Equal(first, (string?)Assert.Single(page)!["id"]);
        Assert.NotEqual(first, second);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(orders, HttpMethod.Get, "/orders?page_size=101"));
    }

    [Fact]
    public async Task A_paid_order_cannot_be_cancelled()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var id = await PlaceAsync(orders);
        await ShopFixture.UntilOrderAsync(orders, id, "confirmed");
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(orders, HttpMethod.Post, $"/orders/{id}/cancel"));
        await ShopFixture.UntilOrderAsync(orders, id, "confirmed");
    }

    [Fact]
    public async Task An_unpaid_order_is_cancelled_once_and_payments_will_refuse_it()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var id = await OpenOrders.InsertAsync(shop, buyer, "choreography", "1 hour");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(orders, HttpMethod.Post, $"/orders/{id}/cancel"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(orders, HttpMethod.Post, $"/orders/{id}/cancel"));
        await ShopFixture.UntilOrderAsync(orders, id.ToString(), "cancelled");
        await OpenOrders.UntilPaymentsRefuseAsync(shop, id);
    }

    [Fact]
    public async Task An_order_that_is_not_paid_in_time_expires()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var id = await OpenOrders.InsertAsync(shop, buyer, "choreography", "-1 second");
        var order = await ShopFixture.UntilOrderAsync(orders, id.ToString(), "expired", TimeSpan.FromSeconds(60));
        Assert.Equal("not_paid_in_time", (string?)order["failure_reason"]);
        await OpenOrders.UntilPaymentsRefuseAsync(shop, id);
    }

    [Fact]
    public async Task A_paid_order_whose_buyer_cannot_be_told_is_confirmed_and_its_history_says_so()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var id = await OpenOrders.InsertPaidAsync(shop, buyer);

        var order = await ShopFixture.UntilOrderAsync(orders, id.ToString(), "confirmed", TimeSpan.FromSeconds(60));
        Assert.Null(order["failure_reason"]);
        var change = Assert.Single((await ReadAsync(orders, $"/orders/{id}/history")).AsArray())!;
        Assert.Equal(("paid", "confirmed", "customer_not_notified"), ((string?)change["from"], (string?)change["status"], (string?)change["reason"]));
        Assert.Equal(1, await shop.QueryAsync<long>("ordersdb", "SELECT count(*) FROM orders WHERE id = $1 AND notified_at IS NULL", id));
    }

    private static async Task<string> PlaceAsync(HttpClient orders)
    {
        using var response = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 1, quantity = 1, price = 500.00m } } });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (string)(await ShopFixture.ReadAsync(response))["id"]!;
    }

    private static async Task<System.Text.Json.Nodes.JsonNode> ReadAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ShopFixture.ReadAsync(response);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
