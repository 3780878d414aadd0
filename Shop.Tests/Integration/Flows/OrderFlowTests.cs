using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Flows;

/// <summary>An order's way through all services, by choreography and by orchestration.</summary>
[Collection(ShopGroup.Name)]
public sealed class OrderFlowTests(ShopFixture shop)
{
    private static readonly object PhoneAndLaptops = new
    {
        payment_method = "wallet",
        items = new[] { new { product_id = 1, quantity = 2 }, new { product_id = 2, quantity = 1 } },
    };

    [Fact]
    public async Task Choreography_an_order_is_accepted_at_once_and_soon_confirmed()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);

        using var response = await orders.PostAsJsonAsync("/orders", PhoneAndLaptops);
        var order = await ShopFixture.ReadAsync(response);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(2500.00m, (decimal)order["total_amount"]!);
        Assert.Equal("RUB", (string?)order["currency"]);
        Assert.Equal(buyer.Email, (string?)order["customer_email"]);

        var id = (string)order["id"]!;
        await ShopFixture.UntilOrderAsync(orders, id, "confirmed");
        await AssertPaidAndNotifiedOnceAsync(buyer, id);
    }

    [Fact]
    public async Task Orchestration_one_call_answers_with_the_confirmed_order()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);

        using var response = await orders.PostAsJsonAsync("/orders/orchestrated", PhoneAndLaptops);
        var order = await ShopFixture.ReadAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, order.ToString());
        Assert.Equal("confirmed", (string?)order["status"]);
        await AssertPaidAndNotifiedOnceAsync(buyer, (string)order["id"]!);
    }

    [Theory]
    [InlineData("/orders", HttpStatusCode.Accepted)]
    [InlineData("/orders/orchestrated", HttpStatusCode.OK)]
    public async Task The_same_idempotency_key_orders_once(string path, HttpStatusCode status)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        orders.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());

        using var first = await orders.PostAsJsonAsync(path, PhoneAndLaptops);
        using var second = await orders.PostAsJsonAsync(path, PhoneAndLaptops);
        using var other = await orders.PostAsJsonAsync(path, new { items = new[] { new { product_id = 1, quantity = 1 } } });

        Assert.Equal(status, first.StatusCode);
        Assert.Equal(status, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(1, await shop.QueryAsync<long>("ordersdb", "SELECT count(*) FROM orders WHERE customer_id = $1", buyer.Id));
    }

    [Fact]
    public async Task Twenty_requests_at_once_with_one_key_order_once()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        orders.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => orders.PostAsJsonAsync("/orders", PhoneAndLaptops)));
        var bodies = await Task.WhenAll(responses.Select(response => response.Content.ReadAsStringAsync()));

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.Accepted, response.StatusCode));
        Assert.Single(bodies.Distinct());
        Assert.Equal(1, await shop.QueryAsync<long>("ordersdb", "SELECT count(*) FROM orders WHERE customer_id = $1", buyer.Id));
        foreach (var response in responses)
            response.Dispose();
    }

    [Fact]
    public async Task An_order_the_wallet_cannot_pay_fails_and_gives_the_stock_back()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var before = await AvailableAsync(2);

        using var response = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 2, quantity = 70 } } });
        var order = await ShopFixture.ReadAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, order.ToString());

        await ShopFixture.UntilOrderAsync(orders, (string)order["id"]!, "failed");
        await Eventually.HoldsAsync(async () => await AvailableAsync(2) == before, "the stock is back");

        using var declined = await orders.PostAsJsonAsync("/orders/orchestrated", new { items = new[] { new { product_id = 2, quantity = 70 } } });
        Assert.Equal(HttpStatusCode.PaymentRequired, declined.StatusCode);
        Assert.Equal(before, await AvailableAsync(2));
    }

    private async Task<int> AvailableAsync(int product)
    {
        using var catalog = await shop.AdminClientAsync("catalog");
        var body = await catalog.GetFromJsonAsync<JsonObject>($"/products/{product}");
        return (int)body!["available"]!;
    }

    private async Task AssertPaidAndNotifiedOnceAsync(Customer buyer, string orderId)
    {
        using var payments = shop.CreateClient("payments", buyer.Token);
        var payment = Assert.Single((await payments.GetFromJsonAsync<JsonArray>("/payments"))!);
        Assert.Equal(orderId, (string?)payment!["order_id"]);
        Assert.Equal(2500.00m, (decimal)payment["amount"]!);

        var balance = await payments.GetFromJsonAsync<JsonObject>("/accounts/balance");
        Assert.Equal(97_500.00m, (decimal)balance!["balance"]!);

        using var notifications = shop.CreateClient("notifications", buyer.Token);
        var notification = Assert.Single((await notifications.GetFromJsonAsync<JsonArray>("/notifications"))!);
        Assert.Equal(orderId, (string?)notification!["order_id"]);
        Assert.Equal("sent", (string?)notification["status"]);

        using var admin = await shop.AdminClientAsync("payments");
        var ledger = await admin.GetFromJsonAsync<JsonObject>("/ledger/summary");
        Assert.All(ledger!["currencies"]!.AsArray(), currency => Assert.Equal(0m, (decimal)currency!["sum"]!));
        Assert.Equal(0, (int)ledger["differing_accounts"]!);
    }
}
