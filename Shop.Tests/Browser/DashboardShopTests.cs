using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Local;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using RabbitMQ.Client;
using Shop.Messaging.Contracts;
using Shop.Messaging.Topology;
using Shop.Tests.Integration.Hosting;
using static Microsoft.Playwright.Assertions;

namespace Shop.Tests.Browser;

/// <summary>The real shop in its dashboard: what breaks is seen, and mended from the page.</summary>
public sealed class DashboardShopTests(DashboardShop shop, Chromium chromium) : IClassFixture<DashboardShop>, IClassFixture<Chromium>
{
    private const float Soon = 15_000; // A busy machine's; DashboardTests has the 3 s in which a page follows what it is told.
    private const float StartTime = 60_000;
    private const float StatisticsTime = 30_000;

    private readonly List<string> _complaints = [];

    [Fact]
    public async Task A_service_that_dies_turns_red_with_its_reason_and_is_started_from_the_page()
    {
        var page = await shop.OpenAsync(chromium, "/", _complaints);
        var payments = page.GetByTestId("resource-payments");
        await Expect(payments).ToHaveAttributeAsync("data-health", "Healthy", new() { Timeout = StartTime });

        Native.Kill(shop.App.Pid("payments"), Native.SigKill);
        await Expect(payments.Locator(".state.bad")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(payments).ToContainTextAsync("exit code 137");

        await page.GetByTestId("start-payments").ClickAsync();
        await Expect(payments).ToHaveAttributeAsync("data-health", "Healthy", new() { Timeout = StartTime });
        await Expect(payments.Locator(".state.good")).ToBeVisibleAsync();
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task A_message_that_cannot_be_handled_is_found_and_replayed_and_looking_leaves_no_traces()
    {
        var id = Guid.CreateVersion7();
        await PublishAsync(id, "{ no JSON");
        var page = await shop.OpenAsync(chromium, "/messages", _complaints);
        var dead = page.GetByTestId($"dead-{ShopTopology.NotificationQueue}");
        await Expect(dead).ToHaveTextAsync("1", new() { Timeout = StatisticsTime });
        await Expect(page.GetByTestId("outbox-orders")).ToBeVisibleAsync();

        await dead.ClickAsync();
        await page.GetByTestId("groups").Locator("a.cover").ClickAsync();
        await page.GetByTestId("letter").ClickAsync();
        await Expect(page.GetByTestId("letter-details")).ToContainTextAsync(id.ToString());
        await Expect(page.GetByTestId("body")).ToContainTextAsync("{ no JSON");

        await page.GetByTestId("replay-one").ClickAsync();
        await Expect(page.GetByTestId("dry-run")).ToContainTextAsync("1 messages would be sent again");
        await page.GetByTestId("confirm-replay").ClickAsync();
        await Expect(page.GetByTestId("replayed")).ToContainTextAsync("1 messages were sent again");

        await page.GotoAsync("/traces?q=/messaging");
        var traces = page.GetByTestId("traces").Locator("tbody tr");
        await Expect(traces).ToHaveCountAsync(1, new() { Timeout = StatisticsTime });
        await Expect(traces).ToContainTextAsync("POST /messaging/dead-letters/replay");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task The_overview_counts_an_order_through_all_services()
    {
        var page = await shop.OpenAsync(chromium, "/metrics?range=15", _complaints);
        await Expect(page.GetByTestId("overview")).ToBeVisibleAsync(new() { Timeout = StartTime });
        await shop.OrderAsync();

        foreach (var (card, expected) in ((string, string)[])[("orders", "1 confirmed"), ("payments", "1 captured"), ("turnover", "500 RUB"), ("notifications", "1 sent")])
            await Expect(page.GetByTestId($"card-{card}").GetByTestId("now")).ToContainTextAsync(expected, new() { Timeout = StatisticsTime });
        await Expect(page.GetByTestId("card-confirmation").GetByTestId("chart")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("card-outbox_pending").GetByTestId("legend")).ToContainTextAsync("payments");

        await page.GetByTestId("card-orders").GetByRole(AriaRole.Heading).ClickAsync();
        await Expect(page.GetByTestId("instruments")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("legend")).ToContainTextAsync("pending 1");
        await page.GetByTestId("split").SelectOptionAsync("flow");
        await Expect(page.GetByTestId("legend")).ToHaveCountAsync(0); // One flow is one line.
        await Expect(page.GetByTestId("now")).ToContainTextAsync("3 choreography");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Without_its_dashboard_the_shop_takes_orders_and_stops_by_itself()
    {
        var other = new DashboardShop();
        await other.InitializeAsync();
        try
        {
            Native.Kill(other.App.Pid(DashboardResource.DefaultName), Native.SigKill);
            await other.App.ResourceNotifications.WaitForResourceAsync(DashboardResource.DefaultName, KnownResourceStates.Exited, TestHost.Soon);

            await other.OrderAsync();
            await other.App.StopAsync();

            // Who waited for the dashboard was killed.
            foreach (var service in (string[])["auth", "catalog", "orders", "payments", "notifications", "web"])
                Assert.Equal((service, 0), (service, other.App.State(service).ExitCode));
        }
        finally
        {
            await other.DisposeAsync();
        }
    }

    private async Task PublishAsync(Guid id, string body)
    {
        var factory = new ConnectionFactory { Uri = new Uri((await shop.App.GetConnectionStringAsync("rabbitmq"))!) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync(
            "", ShopTopology.NotificationQueue, mandatory: true, new BasicProperties { MessageId = id.ToString(), Type = OrderCreated.Type, Persistent = true }, Encoding.UTF8.GetBytes(body));
    }
}
