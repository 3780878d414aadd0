using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Shop.Messaging.Contracts;
using Shop.Messaging.Topology;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Flows;

/// <summary>Messages that cannot be handled, as an operator meets them: what is wrong, who else suffers, and how they get their due.</summary>
[Collection(ShopGroup.Name)]
public sealed class PoisonTests(ShopFixture shop)
{
    /// <summary>Longer than the three retries take (31 s).</summary>
    private static readonly TimeSpan RetriesAreOver = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_message_that_is_no_JSON_is_parked_at_once_with_its_error_and_again_after_a_replay()
    {
        const string Body = "{ this is no order";
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var payments = await shop.AdminClientAsync("payments");
        var before = await OrderPhoneAsync(orders);
        var poison = Guid.CreateVersion7();
        await SendToPaymentsAsync(poison, before, Body);
        var after = await OrderPhoneAsync(orders);

        var dead = await UntilDeadAsync(payments, poison);
        Assert.Equal(1, (int)dead["attempts"]!);
        Assert.Equal(Body, (string?)dead["body"]);
        Assert.EndsWith("PoisonMessageException", (string?)dead["error_type"], StringComparison.Ordinal);
        Assert.Contains("The body is no order.created", (string?)dead["error"], StringComparison.Ordinal);
        Assert.Null(dead["handled_at"]);
        Assert.Equal(["added", "failed_first", "failed_last"], dead["timeline"]!.AsArray().Select(entry => (string)entry!["what"]!));

        var overview = await payments.GetFromJsonAsync<JsonObject>("/messaging/dead-letters");
        var group = Assert.Single(overview!["groups"]!.AsArray(), group => ((string)dead["error"]!).StartsWith((string)group!["error"]!, StringComparison.Ordinal));
        Assert.Equal((ShopTopology.PaymentQueue, OrderCreated.Type), ((string?)overview["queue"], (string?)group!["type"]));
        Assert.InRange((int)group["count"]!, 1, (int)overview["count"]!);

        await ShopFixture.UntilOrderAsync(orders, before, "confirmed");
        await ShopFixture.UntilOrderAsync(orders, after, "confirmed");

        // Its JSON is as bad as before; it is no worse off, though, and nobody else is.
        Assert.Equal(1, (int)(await ReplayAsync(payments, new { message_ids = new[] { poison } }))["replayed"]!);
        var again = await Eventually.GetAsync(async () =>
            await FindDeadAsync(payments, poison) is { } found && (string)found["last_failure"]! != (string)dead["last_failure"]! ? found : null,
            "the message is parked again");
        Assert.Equal(1, (int)again["attempts"]!);
        Assert.Equal(Body, (string?)again["body"]);
    }

    [Fact]
    public async Task An_order_that_payments_cannot_charge_is_parked_and_charged_exactly_once_after_the_fix()
    {
        var unlucky = await shop.RegisterCustomerAsync();
        var neighbour = await shop.RegisterCustomerAsync();
        using var unluckys = shop.CreateClient("orders", unlucky.Token);
        using var neighbours = shop.CreateClient("orders", neighbour.Token);
        using var payments = await shop.AdminClientAsync("payments");

        // Somebody's mistake in the database: the handler fails, however often it tries.
        await ExecuteAsync($"ALTER TABLE payments ADD CONSTRAINT mistaken CHECK (customer_id <> '{unlucky.Id}') NOT VALID");
        string order;
        Guid message;
        try
        {
            order = await OrderPhoneAsync(unluckys);
            await ShopFixture.UntilOrderAsync(neighbours, await OrderPhoneAsync(neighbours), "confirmed");

            var dead = await Eventually.GetAsync(() => FindDeadOfAsync(payments, order), "the order's message is a dead letter", RetriesAreOver);
            message = Guid.Parse((string)dead["message_id"]!);
            Assert.Equal(4, (int)dead["attempts"]!);
            Assert.Equal("Npgsql.PostgresException", (string?)dead["error_type"]);
            Assert.Contains("mistaken", (string?)dead["error"], StringComparison.Ordinal);
            Assert.Equal(order, (string?)(await FindDeadAsync(payments, message))!["body"]!["order_id"]);
            Assert.Equal("pending", (string?)(await unluckys.GetFromJsonAsync<JsonObject>($"/orders/{order}"))!["status"]);

            var dryRun = await ReplayAsync(payments, new { message_ids = new[] { message }, dry_run = true });
            Assert.Equal((1, 0), ((int)dryRun["matched"]!, (int)dryRun["replayed"]!));
            Assert.NotNull(await FindDeadAsync(payments, message));
        }
        finally
        {
            await ExecuteAsync("ALTER TABLE payments DROP CONSTRAINT mistaken");
        }

        // Two operators at once, and a copy that comes on another way.
        var replays = await Task.WhenAll(
            ReplayAsync(payments, new { message_ids = new[] { message } }), ReplayAsync(payments, new { error_type = "Npgsql.PostgresException" }));
        Assert.Equal(1, replays.Sum(replay => (int)replay["replayed"]!));
        await ShopFixture.UntilOrderAsync(unluckys, order, "confirmed");
        var copied = await shop.QueryAsync<byte[]>("ordersdb", "SELECT payload FROM outbox WHERE id = $1", message);
        await SendToPaymentsAsync(message, order, Encoding.UTF8.GetString(copied));
        var last = Guid.CreateVersion7();
        await SendToPaymentsAsync(last, order, "the copy is handled before this, for they have one key");
        await UntilDeadAsync(payments, last);

        Assert.Null(await FindDeadAsync(payments, message));
        Assert.Equal(1, await shop.QueryAsync<long>("paymentsdb", "SELECT count(*) FROM inbox WHERE message_id = $1", message));
        Assert.Equal(1, await shop.QueryAsync<long>("paymentsdb",
            "SELECT count(*) FROM ledger_transactions WHERE order_id = $1 AND kind = 'charge'", Guid.Parse(order)));
        using var wallet = shop.CreateClient("payments", unlucky.Token);
        Assert.Equal(99_500.00m, (decimal)(await wallet.GetFromJsonAsync<JsonObject>("/accounts/balance"))!["balance"]!);
    }

    [Theory]
    [InlineData("GET", "/messaging/dead-letters/no-uuid", null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "/messaging/dead-letters/0198a3b2-0000-7000-8000-000000000000", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/messaging/dead-letters/messages?page_size=1000", null, HttpStatusCode.BadRequest)]
    [InlineData("POST", "/messaging/dead-letters/replay", "{}", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/messaging/dead-letters/replay", """{"message_ids":["x"]}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/messaging/dead-letters/replay", """{"type":"order.created","everything":true}""", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/messaging/outbox/no-uuid", null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "/messaging/outbox/0198a3b2-0000-7000-8000-000000000000", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/messaging/outbox?state=lost", null, HttpStatusCode.BadRequest)]
    [InlineData("POST", "/messaging/outbox/replay", "{}", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/messaging/outbox/replay", """{"error":"x","dry":true}""", HttpStatusCode.BadRequest)]
    public async Task Bad_requests_are_refused(string method, string path, string? body, HttpStatusCode status)
    {
        using var payments = await shop.AdminClientAsync("payments");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await payments.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<string> OrderPhoneAsync(HttpClient orders)
    {
        using var response = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        var order = await ShopFixture.ReadAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, order.ToString());
        return (string)order["id"]!;
    }

    private static async Task<JsonNode> ReplayAsync(HttpClient payments, object what)
    {
        using var response = await payments.PostAsJsonAsync("/messaging/dead-letters/replay", what);
        var answer = await ShopFixture.ReadAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, answer.ToString());
        return answer;
    }

    private static Task<JsonNode> UntilDeadAsync(HttpClient payments, Guid message) =>
        Eventually.GetAsync(() => FindDeadAsync(payments, message), $"{message} is a dead letter");

    private static async Task<JsonNode?> FindDeadAsync(HttpClient payments, Guid message)
    {
        using var response = await payments.GetAsync(new Uri($"/messaging/dead-letters/{message}", UriKind.Relative));
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        var answer = await ShopFixture.ReadAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, answer.ToString());
        return answer;
    }

    private static async Task<JsonNode?> FindDeadOfAsync(HttpClient payments, string order)
    {
        var dead = await payments.GetFromJsonAsync<JsonArray>("/messaging/dead-letters/messages?type=order.created&page_size=100");
        return dead!.SingleOrDefault(letter => (string?)letter!["key"] == order);
    }

    private Task SendToPaymentsAsync(Guid id, string order, string body) =>
        shop.SendAsync(ShopTopology.PaymentQueue, OrderCreated.Type, id, order, Encoding.UTF8.GetBytes(body));

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await shop.OpenDatabaseAsync("paymentsdb");
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
