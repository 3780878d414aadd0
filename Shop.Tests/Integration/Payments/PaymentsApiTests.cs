using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Payments;

/// <summary>Wallets, payments and refunds through the endpoints.</summary>
[Collection(ShopGroup.Name)]
public sealed class PaymentsApiTests(ShopFixture shop)
{
    [Fact]
    public async Task A_new_buyer_has_a_wallet_with_the_bonus_once()
    {
        var buyer = await shop.RegisterCustomerAsync();
        await Wallet.UntilOpenAsync(shop, buyer);
        using var payments = shop.CreateClient("payments", buyer.Token);

        using var opened = await payments.PostAsJsonAsync("/accounts", new { });
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        var transactions = await payments.GetFromJsonAsync<JsonArray>("/accounts/transactions");
        Assert.Equal(("welcome", Wallet.Bonus), ((string?)Assert.Single(transactions!)!["kind"], (decimal)transactions![0]!["amount"]!));
    }

    [Fact]
    public async Task Only_an_operator_puts_money_into_the_wallet_of_another()
    {
        var buyer = await shop.RegisterCustomerAsync();
        var other = await shop.RegisterCustomerAsync();
        await Wallet.UntilOpenAsync(shop, buyer);
        using var payments = shop.CreateClient("payments", buyer.Token);
        using var stranger = shop.CreateClient("payments", other.Token);
        using var admin = await shop.AdminClientAsync("payments");

        using var own = await payments.PostAsJsonAsync("/accounts/deposit", new { amount = 10.50m });
        using var foreign = await stranger.PostAsJsonAsync("/accounts/deposit", new { amount = 10.50m, user_id = buyer.Id });
        using var operated = await admin.PostAsJsonAsync("/accounts/deposit", new { amount = 0.50m, user_id = buyer.Id });

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.OK], [own.StatusCode, foreign.StatusCode, operated.StatusCode]);
        Assert.Equal(Wallet.Bonus + 11.00m, await Wallet.BalanceAsync(payments));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0.001")]
    [InlineData("1e12")]
    [InlineData("null")]
    [InlineData("\"10\"")]
    public async Task An_amount_that_is_none_is_refused(string amount)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var payments = shop.CreateClient("payments", buyer.Token);
        using var content = new StringContent($$"""{"amount":{{amount}}}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await payments.PostAsync(new Uri("/accounts/deposit", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_deposit_with_one_key_is_made_once()
    {
        var buyer = await shop.RegisterCustomerAsync();
        await Wallet.UntilOpenAsync(shop, buyer);
        using var payments = shop.CreateClient("payments", buyer.Token);
        payments.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => payments.PostAsJsonAsync("/accounts/deposit", new { amount = 1.00m })));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(Wallet.Bonus + 1.00m, await Wallet.BalanceAsync(payments));
    }

    [Fact]
    public async Task Orders_at_once_never_overdraw_the_wallet()
    {
        const int Orders = 12;
        var buyer = await shop.RegisterCustomerAsync();
        await Wallet.UntilOpenAsync(shop, buyer);
        await using (var database = await shop.OpenDatabaseAsync("paymentsdb"))
            await Wallet.ChargeAsync(database, buyer.Id, 97_500_00);

        using var orders = shop.CreateClient("orders", buyer.Token);
        var placed = await Task.WhenAll(Enumerable.Range(0, Orders).Select(_ =>
            orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 1, quantity = 1 } } })));
        Assert.All(placed, response => Assert.Equal(HttpStatusCode.Accepted, response.StatusCode));

        await Eventually.HoldsAsync(async () => await CountAsync(buyer, "confirmed", "failed") == Orders, "every order is decided", TimeSpan.FromSeconds(30));
        Assert.Equal(5, await CountAsync(buyer, "confirmed"));
        using var payments = shop.CreateClient("payments", buyer.Token);
        Assert.Equal(0.00m, await Wallet.BalanceAsync(payments));
    }

    [Fact]
    public async Task A_refund_in_parts_refunds_the_order_and_no_more()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var payments = shop.CreateClient("payments", buyer.Token);
        using var admin = await shop.AdminClientAsync("payments");
        using var response = await orders.PostAsJsonAsync("/orders/orchestrated", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        var order = await ShopFixture.ReadAsync(response);
        var refund = new Uri($"/payments/{order["payment"]!["id"]}/refund", UriKind.Relative);

        using var byBuyer = await payments.PostAsJsonAsync(refund, new { });
        Assert.Equal(HttpStatusCode.Forbidden, byBuyer.StatusCode);

        using var part = await admin.PostAsJsonAsync(refund, new { amount = 200.00m });
        Assert.Equal(("captured", 200.00m), (
            (string?)(await ShopFixture.ReadAsync(part))["status"], (decimal)(await ShopFixture.ReadAsync(part))["refunded_amount"]!));
        using var tooMuch = await admin.PostAsJsonAsync(refund, new { amount = 300.01m });
        Assert.Equal(HttpStatusCode.Conflict, tooMuch.StatusCode);
        using var rest = await admin.PostAsync(refund, null);
        Assert.Equal("refunded", (string?)(await ShopFixture.ReadAsync(rest))["status"]);
        using var again = await admin.PostAsync(refund, null);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);

        Assert.Equal(Wallet.Bonus, await Wallet.BalanceAsync(payments));
        await ShopFixture.UntilOrderAsync(orders, (string)order["id"]!, "refunded");
    }

    [Fact]
    public async Task A_payment_is_seen_by_its_buyer_and_by_staff_only()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var payments = shop.CreateClient("payments", buyer.Token);
        using var response = await orders.PostAsJsonAsync("/orders/orchestrated", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        var order = await ShopFixture.ReadAsync(response);

        var list = await payments.GetFromJsonAsync<JsonArray>($"/payments?order_id={order["id"]}");
        var payment = new Uri($"/payments/{Assert.Single(list!)!["id"]}", UriKind.Relative);
        using var stranger = shop.CreateClient("payments", (await shop.RegisterCustomerAsync()).Token);
        using var admin = await shop.AdminClientAsync("payments");
        using var anonymous = shop.CreateClient("payments");

        Assert.Equal(HttpStatusCode.OK, (await payments.GetAsync(payment)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync(payment)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(payment)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(payment)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await payments.PostAsJsonAsync("/payments/process", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await payments.GetAsync(new Uri("/ledger/summary", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task The_books_are_right()
    {
        using var admin = await shop.AdminClientAsync("payments");
        var summary = await admin.GetFromJsonAsync<JsonObject>("/ledger/summary");
        Assert.All(summary!["currencies"]!.AsArray(), currency => Assert.Equal(0.00m, (decimal)currency!["sum"]!));
        Assert.Equal(0, (int)summary["differing_accounts"]!);
    }

    private Task<long> CountAsync(Customer buyer, params string[] statuses) => shop.QueryAsync<long>(
        "ordersdb", "SELECT count(*) FROM orders WHERE customer_id = $1 AND status = ANY ($2)", buyer.Id, statuses);
}
