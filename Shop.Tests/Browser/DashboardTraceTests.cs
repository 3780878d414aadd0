using System.Net.Http.Json;
using Shop.Tests.Integration;
using Shop.Tests.Unit.Dashboard;
using static Microsoft.Playwright.Assertions;

namespace Shop.Tests.Browser;

/// <summary>An order of the real shop, as the dashboard shows it: its way through the services, and what they say of it.</summary>
[Collection(ShopGroup.Name)]
public sealed class DashboardTraceTests(ShopFixture shop, Chromium chromium) : IClassFixture<Chromium>
{
    private const float ExportTime = 30_000;

    // Each is a descendant of the one before.
    private static readonly (string Service, string Name)[] Way =
    [
        ("orders", "POST /orders"),
        ("orders", "send order.created"),
        ("payments", "process order.created"),
        ("payments", "send payment.processed"),
        ("notifications", "process payment.processed"),
        ("notifications", "send notification.sent"),
        ("orders", "process notification.sent"),
    ];

    private static readonly string[] Steps =
    [
        "1 pieces are held for order {order}",
        "Order {order} is Pending",
        "Captured 500.00 RUB by Wallet for order {order}",
        "(payment_processed) of order {order} is sent by email",
        "Order {order} is Paid",
        "Order {order} is Confirmed",
    ];

    [Fact]
    public async Task The_id_of_an_order_finds_the_one_trace_of_its_whole_way()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        using var receiver = dashboard.CreateExporter();
        receiver.DefaultRequestHeaders.Add("x-otlp-api-key", RunningDashboard.ApiKey);
        shop.Otlp.PassOnTo(receiver);
        try
        {
            var order = await OrderAsync();
            List<string> complaints = [];
            var page = await chromium.OpenAsync(dashboard.Pages, "en-GB", complaints);
            await page.GotoAsync($"/login?t={RunningDashboard.Token}&returnUrl={Uri.EscapeDataString($"/traces?q={order}")}");

            // Asking how the order is makes traces of its own, which have the id as well.
            var traces = page.GetByTestId("traces").Locator("tbody tr", new() { HasText = "POST /orders" });
            await Expect(traces).ToHaveCountAsync(1, new() { Timeout = ExportTime });
            await traces.Locator("a.cover").ClickAsync();

            var depth = -1;
            foreach (var (service, name) in Way)
            {
                var span = page.GetByTestId("span").Filter(new() { HasText = $"{service} {name}" }).First;
                await Expect(span).ToBeVisibleAsync(new() { Timeout = ExportTime });
                var below = int.Parse((await span.GetAttributeAsync("data-depth"))!, System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(below > depth, $"{name} is at depth {below}, below {depth}");
                depth = below;
            }

            await page.GetByTestId("span").Filter(new() { HasText = "payments process order.created" }).ClickAsync();
            await Expect(page.GetByTestId("hop")).ToContainTextAsync("payment_queue");
            await Expect(page.GetByTestId("span-logs")).ToContainTextAsync($"Captured 500.00 RUB by Wallet for order {order}", new() { Timeout = ExportTime });

            await page.GetByTestId("logs-of-trace").ClickAsync();
            foreach (var step in Steps)
                await Expect(page.GetByTestId("logs").Locator("tbody tr", new() { HasText = step.Replace("{order}", order, StringComparison.Ordinal) })).ToHaveCountAsync(1, new() { Timeout = ExportTime });
            Assert.Empty(complaints);
        }
        finally
        {
            shop.Otlp.PassOnTo(null);
        }
    }

    private async Task<string> OrderAsync()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        using var response = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        response.EnsureSuccessStatusCode();
        var id = (string)(await ShopFixture.ReadAsync(response))["id"]!;
        await ShopFixture.UntilOrderAsync(orders, id, "confirmed");
        return id;
    }
}
