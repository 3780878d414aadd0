using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Shop.Tests.Integration.Telegram;

/// <summary>The shop's APIs as far as the bot uses them, in the place of the network.</summary>
internal sealed class FakeShop : HttpMessageHandler
{
    public const string Email = "anna@example.com";
    public const string Password = "correct horse";

    private const string ServiceToken = "the token of the bot";

    private readonly (int Id, string Russian, string English, decimal Price)[] _products =
    [
        (1, "Телефон", "Phone", 500m), (2, "Ноутбук", "Laptop", 1500m),
        .. Enumerable.Range(3, 6).Select(id => (id, $"Товар {id}", $"Product {id}", 10m * id)),
    ];

    private readonly ConcurrentDictionary<Guid, FakeOrder> _orders = new();
    private int _tokens;

    /// <summary>Every request as <c>METHOD host/path</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The idempotency key of every attempt to order.</summary>
    public ConcurrentQueue<string> OrderKeys { get; } = new();

    public ICollection<FakeOrder> Orders => _orders.Values;

    /// <summary>How long an access token is valid, in seconds.</summary>
    public int TokenLifetime { get; set; } = 900;

    /// <summary>Answers instead of the shop, when it returns something.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Intercept { get; set; } = _ => null;

    /// <summary>What a request waits for before it is answered.</summary>
    public Func<HttpRequestMessage, Task> Delay { get; set; } = _ => Task.CompletedTask;

    public static HttpResponseMessage Problem(HttpStatusCode status, string detail, string? code = null)
        => new(status) { Content = JsonContent.Create(new { title = "Problem", status = (int)status, detail, code }, mediaType: new("application/problem+json")) };

    public void SetPrice(int id, decimal price)
    {
        var index = Array.FindIndex(_products, product => product.Id == id);
        _products[index] = _products[index] with { Price = price };
    }

    public void Settle(string status)
    {
        foreach (var order in _orders.Values) order.Status = status;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        Requests.Enqueue($"{request.Method} {uri.Host}{uri.AbsolutePath}");
        await Delay(request);
        if (Intercept(request) is { } answer) return answer;

        if (request.Content is FormUrlEncodedContent) return Json(new { access_token = ServiceToken, token_type = "bearer", expires_in = 900 });

        var body = request.Content is null ? default : await request.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return (request.Method.Method, uri.Host, uri.AbsolutePath) switch
        {
            ("POST", "auth", "/auth/token") => SignIn(request, body),
            ("POST", "auth", "/auth/refresh") => Refresh(body),
            ("POST", "auth", "/auth/logout") => new HttpResponseMessage(HttpStatusCode.NoContent),
            ("GET", "catalog", "/products") => List(request),
            ("GET", "catalog", var path) => One(request, int.Parse(path.Split('/')[^1], provider: null)),
            ("POST", "orders", "/orders") => Place(request, body),
            ("GET", "orders", "/orders") => Signed(request, () => Json(_orders.Values.Reverse().Select(order => order.ToJson()))),
            ("GET", "orders", var path) => Signed(request, () => Json(_orders[Guid.Parse(path.Split('/')[^1])].ToJson())),
            _ => Problem(HttpStatusCode.NotFound, "No such endpoint."),
        };
    }

    /// <remarks>Only from the bot itself, and with the chat named, are attempts limited for each chat.</remarks>
    private HttpResponseMessage SignIn(HttpRequestMessage request, JsonElement body)
        => request.Headers.Authorization?.Parameter == ServiceToken && request.Headers.GetValues("X-Forwarded-For").Single().StartsWith("telegram:", StringComparison.Ordinal)
            && body.GetProperty("email").GetString() == Email && body.GetProperty("password").GetString() == Password
            ? Tokens()
            : Problem(HttpStatusCode.Unauthorized, "Wrong email or password.");

    private HttpResponseMessage Refresh(JsonElement body)
        => body.GetProperty("refresh_token").GetString() == $"refresh-{_tokens}" ? Tokens() : Problem(HttpStatusCode.Unauthorized, "The token was used before.");

    private HttpResponseMessage Tokens()
    {
        var number = ++_tokens;
        return Json(new { access_token = $"access-{number}", token_type = "bearer", expires_in = TokenLifetime, refresh_token = $"refresh-{number}" });
    }

    private HttpResponseMessage List(HttpRequestMessage request)
    {
        var query = System.Web.HttpUtility.ParseQueryString(request.RequestUri!.Query);
        var (page, size) = (int.Parse(query["page"]!, provider: null), int.Parse(query["page_size"]!, provider: null));
        var response = Json(_products.Skip((page - 1) * size).Take(size).Select(product => ToJson(request, product)));
        response.Headers.Add("X-Total-Count", $"{_products.Length}");
        return response;
    }

    private HttpResponseMessage One(HttpRequestMessage request, int id)
    {
        var product = _products.FirstOrDefault(product => product.Id == id);
        return product.Id == 0 ? Problem(HttpStatusCode.NotFound, "No such product.") : Json(ToJson(request, product));
    }

    private static object ToJson(HttpRequestMessage request, (int Id, string Russian, string English, decimal Price) product)
    {
        var isRussian = request.Headers.AcceptLanguage.ToString() == "ru";
        return new { id = product.Id, name = isRussian ? product.Russian : product.English, price = product.Price, currency = "RUB", in_stock = true };
    }

    private HttpResponseMessage Place(HttpRequestMessage request, JsonElement body) => Signed(request, () =>
    {
        var key = request.Headers.GetValues("Idempotency-Key").Single();
        OrderKeys.Enqueue(key);
        if (_orders.Values.FirstOrDefault(order => order.Key == key) is { } known) return Json(known.ToJson(), HttpStatusCode.Accepted);

        var items = body.GetProperty("items").EnumerateArray()
            .Select(item => (Id: item.GetProperty("product_id").GetInt32(), Quantity: item.GetProperty("quantity").GetInt32())).ToList();
        if (items.Any(item => _products.All(product => product.Id != item.Id))) return Problem(HttpStatusCode.Conflict, "Product is out of stock.");

        if (body.GetProperty("items").EnumerateArray().Any(IsOtherPrice)) return Problem(HttpStatusCode.Conflict, "The price has changed.", "price_changed");

        var total = items.Sum(item => item.Quantity * _products.Single(product => product.Id == item.Id).Price);
        var order = new FakeOrder(Guid.CreateVersion7(), key, body.GetProperty("payment_method").GetString()!, items, total);
        _orders[order.Id] = order;
        return Json(order.ToJson(), HttpStatusCode.Accepted);
    });

    private bool IsOtherPrice(JsonElement item) => item.TryGetProperty("price", out var price)
        && price.GetDecimal() != _products.Single(product => product.Id == item.GetProperty("product_id").GetInt32()).Price;

    private HttpResponseMessage Signed(HttpRequestMessage request, Func<HttpResponseMessage> answer)
        => request.Headers.Authorization?.Parameter == $"access-{_tokens}" ? answer() : Problem(HttpStatusCode.Unauthorized, "The token is not valid.");

    private static HttpResponseMessage Json<T>(T body, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = JsonContent.Create(body) };
}

internal sealed record FakeOrder(Guid Id, string Key, string PaymentMethod, IReadOnlyList<(int Id, int Quantity)> Items, decimal Total)
{
    public string Status { get; set; } = "pending";

    public object ToJson() => new
    {
        id = Id,
        status = Status,
        total_amount = Total,
        currency = "RUB",
        items = Items.Select(item => new { product_id = item.Id, quantity = item.Quantity }),
    };
}
