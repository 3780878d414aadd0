using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Flows;

/// <summary>An operator's view of the events a service has to send.</summary>
[Collection(ShopGroup.Name)]
public sealed class OutboxOperationsTests(ShopFixture shop)
{
    [Fact]
    public async Task A_published_event_tells_its_life()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var placed = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        var order = (string)(await ShopFixture.ReadAsync(placed))["id"]!;
        await ShopFixture.UntilOrderAsync(orders, order, "confirmed");

        using var admin = await shop.AdminClientAsync("orders");
        var events = await Eventually.GetAsync(
            async () => await admin.GetFromJsonAsync<JsonArray>($"/messaging/outbox?state=published&key={order}") is { Count: 2 } both ? both : null,
            "both events of the order are published");
        Assert.Equal(["order.confirmed", "order.created"], events.Select(row => (string)row!["type"]!));

        var created = await admin.GetFromJsonAsync<JsonObject>($"/messaging/outbox/{events[1]!["id"]}");
        Assert.Equal(order, (string?)created!["body"]!["order_id"]);
        Assert.StartsWith("00-", (string?)created["headers"]!["traceparent"], StringComparison.Ordinal);
        Assert.Equal(["added", "published"], created["timeline"]!.AsArray().Select(entry => (string)entry!["what"]!));
    }

    [Fact]
    public async Task Parked_events_are_published_after_all_when_an_operator_says_so()
    {
        const string Error = "no queue took the message, says the test";
        Guid[] ids = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];
        await using (var connection = await shop.OpenDatabaseAsync("catalogdb"))
        {
            foreach (var id in ids)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = $$"""
                    INSERT INTO outbox (id, type, key, lane, payload, attempts, last_error, parked_at)
                    VALUES ('{{id}}', 'product.changed', '1', 3, convert_to('{"product_id":1}', 'UTF8'), 20, '{{Error}}', now())
                    """;
                await command.ExecuteNonQueryAsync();
            }
        }

        using var admin = await shop.AdminClientAsync("catalog");
        var parked = await admin.GetFromJsonAsync<JsonArray>("/messaging/outbox?state=parked&type=product.changed");
        Assert.Equal(3, parked!.Count(row => (string?)row!["last_error"] == Error));

        var dryRun = await ReplayAsync(admin, new { error = "says the test", dry_run = true });
        Assert.Equal((true, 3, 0), ((bool)dryRun["dry_run"]!, (int)dryRun["matched"]!, (int)dryRun["replayed"]!));
        Assert.Equal("parked", await StateAsync(admin, ids[0]));

        Assert.Equal(1, (int)(await ReplayAsync(admin, new { ids = new[] { ids[0] } }))["replayed"]!);
        await Eventually.HoldsAsync(async () => await StateAsync(admin, ids[0]) == "published", "the first is published");
        Assert.Equal("parked", await StateAsync(admin, ids[1]));

        Assert.Equal(2, (int)(await ReplayAsync(admin, new { type = "product.changed", error = Error }))["replayed"]!);
        await Eventually.HoldsAsync(async () => await StateAsync(admin, ids[1]) == "published" && await StateAsync(admin, ids[2]) == "published", "all are published");
        Assert.Equal(0, (int)(await ReplayAsync(admin, new { ids }))["matched"]!);
    }

    private static async Task<string?> StateAsync(HttpClient admin, Guid id) =>
        (string?)(await admin.GetFromJsonAsync<JsonObject>($"/messaging/outbox/{id}"))!["message"]!["state"];

    private static async Task<JsonNode> ReplayAsync(HttpClient admin, object what)
    {
        using var response = await admin.PostAsJsonAsync("/messaging/outbox/replay", what);
        var answer = await ShopFixture.ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return answer;
    }
}
