using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Shop.Messaging.Contracts;
using Shop.Messaging.Topology;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Flows;

/// <summary>What the back office asks of the services: figures, groups, and messages by what is known of them.</summary>
[Collection(ShopGroup.Name)]
public sealed class MessageOperationsTests(ShopFixture shop)
{
    private const string DeadLetters = "/messaging/dead-letters";

    [Theory]
    [InlineData("catalog", ShopTopology.CatalogQueue)]
    [InlineData("notifications", ShopTopology.NotificationQueue)]
    [InlineData("orders", ShopTopology.OrderQueue)]
    [InlineData("payments", ShopTopology.PaymentQueue)]
    public async Task A_service_tells_the_figures_of_its_queue(string service, string queue)
    {
        using var admin = await shop.AdminClientAsync(service);

        var figures = await Eventually.GetAsync(
            async () =>
            {
                var told = await admin.GetFromJsonAsync<JsonObject>("/messaging/queues");
                return (string?)told!["statistics"] == "available" ? told : null;
            }, "the management API answers");

        Assert.Equal(queue, (string?)figures["queue"]);
        Assert.True((int)figures["consumers"]! > 0);
        Assert.NotNull(figures["unacknowledged"]);
        Assert.Equal([1, 5, 25], figures["retries"]!.AsArray().Select(retry => (int)retry!["delay_seconds"]!));
    }

    [Fact]
    public async Task A_service_without_a_queue_has_no_figures()
    {
        using var admin = await shop.AdminClientAsync("auth");
        using var response = await admin.GetAsync(new Uri("/messaging/queues", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_group_of_dead_letters_is_counted_found_and_replayed_and_its_neighbours_stay()
    {
        using var admin = await shop.AdminClientAsync("catalog");
        var order = Guid.CreateVersion7();
        Guid[] ids = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];
        await SendAsync(ids[0], order, "[1]");
        await SendAsync(ids[1], order, "[2]");
        await SendAsync(ids[2], order, "{}");

        var found = await Eventually.GetAsync(
            async () => await admin.GetFromJsonAsync<JsonArray>($"{DeadLetters}/messages?search={order}") is { Count: 3 } all ? all : null,
            "all are dead letters");
        Assert.Equal(ids.Order(), found.Select(letter => Guid.Parse((string)letter!["message_id"]!)).Order());
        await Eventually.HoldsAsync(
            async () => (int)(await admin.GetFromJsonAsync<JsonObject>("/messaging/queues"))!["dead_letters"]! >= 3, "they are counted");

        var group = (string)(await UntilFoundAsync(admin, ids[0]))["group"]!;
        await Eventually.HoldsAsync(async () =>
        {
            var groups = (await admin.GetFromJsonAsync<JsonObject>(DeadLetters))!["groups"]!.AsArray();
            return groups.Any(one => (string?)one!["id"] == group && (int)one["count"]! == 2);
        }, "both are one group");
        await Eventually.HoldsAsync(
            async () => (await admin.GetFromJsonAsync<JsonArray>($"{DeadLetters}/messages?group={group}"))!.Count == 2, "the group is listed");

        await Eventually.HoldsAsync(async () => await ReplayAsync(admin, group, dryRun: true) == (2, 0), "a dry run finds both");
        await Eventually.HoldsAsync(async () => await ReplayAsync(admin, group, dryRun: false) == (2, 2), "they are replayed");
        await Eventually.HoldsAsync(
            async () => Replays(await UntilFoundAsync(admin, ids[0])) > 0, "one of them is a dead letter again and remembers that it was replayed");
        Assert.Equal(0, Replays(await UntilFoundAsync(admin, ids[2])));
    }

    [Fact]
    public async Task Events_are_found_in_the_outboxes_by_their_order_and_their_trace()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var placed = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        var order = (string)(await ShopFixture.ReadAsync(placed))["id"]!;
        await ShopFixture.UntilOrderAsync(orders, order, "confirmed");
        using var ordersAdmin = await shop.AdminClientAsync("orders");
        using var paymentsAdmin = await shop.AdminClientAsync("payments");

        var created = (await ordersAdmin.GetFromJsonAsync<JsonArray>($"/messaging/outbox?search={order}&type=order.created"))![0]!;
        var details = await ordersAdmin.GetFromJsonAsync<JsonObject>($"/messaging/outbox/{created["id"]}");
        var byTrace = await paymentsAdmin.GetFromJsonAsync<JsonArray>($"/messaging/outbox?search={details!["trace_id"]}");
        Assert.Single(byTrace!);
        Assert.Equal((order, PaymentProcessed.Type), ((string?)byTrace![0]!["key"], (string?)byTrace[0]!["type"]));
        Assert.Single((await ordersAdmin.GetFromJsonAsync<JsonArray>($"/messaging/outbox?search={created["id"]}"))!);
        Assert.Empty((await ordersAdmin.GetFromJsonAsync<JsonArray>($"/messaging/outbox?search={Guid.NewGuid()}"))!);
    }

    [Fact]
    public async Task Parked_events_are_grouped_by_type_and_error_and_replayed_by_group()
    {
        var error = $"no queue took the message, says test {Guid.NewGuid()}";
        await using (var connection = await shop.OpenDatabaseAsync("catalogdb"))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $$"""
                INSERT INTO outbox (id, type, key, lane, payload, attempts, last_error, parked_at)
                SELECT gen_random_uuid(), 'product.changed', '1', 3, convert_to('{"product_id":1}', 'UTF8'), 20,
                       CASE n WHEN 3 THEN 'another' ELSE '{{error}}' END, now() FROM generate_series(1, 3) n
                """;
            await command.ExecuteNonQueryAsync();
        }

        using var admin = await shop.AdminClientAsync("catalog");
        var groups = await admin.GetFromJsonAsync<JsonArray>("/messaging/outbox/groups");
        var group = Assert.Single(groups!, one => (string?)one!["error"] == error)!;
        Assert.Equal((2, "product.changed"), ((int)group["count"]!, (string?)group["type"]));

        using var response = await admin.PostAsJsonAsync("/messaging/outbox/replay", new { group = (string?)group["id"] });
        Assert.Equal(2, (int)(await ShopFixture.ReadAsync(response))["replayed"]!);
        Assert.DoesNotContain((await admin.GetFromJsonAsync<JsonArray>("/messaging/outbox/groups"))!, one => (string?)one!["error"] == error);
    }

    private static int Replays(JsonNode letter) => letter["timeline"]!.AsArray().Count(entry => (string?)entry!["what"] == "replayed");

    /// <remarks>A look takes the messages out of their queue; they are back a moment after its answer.</remarks>
    private static Task<JsonNode> UntilFoundAsync(HttpClient admin, Guid id) => Eventually.GetAsync(async () =>
    {
        using var response = await admin.GetAsync(new Uri($"{DeadLetters}/{id}", UriKind.Relative));
        return response.IsSuccessStatusCode ? await ShopFixture.ReadAsync(response) : null;
    }, $"{id} is a dead letter");

    private static async Task<(int Matched, int Replayed)> ReplayAsync(HttpClient admin, string group, bool dryRun)
    {
        using var response = await admin.PostAsJsonAsync($"{DeadLetters}/replay", new { group, dry_run = dryRun });
        var answer = await ShopFixture.ReadAsync(response);
        return ((int)answer["matched"]!, (int)answer["replayed"]!);
    }

    private Task SendAsync(Guid id, Guid order, string body) =>
        shop.SendAsync(ShopTopology.CatalogQueue, OrderCancelled.Type, id, order.ToString(), Encoding.UTF8.GetBytes(body));
}
