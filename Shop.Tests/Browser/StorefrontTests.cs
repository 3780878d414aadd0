using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using Shop.Tests.Integration;
using static Microsoft.Playwright.Assertions;

namespace Shop.Tests.Browser;

/// <summary>The storefront as a buyer sees it.</summary>
[Collection(ShopGroup.Name)]
public sealed class StorefrontTests(ShopFixture shop, Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "Correct-horse-4-battery";
    private const float OrderTime = 30_000;

    [Theory]
    [InlineData("ru-RU", 1280, "Подтверждён")]
    [InlineData("en-GB", 390, "Confirmed")]
    public async Task A_visitor_signs_up_orders_and_sees_the_order_confirmed(string locale, int width, string confirmed)
    {
        List<string> complaints = [];
        var page = await chromium.OpenAsync(Site, locale, complaints, width);

        await page.GotoAsync("/products/1");
        await page.GetByTestId("add-to-cart").ClickAsync();
        await page.GotoAsync("/catalog");
        await page.GetByTestId("add-2").ClickAsync();
        await Expect(page.GetByTestId("cart-count")).ToHaveTextAsync("2");
        await page.GetByTestId("checkout").ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/login"));
        await RegisterAsync(page, "/register?return_url=%2Fcheckout");
        await page.GetByTestId("place-order").ClickAsync();

        var status = page.GetByTestId("order-status");
        await Expect(status).ToHaveAttributeAsync("data-status", "confirmed", new() { Timeout = OrderTime });
        await Expect(status).ToContainTextAsync(confirmed);
        await Expect(page.GetByTestId("order-timeline").Locator("li")).ToHaveCountAsync(3);
        await Expect(page.GetByTestId("order-timeline").Locator("time").First).Not.ToContainTextAsync("UTC");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window");

        await page.GetByTestId("nav-orders").ClickAsync();
        await Expect(page.GetByTestId("orders").Locator("tbody tr")).ToHaveCountAsync(1);
        await page.GetByTestId("nav-wallet").ClickAsync();
        await Expect(page.GetByTestId("transactions").Locator("tbody tr")).ToHaveCountAsync(2);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_double_click_orders_once()
    {
        var page = await chromium.OpenAsync(Site, "en-GB", []);
        await RegisterAsync(page, "/register");
        await page.GotoAsync("/products/1");
        await page.GetByTestId("add-to-cart").ClickAsync();
        await page.GotoAsync("/checkout");

        await page.GetByTestId("place-order").DblClickAsync();
        await Expect(page.GetByTestId("order-status")).ToHaveAttributeAsync("data-done", "true", new() { Timeout = OrderTime });

        await page.GotoAsync("/orders");
        await Expect(page.GetByTestId("orders").Locator("tbody tr")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Signing_in_and_out_opens_and_closes_the_personal_pages()
    {
        var buyer = await shop.RegisterCustomerAsync();
        var page = await chromium.OpenAsync(Site, "en-GB", []);

        await page.GotoAsync("/profile");
        await page.GetByTestId("email").FillAsync(buyer.Email);
        await page.GetByTestId("password").FillAsync("not the password");
        await page.GetByTestId("submit").ClickAsync();
        await Expect(page.GetByTestId("alert")).ToBeVisibleAsync();

        await page.GetByTestId("password").FillAsync(buyer.Password);
        await page.GetByTestId("submit").ClickAsync();
        await Expect(page.GetByTestId("profile-email")).ToHaveTextAsync(buyer.Email);

        await page.GetByTestId("logout").ClickAsync();
        await Expect(page.GetByTestId("nav-login")).ToBeVisibleAsync();
        await page.GotoAsync("/profile");
        await Expect(page.GetByTestId("submit")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Another_buyers_order_and_an_unknown_page_are_not_found()
    {
        var (owner, stranger) = (await shop.RegisterCustomerAsync(), await chromium.OpenAsync(Site, "en-GB", []));
        using var orders = shop.CreateClient("orders", owner.Token);
        using var response = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        var order = (string)(await ShopFixture.ReadAsync(response))["id"]!;
        await RegisterAsync(stranger, "/register");

        foreach (var path in new[] { $"/orders/{order}", "/products/999999", "/no/such/page" })
        {
            var answer = await stranger.GotoAsync(path);
            Assert.Equal(404, answer!.Status);
            await Expect(stranger.GetByTestId("not-found")).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task A_post_without_the_antiforgery_token_changes_nothing()
    {
        using var web = shop.CreateClient("web");
        using var form = new FormUrlEncodedContent([new("product_id", "1"), new("quantity", "1")]);

        using var response = await web.PostAsync(new Uri("/cart/items", UriKind.Relative), form);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.DoesNotContain(response.Headers, header => header.Key == "Set-Cookie" && header.Value.Any(value => value.StartsWith("shop_cart", StringComparison.Ordinal)));
    }

    private Uri Site => shop.App.GetEndpoint("web", "http");

    private static async Task RegisterAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.GetByTestId("email").FillAsync($"buyer-{Guid.NewGuid():N}@example.com");
        await page.GetByTestId("password").FillAsync(Password);
        await page.GetByTestId("submit").ClickAsync();
        await Expect(page.GetByTestId("logout")).ToBeVisibleAsync();
    }
}
