using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Notifications;

/// <summary>The notifications' contract and who may use it.</summary>
[Collection(ShopGroup.Name)]
public sealed class NotificationsApiTests(ShopFixture shop)
{
    [Fact]
    public async Task A_message_about_an_order_is_sent_once_however_often_it_is_asked_for()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var admin = await shop.AdminClientAsync("notifications");
        var order = Guid.CreateVersion7();
        var request = new { order_id = order, user_id = buyer.Id, email = buyer.Email, template = "order_confirmed", language = "en", data = new { amount = 2500.00m, currency = "RUB" } };

        var (first, sent) = await SendAsync(admin, request);
        var (second, repeated) = await SendAsync(admin, request);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first, second));
        Assert.Equal("sent", (string?)sent["status"]);
        Assert.Equal((string?)sent["notification_id"], (string?)repeated["notification_id"]);

        using var own = shop.CreateClient("notifications", buyer.Token);
        var notification = Assert.Single((await GetAsync(own, $"/notifications?order_id={order}")).AsArray())!;
        Assert.Equal(("sent", 1, buyer.Email), ((string)notification["status"]!, (int)notification["attempts"]!, (string)notification["recipient"]!));
        Assert.Contains("RUB\u00A02,500.00", (string?)notification["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_idempotency_key_sends_once_also_without_an_order()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var admin = await shop.AdminClientAsync("notifications");
        admin.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
        var request = new { user_id = buyer.Id, email = buyer.Email, template = "payment_failed", data = new { order_number = "#1" } };

        var (_, first) = await SendAsync(admin, request);
        var (_, second) = await SendAsync(admin, request);

        Assert.Equal((string?)first["notification_id"], (string?)second["notification_id"]);
        Assert.Equal(1L, await shop.QueryAsync<long>("notificationsdb", "SELECT count(*) FROM notifications WHERE user_id = $1", buyer.Id));
    }

    [Fact]
    public async Task A_buyer_sees_only_their_own_and_an_operator_everything()
    {
        var anna = await shop.RegisterCustomerAsync();
        var boris = await shop.RegisterCustomerAsync();
        using var admin = await shop.AdminClientAsync("notifications");
        var order = Guid.CreateVersion7();
        await SendAsync(admin, new { order_id = order, user_id = anna.Id, email = anna.Email, template = "order_confirmed" });

        using var asAnna = shop.CreateClient("notifications", anna.Token);
        using var asBoris = shop.CreateClient("notifications", boris.Token);
        Assert.Single((await GetAsync(asAnna, $"/notifications?order_id={order}")).AsArray());
        Assert.Empty((await GetAsync(asBoris, $"/notifications?order_id={order}")).AsArray());
        Assert.Single((await GetAsync(admin, $"/notifications?order_id={order}")).AsArray());
    }

    [Fact]
    public async Task Messages_come_in_the_language_the_buyer_chose()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var own = shop.CreateClient("notifications", buyer.Token);
        using var admin = await shop.AdminClientAsync("notifications");
        foreach (var (language, greeting) in new[] { ("ru", "Здравствуйте"), ("en", "Hello") })
        {
            using var change = await own.PutAsJsonAsync("/preferences", new { language });
            Assert.Equal(HttpStatusCode.OK, change.StatusCode);
            Assert.Equal(language, (string?)(await GetAsync(own, "/preferences"))["language"]);

            var order = Guid.CreateVersion7();
            await SendAsync(admin, new { order_id = order, user_id = buyer.Id, email = buyer.Email, template = "order_confirmed" });
            var notification = (await GetAsync(own, $"/notifications?order_id={order}")).AsArray()[0]!;
            Assert.StartsWith(greeting, (string?)notification["text"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/orders/orchestrated")]
    public async Task The_buyer_hears_of_each_part_of_a_refund(string flow)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var own = shop.CreateClient("notifications", buyer.Token);
        using var payments = await shop.AdminClientAsync("payments");
        using var placed = await orders.PostAsJsonAsync(flow, new { items = new[] { new { product_id = 1, quantity = 1 } } });
        var id = (string)(await ShopFixture.ReadAsync(placed))["id"]!;
        var order = await ShopFixture.UntilOrderAsync(orders, id, "confirmed");

        foreach (var amount in new[] { 200.00m, 300.00m })
        {
            using var refund = await payments.PostAsJsonAsync($"/payments/{order["payment"]!["id"]}/refund", new { amount });
            Assert.Equal(HttpStatusCode.OK, refund.StatusCode);
        }

        var texts = await Eventually.GetAsync(async () =>
        {
            var refunds = (await GetAsync(own, $"/notifications?order_id={id}")).AsArray()
                .Where(notification => (string?)notification!["template"] == "payment_refunded" && (string?)notification["status"] == "sent")
                .Select(notification => (string)notification!["text"]!)
                .ToList();
            return refunds.Count == 2 ? refunds : null;
        }, "both parts are told");
        Assert.Contains(texts, text => text.Contains("RUB\u00A0200.00", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.Contains("RUB\u00A0300.00", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bad_messages_are_refused_and_leave_nothing()
    {
        using var admin = await shop.AdminClientAsync("notifications");
        var email = $"nobody-{Guid.NewGuid():N}@example.com";

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(admin, new { email = "nobody", template = "order_confirmed" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(admin, new { email, template = "order_confirmed", extra = 1 })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(admin, new { email, template = "order_confirmed", data = new { a = new { b = 1 } } })).Status);
        Assert.Equal("unknown_template", (string?)(await SendAsync(admin, new { email, template = "spam" })).Body["code"]);
        Assert.Equal("missing_data", (string?)(await SendAsync(admin, new { email, template = "order_confirmed" })).Body["code"]);
        Assert.Equal(0, await shop.QueryAsync<long>("notificationsdb", "SELECT count(*) FROM notifications WHERE recipient = $1", email));
    }

    [Theory]
    [InlineData("GET", "/notifications", HttpStatusCode.OK)]
    [InlineData("POST", "/notifications/send", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/preferences", HttpStatusCode.OK)]
    [InlineData("PUT", "/preferences", HttpStatusCode.BadRequest)]
    public async Task Nobody_is_asked_to_sign_in_and_a_buyer_sends_nothing(string method, string path, HttpStatusCode asCustomer)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var nobody = shop.CreateClient("notifications");
        using var customer = shop.CreateClient("notifications", buyer.Token);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(nobody, method, path));
        Assert.Equal(asCustomer, await StatusAsync(customer, method, path));
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpClient client, object request)
    {
        using var response = await client.PostAsJsonAsync("/notifications/send", request);
        return (response.StatusCode, await ShopFixture.ReadAsync(response));
    }

    private static async Task<JsonNode> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        var body = await ShopFixture.ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, body.ToString());
        return body;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : JsonContent.Create(new { }) };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
