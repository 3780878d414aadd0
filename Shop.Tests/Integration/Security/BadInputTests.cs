using System.Net;
using System.Text;

namespace Shop.Tests.Integration.Security;

/// <summary>Input that is wrong gets its status and problem details, and changes nothing.</summary>
[Collection(ShopGroup.Name)]
public sealed class BadInputTests(ShopFixture shop)
{
    public static TheoryData<string, HttpStatusCode> BadOrders => new()
    {
        { "{ not json", HttpStatusCode.BadRequest },
        { "", HttpStatusCode.BadRequest },
        { "null", HttpStatusCode.BadRequest },
        { "[]", HttpStatusCode.BadRequest },
        { "{}", HttpStatusCode.BadRequest },
        { """{"items":[]}""", HttpStatusCode.BadRequest },
        { """{"items":null}""", HttpStatusCode.BadRequest },
        { """{"items":[null]}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":1}],"discount":100}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":1,"free":true}]}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":0}]}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":-1}]}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":1000000}]}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":99999999999999999999}]}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":1.5}]}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":"1"}]}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":1}],"customer_email":"no address"}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":1,"quantity":1}],"payment_method":"beads"}""", HttpStatusCode.BadRequest },
        { """{"items":[{"product_id":2000000000,"quantity":1}]}""", HttpStatusCode.UnprocessableEntity },
        { """{"items":[{"product_id":1,"quantity":1,"price":0.01}]}""", HttpStatusCode.Conflict },
    };

    [Theory]
    [MemberData(nameof(BadOrders))]
    public async Task A_bad_order_is_refused_by_both_flows_and_leaves_nothing(string body, HttpStatusCode expected)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var held = await CountHeldAsync();
        foreach (var path in new[] { "/orders", "/orders/orchestrated" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await orders.PostAsync(new Uri(path, UriKind.Relative), content);
            await AssertProblemAsync(response, expected);
        }

        Assert.Equal(0, await shop.QueryAsync<long>("ordersdb", "SELECT count(*) FROM orders WHERE customer_id = $1", buyer.Id));
        Assert.Equal(held, await CountHeldAsync());
    }

    private Task<long> CountHeldAsync() => shop.QueryAsync<long>("catalogdb", "SELECT count(*) FROM reservations WHERE status = 'held'");

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var content = new StringContent($$"""{"items":[],"customer_email":"{{new string('x', 1_000_000)}}"}""", Encoding.UTF8, "application/json");
        using var response = await orders.PostAsync(new Uri("/orders", UriKind.Relative), content);
        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_by_its_type_is_refused()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var content = new StringContent("<order/>", Encoding.UTF8, "text/xml");
        using var response = await orders.PostAsync(new Uri("/orders", UriKind.Relative), content);
        await AssertProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("orders", "/orders?page=0")]
    [InlineData("orders", "/orders?page_size=101")]
    [InlineData("orders", "/orders?page=x")]
    [InlineData("payments", "/payments?page_size=-1")]
    [InlineData("notifications", "/notifications?page=99999999999")]
    [InlineData("catalog", "/products?page_size=1000")]
    [InlineData("catalog", "/products?min_price=-5")]
    [InlineData("catalog", "/products?sort=drop_table")]
    [InlineData("catalog", "/products?category=%00")]
    public async Task A_list_out_of_its_bounds_is_refused(string service, string path)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var client = shop.CreateClient(service, buyer.Token);
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        await AssertProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("""{"amount":-1}""")]
    [InlineData("""{"amount":0}""")]
    [InlineData("""{"amount":0.001}""")]
    [InlineData("""{"amount":1e30}""")]
    [InlineData("""{"amount":79228162514264337593543950335}""")]
    [InlineData("""{"amount":1000000000.01}""")]
    [InlineData("""{"amount":1,"user_id":"00000000-0000-0000-0000-000000000000"}""")]
    [InlineData("""{"amount":"100"}""")]
    [InlineData("""{"amount":100,"currency":"XXX1"}""")]
    public async Task A_bad_deposit_is_refused_and_moves_no_money(string body)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var payments = shop.CreateClient("payments", buyer.Token);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await payments.PostAsync(new Uri("/accounts/deposit", UriKind.Relative), content);
        await AssertProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("""\u0000""")]
    [InlineData("""\ud800""")]
    public async Task A_text_that_is_no_text_is_refused(string name)
    {
        using var auth = shop.CreateClient("auth");
        var email = $"buyer-{Guid.NewGuid():N}@example.com";
        using var content = new StringContent(
            $$"""{"email":"{{email}}","password":"Correct-horse-2-battery","name":"A{{name}}B"}""", Encoding.UTF8, "application/json");
        using var response = await auth.PostAsync(new Uri("/auth/register", UriKind.Relative), content);
        await AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(0, await shop.QueryAsync<long>("authdb", "SELECT count(*) FROM users WHERE email = $1", email));
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var body = await ShopFixture.ReadAsync(response);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)expected, (int)body["status"]!);
        Assert.Matches("^[0-9a-f]{32}$", (string?)body["trace_id"]);
        Assert.NotNull(body["title"]);
        Assert.DoesNotContain("   at ", body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body.ToJsonString(), StringComparison.Ordinal);
    }
}
