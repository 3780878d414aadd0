using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Messaging.Topology;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Notifications;

/// <summary>The news that an order could not be paid may come before the order itself, and the buyer is told all the same.</summary>
[Collection(ShopGroup.Name)]
public sealed class EarlyNewsTests(ShopFixture shop)
{
    [Fact]
    public async Task A_failed_payment_that_overtakes_its_order_is_told_when_the_order_comes()
    {
        var buyer = await shop.RegisterCustomerAsync();
        var order = OrderOf(buyer);

        await SendAsync(new PaymentFailed(order.OrderId, "insufficient_funds"));
        await Eventually.HoldsAsync(async () => await CountAsync("payment_failure = 'insufficient_funds' AND email IS NULL", order.OrderId) == 1, "the news is kept");
        await SendAsync(order);

        var told = await ToldAsync(buyer, order.OrderId);
        Assert.Equal(("payment_failed", buyer.Email), ((string?)told["template"], (string?)told["recipient"]));
        Assert.Contains("not enough money", (string?)told["text"], StringComparison.Ordinal);
        Assert.Contains("Phone", (string?)told["text"], StringComparison.Ordinal);

        var again = await SendAsync(new PaymentFailed(order.OrderId, "insufficient_funds"));
        await Eventually.HoldsAsync(async () => await shop.QueryAsync<long>("notificationsdb", "SELECT count(*) FROM inbox WHERE message_id = $1", again) == 1, "the repeated news is handled");
        await ToldAsync(buyer, order.OrderId);
    }

    [Fact]
    public async Task News_that_come_while_the_order_is_being_noted_wait_for_it()
    {
        var buyer = await shop.RegisterCustomerAsync();
        var order = OrderOf(buyer);

        await using var other = await shop.OpenDatabaseAsync("notificationsdb");
        await using (var noting = await other.BeginTransactionAsync())
        {
            await using var insert = other.CreateCommand();
            insert.CommandText = "INSERT INTO order_contacts (order_id, customer_id, email, items) VALUES ($1, $2, $3, '[]')";
            insert.Parameters.AddRange(new Npgsql.NpgsqlParameter[] { new() { Value = order.OrderId }, new() { Value = buyer.Id }, new() { Value = buyer.Email } });
            await insert.ExecuteNonQueryAsync();

            await SendAsync(new PaymentFailed(order.OrderId, "insufficient_funds"));
            await Eventually.HoldsAsync(
                async () => await shop.QueryAsync<long>("notificationsdb", "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))", other.ProcessID) > 0,
                "the news wait");
            await noting.CommitAsync();
        }

        Assert.Equal("payment_failed", (string?)(await ToldAsync(buyer, order.OrderId))["template"]);
    }

    private static OrderCreated OrderOf(Customer buyer) =>
        new(Guid.CreateVersion7(), buyer.Id, buyer.Email, 500, "RUB", "wallet", [new OrderLine(1, "Phone", 1, 500)]);

    private async Task<JsonNode> ToldAsync(Customer buyer, Guid order)
    {
        using var own = shop.CreateClient("notifications", buyer.Token);
        return await Eventually.GetAsync(
            async () => (await own.GetFromJsonAsync<JsonArray>($"/notifications?order_id={order}")) is [{ } only] && (string?)only["status"] == "sent" ? only : null,
            "the buyer is told, once");
    }

    private Task<long> CountAsync(string condition, Guid order) =>
        shop.QueryAsync<long>("notificationsdb", $"SELECT count(*) FROM order_contacts WHERE order_id = $1 AND {condition}", order);

    private async Task<Guid> SendAsync<TEvent>(TEvent message)
        where TEvent : IEvent
    {
        var id = Guid.CreateVersion7();
        await shop.SendAsync(ShopTopology.NotificationQueue, TEvent.Type, id, message.Key, JsonSerializer.SerializeToUtf8Bytes(message, EventJson.Options));
        return id;
    }
}
