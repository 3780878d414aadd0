using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Flows;

/// <summary>What happens to orders while a part of the shop is down.</summary>
[Collection(ShopGroup.Name)]
public sealed class OutageTests(ShopFixture shop)
{
    private static readonly object OnePhone = new { items = new[] { new { product_id = 1, quantity = 1 } } };

    [Fact]
    public async Task With_payments_down_an_order_waits_and_an_orchestrated_one_is_refused_and_undone()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        await shop.StopResourceAsync("payments");
        string waiting;
        try
        {
            using var accepted = await orders.PostAsJsonAsync("/orders", OnePhone);
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
            waiting = (string)(await ShopFixture.ReadAsync(accepted))["id"]!;

            using var refused = await orders.PostAsJsonAsync("/orders/orchestrated", OnePhone);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        }
        finally
        {
            await shop.StartResourceAsync("payments");
        }

        await ShopFixture.UntilOrderAsync(orders, waiting, "confirmed");
        var undone = await shop.QueryAsync<Guid>("ordersdb",
            "SELECT id FROM orders WHERE customer_id = $1 AND id <> $2 AND status = 'failed'", buyer.Id, Guid.Parse(waiting));
        Assert.Equal("released", await shop.QueryAsync<string>("catalogdb", "SELECT status FROM reservations WHERE order_id = $1", undone));

        // The order that was undone was never charged, not even by what reached payments after its start.
        using var payments = shop.CreateClient("payments", buyer.Token);
        await Eventually.HoldsAsync(async () =>
        {
            var balance = await payments.GetFromJsonAsync<JsonObject>("/accounts/balance");
            return (decimal)balance!["balance"]! == 99_500.00m;
        }, "one phone is paid, not two");
    }

    [Fact]
    public async Task With_RabbitMQ_down_under_orders_nothing_is_lost_and_nothing_doubled()
    {
        const int Orders = 20;
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        List<string> ids = [];
        for (var number = 0; number < Orders; number++)
        {
            if (number == Orders / 4)
                await shop.StopResourceAsync("rabbitmq");
            using var response = await orders.PostAsJsonAsync("/orders", OnePhone);
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            ids.Add((string)(await ShopFixture.ReadAsync(response))["id"]!);
        }

        await shop.StartResourceAsync("rabbitmq");
        foreach (var id in ids)
            await ShopFixture.UntilOrderAsync(orders, id, "confirmed", TimeSpan.FromSeconds(60));

        Assert.Equal(Orders, await shop.QueryAsync<long>("paymentsdb",
            "SELECT count(*) FROM ledger_transactions WHERE external_id = ANY ($1)", (object)ids.Select(id => $"order:{id}:charge").ToArray()));
        using var payments = shop.CreateClient("payments", buyer.Token);
        var balance = await payments.GetFromJsonAsync<JsonObject>("/accounts/balance");
        Assert.Equal(100_000.00m - Orders * 500.00m, (decimal)balance!["balance"]!);
        Assert.Equal(Orders, await shop.QueryAsync<long>("notificationsdb",
            "SELECT count(*) FROM notifications WHERE order_id = ANY ($1)", (object)ids.Select(Guid.Parse).ToArray()));
    }
}
