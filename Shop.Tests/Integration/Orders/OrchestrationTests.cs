using System.Net;
using System.Net.Http.Json;

namespace Shop.Tests.Integration.Orders;

/// <summary>What an orchestrated order leaves behind when it does not come through: nothing but a failed order.</summary>
[Collection(ShopGroup.Name)]
public sealed class OrchestrationTests(ShopFixture shop)
{
    private static readonly object TooDear = new { items = new[] { new { product_id = 2, quantity = 10 }, new { product_id = 1, quantity = 1 } } };

    [Fact]
    public async Task A_declined_payment_fails_the_order_and_releases_the_stock()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        await EmptyWalletAsync(buyer);
        orders.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());

        using var response = await orders.PostAsJsonAsync("/orders/orchestrated", TooDear);
        var problem = await ShopFixture.ReadAsync(response);
        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        Assert.Equal(("payment_declined", "insufficient_funds"), ((string?)problem["code"], (string?)problem["reason"]));

        var id = Guid.Parse((string)problem["order_id"]!);
        var order = await ShopFixture.UntilOrderAsync(orders, id.ToString(), "failed");
        Assert.Equal("payment_declined", (string?)order["failure_reason"]);
        Assert.Equal("released", await shop.QueryAsync<string>("catalogdb", "SELECT status FROM reservations WHERE order_id = $1", id));
        Assert.Equal(0, await shop.QueryAsync<long>("paymentsdb", "SELECT count(*) FROM ledger_transactions WHERE order_id = $1", id));

        using var again = await orders.PostAsJsonAsync("/orders/orchestrated", TooDear);
        Assert.Equal(HttpStatusCode.PaymentRequired, again.StatusCode);
        Assert.Equal(1, await shop.QueryAsync<long>("ordersdb", "SELECT count(*) FROM orders WHERE customer_id = $1", buyer.Id));
    }

    [Fact]
    public async Task An_order_that_a_crash_interrupted_is_undone()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var id = await OpenOrders.InsertAsync(shop, buyer, "orchestration", "-1 second");

        var order = await ShopFixture.UntilOrderAsync(orders, id.ToString(), "failed", TimeSpan.FromSeconds(60));
        Assert.Equal("interrupted", (string?)order["failure_reason"]);
        await OpenOrders.UntilPaymentsRefuseAsync(shop, id);
    }

    [Fact]
    public async Task Asked_again_while_the_first_request_is_at_work_it_says_so_and_keeps_no_answer()
    {
        var buyer = await shop.RegisterCustomerAsync();
        var key = Guid.NewGuid().ToString();
        using var orders = shop.CreateClient("orders", buyer.Token);
        orders.DefaultRequestHeaders.Add("Idempotency-Key", key);
        var onePhone = new { items = new[] { new { product_id = 1, quantity = 1 } } };
        var id = await OpenOrders.InsertAsync(shop, buyer, "orchestration", "1 hour", key);

        using (var early = await orders.PostAsJsonAsync("/orders/orchestrated", onePhone))
        {
            Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
            Assert.Equal("order_in_progress", (string?)(await ShopFixture.ReadAsync(early))["code"]);
            Assert.NotNull(early.Headers.RetryAfter);
        }

        await shop.QueryAsync<Guid>("ordersdb", "UPDATE orders SET status = 'failed' WHERE id = $1 RETURNING id", id);
        using var again = await orders.PostAsJsonAsync("/orders/orchestrated", onePhone);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("confirmed", (string?)(await ShopFixture.ReadAsync(again))["status"]);
    }

    [Fact]
    public async Task Its_history_has_every_step_and_its_events_change_nothing_afterwards()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var response = await orders.PostAsJsonAsync("/orders/orchestrated", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        var order = await ShopFixture.ReadAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, order.ToString());

        using var history = await orders.GetAsync(new Uri($"/orders/{order["id"]}/history", UriKind.Relative));
        Assert.Equal(["pending", "paid", "confirmed"], (await ShopFixture.ReadAsync(history)).AsArray().Select(change => (string)change!["status"]!));
        Assert.Equal("committed", await shop.QueryAsync<string>("catalogdb",
            "SELECT status FROM reservations WHERE order_id = $1", Guid.Parse((string)order["id"]!)));
    }

    /// <summary>Moves all the buyer's money to sales, as a charge for another order would.</summary>
    private async Task EmptyWalletAsync(Customer buyer)
    {
        await Payments.Wallet.UntilOpenAsync(shop, buyer);
        await using var database = await shop.OpenDatabaseAsync("paymentsdb");
        await Payments.Wallet.ChargeAsync(database, buyer.Id, 100_000_00);
    }
}
