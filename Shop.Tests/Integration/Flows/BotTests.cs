using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shop.Tests.Integration.Telegram;

namespace Shop.Tests.Integration.Flows;

/// <summary>A customer orders in the chat: sandbox, bot and the whole shop behind it.</summary>
[Collection(ShopGroup.Name)]
public sealed class BotTests(ShopFixture shop)
{
    private const long ChatId = 700_001;

    [Fact]
    public async Task A_customer_signs_in_looks_around_orders_and_sees_the_order_confirmed()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var chat = shop.CreateClient("sandbox");
        var person = new Person(chat, ChatId, "en");

        await person.WriteAsync("/start");
        await person.HearAsync("Hello");
        await person.WriteAsync($"/login {buyer.Email} {buyer.Password}");
        await person.HearAsync($"You are signed in as {buyer.Email}");
        var signedIn = await person.LookAsync();
        Assert.DoesNotContain(signedIn.Messages, message => message.Text.Contains(buyer.Password, StringComparison.Ordinal));

        await person.WriteAsync("/products");
        var catalogue = await person.HearAsync("Catalogue, page 1");
        Assert.Contains("1. ", catalogue.Text, StringComparison.Ordinal);
        Assert.Contains("500.00 ₽", catalogue.Text, StringComparison.Ordinal);

        await person.WriteAsync("/order 1:2,2:1");
        var confirmed = await person.HearAsync("✅ confirmed");
        Assert.Contains("2,500.00 ₽", confirmed.Text, StringComparison.Ordinal);

        using var orders = shop.CreateClient("orders", buyer.Token);
        var order = Assert.Single((await orders.GetFromJsonAsync<JsonArray>("/orders"))!);
        Assert.Equal("confirmed", (string?)order!["status"]);
        Assert.Equal(2500.00m, (decimal)order["total_amount"]!);
        Assert.Equal(buyer.Email, (string?)order["customer_email"]);
        Assert.Equal([(1, 2), (2, 1)], order["items"]!.AsArray().Select(item => ((int)item!["product_id"]!, (int)item["quantity"]!)).Order());
        Assert.Contains(((string)order["id"]!)[^6..].ToUpperInvariant(), confirmed.Text, StringComparison.Ordinal);
    }
}
