using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Shop.Tests.Integration.Security;

/// <summary>
/// Who may call what. The matrix holds every operation that the services document: an endpoint that is added without
/// a row here fails the first test.
/// </summary>
[Collection(ShopGroup.Name)]
public sealed class AuthorizationMatrixTests(ShopFixture shop)
{
    private const string NoOrder = "0198a3b2-0000-7000-8000-000000000000";

    private enum Access { Public, SignedIn, Permission }

    private sealed record Operation(string Service, string Method, string Path, Access Access);

    private static readonly Operation[] Matrix =
    [
        .. new[] { "auth", "catalog", "orders", "payments", "notifications" }.SelectMany(service => new Operation[]
        {
            new(service, "GET", "/messaging/outbox", Access.Permission),
            new(service, "GET", "/messaging/outbox/groups", Access.Permission),
            new(service, "GET", "/messaging/outbox/{id}", Access.Permission),
            new(service, "POST", "/messaging/outbox/replay", Access.Permission),
        }),
        .. new[] { "catalog", "orders", "payments", "notifications" }.SelectMany(service => new Operation[]
        {
            new(service, "GET", "/messaging/queues", Access.Permission),
            new(service, "GET", "/messaging/dead-letters", Access.Permission),
            new(service, "GET", "/messaging/dead-letters/messages", Access.Permission),
            new(service, "GET", "/messaging/dead-letters/{id}", Access.Permission),
            new(service, "POST", "/messaging/dead-letters/replay", Access.Permission),
        }),

        new("auth", "POST", "/auth/register", Access.Public),
        new("auth", "POST", "/auth/token", Access.Public),
        new("auth", "POST", "/auth/refresh", Access.Public),
        new("auth", "POST", "/auth/logout", Access.Public),
        new("auth", "GET", "/auth/verify", Access.SignedIn),
        new("auth", "POST", "/auth/check", Access.SignedIn),
        new("auth", "GET", "/.well-known/jwks.json", Access.Public),
        new("auth", "GET", "/users", Access.Permission),
        new("auth", "GET", "/users/{id}", Access.SignedIn),
        new("auth", "GET", "/roles", Access.Permission),

        new("catalog", "GET", "/products", Access.Public),
        new("catalog", "GET", "/products/{id}", Access.Public),
        new("catalog", "GET", "/products/suggest", Access.Public),
        new("catalog", "GET", "/products/{id}/image.svg", Access.Public),
        new("catalog", "GET", "/categories", Access.Public),
        new("catalog", "PUT", "/categories/{slug}", Access.Permission),
        new("catalog", "POST", "/products", Access.Permission),
        new("catalog", "PUT", "/products/{id}", Access.Permission),
        new("catalog", "DELETE", "/products/{id}", Access.Permission),
        new("catalog", "POST", "/products/{id}/stock", Access.Permission),
        new("catalog", "POST", "/demo/products", Access.Permission),
        new("catalog", "POST", "/reservations", Access.Permission),
        new("catalog", "POST", "/reservations/{orderId}/commit", Access.Permission),
        new("catalog", "POST", "/reservations/{orderId}/release", Access.Permission),

        new("orders", "POST", "/orders", Access.SignedIn),
        new("orders", "POST", "/orders/orchestrated", Access.SignedIn),
        new("orders", "GET", "/orders", Access.SignedIn),
        new("orders", "GET", "/orders/{id}", Access.SignedIn),
        new("orders", "GET", "/orders/{id}/history", Access.SignedIn),
        new("orders", "POST", "/orders/{id}/cancel", Access.SignedIn),

        new("payments", "POST", "/payments/process", Access.Permission),
        new("payments", "POST", "/payments/process/{orderId}/cancel", Access.Permission),
        new("payments", "GET", "/payments", Access.SignedIn),
        new("payments", "GET", "/payments/{id}", Access.SignedIn),
        new("payments", "POST", "/payments/{id}/refund", Access.Permission),
        new("payments", "POST", "/accounts", Access.SignedIn),
        new("payments", "POST", "/accounts/deposit", Access.SignedIn),
        new("payments", "GET", "/accounts/balance", Access.SignedIn),
        new("payments", "GET", "/accounts/transactions", Access.SignedIn),
        new("payments", "GET", "/ledger/summary", Access.Permission),

        new("notifications", "POST", "/notifications/send", Access.Permission),
        new("notifications", "GET", "/notifications", Access.SignedIn),
        new("notifications", "GET", "/preferences", Access.SignedIn),
        new("notifications", "PUT", "/preferences", Access.SignedIn),
    ];

    [Theory]
    [InlineData("auth")]
    [InlineData("catalog")]
    [InlineData("orders")]
    [InlineData("payments")]
    [InlineData("notifications")]
    public async Task The_matrix_and_the_API_document_name_the_same_operations(string service)
    {
        using var client = shop.CreateClient(service);
        var document = await client.GetFromJsonAsync<JsonObject>("/openapi/v1.json");
        var documented = document!["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {Normalize(path.Key)}"));

        Assert.Equal(
            Matrix.Where(operation => operation.Service == service).Select(operation => $"{operation.Method} {operation.Path}").Order(StringComparer.Ordinal),
            documented.Order(StringComparer.Ordinal));

        static string Normalize(string path) => path.Length > 1 ? path.TrimEnd('/') : path;
    }

    [Fact]
    public async Task Without_a_token_only_public_operations_answer()
    {
        List<string> wrong = [];
        foreach (var operation in Matrix.Where(operation => operation.Access != Access.Public))
        {
            using var client = shop.CreateClient(operation.Service);
            using var response = await SendAsync(client, operation);
            if (response.StatusCode != HttpStatusCode.Unauthorized || response.Content.Headers.ContentType?.MediaType != "application/problem+json")
                wrong.Add($"{operation.Service} {operation.Method} {operation.Path}: {(int)response.StatusCode}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_buyer_is_refused_what_needs_a_permission()
    {
        var buyer = await shop.RegisterCustomerAsync();
        List<string> wrong = [];
        foreach (var operation in Matrix.Where(operation => operation.Access == Access.Permission))
        {
            using var client = shop.CreateClient(operation.Service, buyer.Token);
            using var response = await SendAsync(client, operation);
            if (response.StatusCode != HttpStatusCode.Forbidden || response.Content.Headers.ContentType?.MediaType != "application/problem+json")
                wrong.Add($"{operation.Service} {operation.Method} {operation.Path}: {(int)response.StatusCode}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Another_buyers_things_are_not_found()
    {
        var owner = await shop.RegisterCustomerAsync();
        var stranger = await shop.RegisterCustomerAsync();
        using var owners = shop.CreateClient("orders", owner.Token);
        using var placed = await owners.PostAsJsonAsync("/orders/orchestrated", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        var order = await ShopFixture.ReadAsync(placed);
        Assert.Equal(HttpStatusCode.OK, placed.StatusCode);
        using var payments = shop.CreateClient("payments", owner.Token);
        var payment = (string)(await payments.GetFromJsonAsync<JsonArray>("/payments"))![0]!["id"]!;

        var foreign = new (string Service, HttpMethod Method, string Path)[]
        {
            ("orders", HttpMethod.Get, $"/orders/{order["id"]}"),
            ("orders", HttpMethod.Get, $"/orders/{order["id"]}/history"),
            ("orders", HttpMethod.Post, $"/orders/{order["id"]}/cancel"),
            ("payments", HttpMethod.Get, $"/payments/{payment}"),
            ("auth", HttpMethod.Get, $"/users/{owner.Id}"),
        };
        foreach (var (service, method, path) in foreign)
        {
            using var client = shop.CreateClient(service, stranger.Token);
            using var request = new HttpRequestMessage(method, path);
            using var response = await client.SendAsync(request);
            Assert.True(response.StatusCode == HttpStatusCode.NotFound, $"{method} {path}: {(int)response.StatusCode}");
        }

        foreach (var (service, path) in new[] { ("orders", "/orders"), ("payments", "/payments"), ("notifications", "/notifications") })
        {
            using var client = shop.CreateClient(service, stranger.Token);
            Assert.Empty((await client.GetFromJsonAsync<JsonArray>(path))!);
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, Operation operation)
    {
        var path = operation.Path.Replace("{orderId}", NoOrder, StringComparison.Ordinal);
        path = path.Replace("{id}", operation.Service == "catalog" ? "1" : NoOrder, StringComparison.Ordinal);
        path = path.Replace("{slug}", "phones", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path);
        if (operation.Method is "POST" or "PUT")
            request.Content = JsonContent.Create(new { });
        return await client.SendAsync(request);
    }
}
