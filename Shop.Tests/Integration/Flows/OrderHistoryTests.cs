using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Flows;

/// <summary>The life of an order, as its history tells it.</summary>
[Collection(ShopGroup.Name)]
public sealed class OrderHistoryTests(ShopFixture shop)
{
    private static readonly object Phone = new { items = new[] { new { product_id = 1, quantity = 1 } } };

    [Fact]
    public async Task Choreography_says_which_events_moved_the_order_and_which_told_of_it()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var placed = await orders.PostAsJsonAsync("/orders", Phone);
        var id = (string)(await ShopFixture.ReadAsync(placed))["id"]!;
        await ShopFixture.UntilOrderAsync(orders, id, "confirmed");

        var history = await Eventually.GetAsync(
            async () => await HistoryAsync(orders, id) is { } all && all.All(change => change.Announced.All(told => told.State == "published")) ? all : null,
            "all events of the order are published");
        Assert.Equal(["pending", "paid", "confirmed"], history.Select(change => change.Status));
        Assert.Equal(["customer", "event", "event"], history.Select(change => change.By));
        Assert.Equal([null, "payment.processed", "notification.sent"], history.Select(change => change.CausedBy?.Event));
        Assert.Equal(["order.created", "order.confirmed"], history.SelectMany(change => change.Announced).Select(told => told.Event));

        // The ids are those by which every service knows the events.
        var created = history[0].Announced[0];
        Assert.True(created.AddedAt <= created.PublishedAt!.Value.AddMilliseconds(1));
        foreach (var database in new[] { "paymentsdb", "notificationsdb" })
            Assert.Equal(1, await shop.QueryAsync<long>(database, "SELECT count(*) FROM inbox WHERE message_id = $1", created.MessageId));
        var paid = history[1].CausedBy!;
        Assert.Equal(1, await shop.QueryAsync<long>("paymentsdb", "SELECT count(*) FROM outbox WHERE id = $1", paid.MessageId));
        Assert.InRange(paid.OccurredAt, history[0].ChangedAt.AddMilliseconds(-1), paid.ReceivedAt);
        Assert.Equal(1, await shop.QueryAsync<long>("notificationsdb", "SELECT count(*) FROM outbox WHERE id = $1", history[2].CausedBy!.MessageId));
        Assert.InRange(history[2].CausedBy!.OccurredAt, paid.OccurredAt, history[2].ChangedAt);
    }

    [Fact]
    public async Task Orchestration_says_that_the_orchestrator_moved_the_order()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var placed = await orders.PostAsJsonAsync("/orders/orchestrated", Phone);
        Assert.Equal(HttpStatusCode.OK, placed.StatusCode);

        var history = await HistoryAsync(orders, (string)(await ShopFixture.ReadAsync(placed))["id"]!);
        Assert.Equal(["customer", "orchestrator", "orchestrator"], history.Select(change => change.By));
        Assert.All(history, change => Assert.Null(change.CausedBy));
        Assert.Equal("order.confirmed", Assert.Single(history[2].Announced).Event);
    }

    [Fact]
    public async Task A_cancelled_order_says_who_cancelled_it()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        await shop.StopResourceAsync("payments");
        string id;
        try
        {
            using var placed = await orders.PostAsJsonAsync("/orders", Phone);
            id = (string)(await ShopFixture.ReadAsync(placed))["id"]!;
            using var cancelled = await orders.PostAsync(new Uri($"/orders/{id}/cancel", UriKind.Relative), null);
            Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        }
        finally
        {
            await shop.StartResourceAsync("payments");
        }

        var last = (await HistoryAsync(orders, id))[^1];
        Assert.Equal(("cancelled", "customer", "cancelled_by_customer"), (last.Status, last.By, last.Reason));
        Assert.Equal("order.cancelled", Assert.Single(last.Announced).Event);
    }

    private static async Task<List<Change>> HistoryAsync(HttpClient orders, string id) =>
        (await orders.GetFromJsonAsync<JsonArray>($"/orders/{id}/history"))!.Select(change => new Change(change!)).ToList();

    private sealed class Change(JsonNode json)
    {
        public string Status { get; } = (string)json["status"]!;

        public string? By { get; } = (string?)json["by"];

        public string? Reason { get; } = (string?)json["reason"];

        public DateTimeOffset ChangedAt { get; } = (DateTimeOffset)json["changed_at"]!;

        public Cause? CausedBy { get; } = json["caused_by"] is { } cause
            ? new((string)cause["event"]!, (Guid)cause["message_id"]!, (DateTimeOffset)cause["occurred_at"]!, (DateTimeOffset)cause["received_at"]!)
            : null;

        public IReadOnlyList<Announcement> Announced { get; } = [.. json["announced"]!.AsArray().Select(told => new Announcement(
            (string)told!["event"]!, (Guid)told["message_id"]!, (string)told["state"]!,
            (DateTimeOffset)told["added_at"]!, (DateTimeOffset?)told["published_at"]))];
    }

    private sealed record Cause(string Event, Guid MessageId, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt);

    private sealed record Announcement(string Event, Guid MessageId, string State, DateTimeOffset AddedAt, DateTimeOffset? PublishedAt);
}
