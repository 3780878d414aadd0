using System.Text.RegularExpressions;
using Aspire.Dashboard.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shop.Tests.Support;
using Shop.Tests.Unit.Dashboard;
using static Microsoft.Playwright.Assertions;

namespace Shop.Tests.Browser;

/// <summary>The dashboard as a developer sees it; what the AppHost would say is said by the tests.</summary>
public sealed class DashboardTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const float Soon = 3_000;

    private readonly List<string> _complaints = [];
    private FakeAppHost _appHost = null!;
    private RunningDashboard _dashboard = null!;

    public async Task InitializeAsync()
    {
        _appHost = await FakeAppHost.StartAsync();
        _dashboard = await RunningDashboard.StartAsync(
            ("Dashboard:ResourceServiceClient:Url", _appHost.Url.ToString()), ("Dashboard:ResourceServiceClient:ApiKey", FakeAppHost.ApiKey));
    }

    public async Task DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _appHost.DisposeAsync();
    }

    [Fact]
    public async Task A_token_typed_in_opens_the_page_that_was_asked_for()
    {
        var page = await chromium.OpenAsync(_dashboard.Pages, "en-GB", _complaints);

        await page.GotoAsync("/traces");
        await page.GetByTestId("token").FillAsync("not the token");
        await page.GetByTestId("sign-in").ClickAsync();
        await Expect(page.GetByTestId("wrong-token")).ToBeVisibleAsync();

        await page.GetByTestId("token").FillAsync(RunningDashboard.Token);
        await page.GetByTestId("sign-in").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Traces");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task A_service_that_stops_turns_red_with_its_reason_and_is_started_from_the_page()
    {
        _appHost.Tell(FakeAppHost.Service("orders"), FakeAppHost.Service("payments"));
        var page = await OpenAsync("/");
        var payments = page.GetByTestId("resource-payments");
        await Expect(payments).ToHaveAttributeAsync("data-health", "Healthy");

        _appHost.Tell(FakeAppHost.Service("orders"), FakeAppHost.Service("payments", state: "Exited", exitCode: 137));
        await Expect(payments.Locator(".state.bad")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(payments).ToContainTextAsync("exit code 137");

        await page.GetByTestId("start-payments").ClickAsync();
        await Eventually.HoldsAsync(() => _appHost.Commands.Contains("start payments-abc"), "the command is given");
        _appHost.Tell(FakeAppHost.Service("orders"), FakeAppHost.Service("payments"));
        await Expect(payments.Locator(".state.good")).ToBeVisibleAsync(new() { Timeout = Soon });
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task A_secret_is_shown_by_a_click_and_stays_while_the_page_is_live()
    {
        _appHost.Tell(FakeAppHost.Service("orders"));
        var page = await OpenAsync("/?resource=orders");
        var environment = page.GetByTestId("environment");
        await Expect(environment).Not.ToContainTextAsync("value of");

        await environment.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(environment).ToContainTextAsync("value of ConnectionStrings__db of orders-abc");

        _appHost.Tell(FakeAppHost.Service("orders", health: "Unhealthy", text: "it changed"));
        await Expect(page.GetByTestId("checks")).ToContainTextAsync("it changed", new() { Timeout = Soon });
        await Expect(environment).ToContainTextAsync("value of ConnectionStrings__db of orders-abc");
    }

    [Fact]
    public async Task Traces_arrive_by_themselves_are_found_by_typing_and_open_at_their_spans()
    {
        var store = _dashboard.Services.GetRequiredService<TraceStore>();
        var page = await OpenAsync("/traces");
        await Expect(page.Locator("#main .empty")).ToBeVisibleAsync();

        store.Add([
            Sample.Span(7, 1, end: 30),
            Sample.Span(7, 2, parent: 1, start: 40, end: 60, resource: Sample.Payments) with { Attributes = new AttributeList([new("messaging.message.conversation_id", "order-42")]) },
            Sample.Span(8, 3, start: 100, end: 110)]);
        var rows = page.GetByTestId("traces").Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2, new() { Timeout = Soon });

        await page.GetByTestId("search").PressSequentiallyAsync("order-42");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("search")).ToHaveValueAsync("order-42");

        await rows.First.Locator("a.cover").ClickAsync();
        await Expect(page.GetByTestId("span")).ToHaveCountAsync(2);
        await page.GetByTestId("span").Nth(1).ClickAsync();
        await Expect(page.GetByTestId("span-details")).ToContainTextAsync("order-42");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("span-details")).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("x");
        await page.GetByTestId("clear").ClickAsync();
        await Expect(page.Locator("#main .empty")).ToBeVisibleAsync();
        Assert.Empty(store.Snapshot());
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Spans_are_collapsed_with_the_mouse_and_stay_so_while_the_trace_grows()
    {
        var store = AddTree();
        var page = await OpenAsync($"/traces/detail/{new TraceId(7)}");
        var spans = page.Locator("[data-testid=span]:visible");
        await Expect(spans).ToHaveTextAsync(Names(1, 2, 3, 4, 5));

        var two = Row(page, 2);
        await two.Locator(".fold").ClickAsync();
        await Expect(spans).ToHaveTextAsync(Names(1, 2, 5));
        await Expect(two).ToHaveAttributeAsync("aria-expanded", "false");
        await Expect(two).ToHaveAttributeAsync("aria-description", "Spans below: 2, failed: 1");
        await Expect(two.Locator(".fold")).ToHaveCSSAsync("display", "flex");
        await Expect(page.GetByTestId("span-details")).ToHaveCountAsync(0);

        // What arrives below a collapsed span is counted and not shown.
        store.Add([Sample.Span(7, 6, parent: 2, start: 3, end: 4), Sample.Span(7, 7, parent: 1, start: 80, end: 90)]);
        await Expect(spans).ToHaveTextAsync(Names(1, 2, 5, 7), new() { Timeout = Soon });
        await Expect(two.Locator(".fold")).ToHaveAttributeAsync("data-below", "3");

        await page.GetByTestId("unfold-all").ClickAsync();
        await Expect(spans).ToHaveTextAsync(Names(1, 2, 6, 3, 4, 5, 7));
        await page.GetByTestId("fold-all").ClickAsync();
        await Expect(spans).ToHaveTextAsync(Names(1, 2, 5, 7));
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Spans_are_walked_collapsed_and_opened_with_the_keyboard()
    {
        AddTree();
        var page = await OpenAsync($"/traces/detail/{new TraceId(7)}");
        var spans = page.Locator("[data-testid=span]:visible");
        await Row(page, 1).FocusAsync();

        await PressAsync("ArrowDown", "ArrowRight", "ArrowRight"); // To 2, to its child, to the child of that.
        await Expect(Row(page, 4)).ToBeFocusedAsync();
        await PressAsync("ArrowLeft", "ArrowLeft");
        await Expect(spans).ToHaveTextAsync(Names(1, 2, 3, 5));
        await Expect(Row(page, 3)).ToBeFocusedAsync();
        await PressAsync("ArrowDown");
        await Expect(Row(page, 5)).ToBeFocusedAsync();
        await Expect(page.Locator("[data-testid=span][tabindex='0']")).ToHaveCountAsync(1);

        await PressAsync("ArrowUp", "ArrowRight", "ArrowDown", "Shift+ArrowLeft"); // The focus leaves what disappears.
        await Expect(spans).ToHaveTextAsync(Names(1, 2, 5));
        await Expect(Row(page, 2)).ToBeFocusedAsync();
        await PressAsync("Shift+ArrowRight", "End", "Enter");
        await Expect(page.GetByTestId("span-details")).ToContainTextAsync(new SpanId(5).ToString());
        await Expect(spans).ToHaveTextAsync(Names(1, 2, 3, 4, 5));

        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#help")).ToContainTextAsync("Collapse and expand the span");
        Assert.Empty(_complaints);

        async Task PressAsync(params string[] keys)
        {
            foreach (var key in keys)
                await page.Keyboard.PressAsync(key);
        }
    }

    [Fact]
    public async Task Keys_work_where_the_keyboard_writes_another_alphabet()
    {
        var page = await OpenAsync("/");

        await PressAsync("ч", "KeyX");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Traces");
        await PressAsync(".", "Slash");
        await Expect(page.GetByTestId("search")).ToBeFocusedAsync();
        await PressAsync(",", "Slash");
        await Expect(page.Locator("#help")).ToBeVisibleAsync();

        Task PressAsync(string key, string code) =>
            page.EvaluateAsync("([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true }))", new[] { key, code });
    }

    [Fact]
    public async Task The_focus_stays_on_a_span_that_moves_to_another_block_of_rows()
    {
        const ulong Last = 60;
        var store = _dashboard.Services.GetRequiredService<TraceStore>();
        store.Add([Sample.Span(7, 1, end: 500), .. Enumerable.Range(2, (int)Last - 1).Select(id => Sample.Span(7, (ulong)id, parent: 1, start: 100 + id, end: 200))]);
        var page = await OpenAsync($"/traces/detail/{new TraceId(7)}");
        await Row(page, 50).FocusAsync();

        store.Add([Sample.Span(7, Last + 1, parent: 1, start: 50, end: 60)]); // The 50th row becomes the 51st, in the second block.
        await Expect(page.GetByTestId("span")).ToHaveCountAsync((int)Last + 1, new() { Timeout = Soon });

        await Expect(Row(page, 50)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(Row(page, 51)).ToBeFocusedAsync();
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task A_link_to_a_span_opens_what_is_above_it()
    {
        AddTree();
        _dashboard.Services.GetRequiredService<LogStore>().Add([Sample.Log("deep down") with { TraceId = new TraceId(7), SpanId = new SpanId(4) }]);
        var page = await OpenAsync($"/traces/detail/{new TraceId(7)}?span={new SpanId(4)}");
        await page.GetByTestId("fold-all").ClickAsync();
        await Expect(Row(page, 4)).ToBeHiddenAsync();

        await page.GetByTestId("span-logs").GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByTestId("to-trace").ClickAsync();
        await Expect(Row(page, 4)).ToBeVisibleAsync();
        await Expect(page.GetByTestId("span-details")).ToContainTextAsync(new SpanId(4).ToString());
    }

    [Fact]
    public async Task Log_records_come_by_time_and_a_click_on_an_attribute_filters_by_it()
    {
        var store = _dashboard.Services.GetRequiredService<LogStore>();
        store.Add([Log(20, "two", "42"), Log(30, "three", "4"), Log(10, "one", "42")]);
        var page = await OpenAsync("/structuredlogs");
        var messages = page.GetByTestId("logs").Locator("a.cover");
        await Expect(messages).ToHaveTextAsync(["three", "two", "one"]);

        store.Add([Log(25, "between", "42")]);
        await Expect(messages).ToHaveTextAsync(["three", "between", "two", "one"], new() { Timeout = Soon });

        await messages.Nth(0).ClickAsync();
        await page.GetByTestId("log-details").Locator("a.search").ClickAsync();
        await Expect(messages).ToHaveTextAsync(["three"]);
        await Expect(page.GetByTestId("search")).ToHaveValueAsync("Order=\"number 4\"");
        await Expect(page.GetByTestId("log-details")).ToBeVisibleAsync();
        Assert.Empty(_complaints);

        static LogRecord Log(long at, string text, string order) =>
            Sample.Log(text) with { Time = Sample.At(at), Attributes = new AttributeList([new("Order", $"number {order}")]) };
    }

    [Fact]
    public async Task Traces_are_sorted_and_filtered_by_their_length()
    {
        _dashboard.Services.GetRequiredService<TraceStore>().Add([Sample.Span(1, 1, end: 500), Sample.Span(2, 2, start: 10, end: 2_000), Sample.Span(3, 3, start: 20, end: 30)]);
        var page = await OpenAsync("/traces");
        var names = page.GetByTestId("traces").Locator("a.cover");
        await Expect(names).ToHaveTextAsync(Names(3, 2, 1));

        await page.GetByTestId("sort-duration").ClickAsync();
        await Expect(names).ToHaveTextAsync(Names(2, 1, 3));
        await page.GetByTestId("least").SelectOptionAsync("100");
        await Expect(names).ToHaveTextAsync(Names(2, 1));
        await page.GetByTestId("sort-time").ClickAsync();
        await Expect(page.Locator("th[aria-sort]")).ToHaveTextAsync("Time");
        await Expect(page.GetByTestId("least")).ToHaveValueAsync("100");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task A_console_is_followed_searched_paused_and_downloaded()
    {
        _appHost.ConsoleLines = ["\e[32minfo\e[39m: order accepted", "warn: outbox is late"];
        _appHost.Tell(FakeAppHost.Service("orders"));
        var page = await OpenAsync("/consolelogs");
        await page.GetByTestId("resource").SelectOptionAsync("orders");

        var lines = page.GetByTestId("console").Locator("li:visible");
        await Expect(lines).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("console").Locator(".a2")).ToHaveTextAsync("info");
        await page.GetByTestId("search").FillAsync("OUTBOX");
        await Expect(lines).ToHaveCountAsync(1);

        await page.GetByTestId("live").ClickAsync();
        await Expect(page.GetByTestId("live")).ToHaveTextAsync("Paused");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("download").ClickAsync());
        Assert.Equal("orders.log", download.SuggestedFilename);
        Assert.Equal("info: order accepted\nwarn: outbox is late\n", await File.ReadAllTextAsync((await download.PathAsync())!));
        Assert.Empty(_complaints);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_chart_tells_all_its_values_where_the_pointer_is_and_its_page_splits_it(int width)
    {
        Count(confirmed: 0, failed: 0, secondsAgo: 60);
        Count(confirmed: 20, failed: 5, secondsAgo: 30);
        var page = await OpenAsync("/metrics", width);
        var card = page.GetByTestId("card-orders");
        await Expect(card.GetByTestId("now")).ToContainTextAsync("20 confirmed");
        Count(confirmed: 21, failed: 5, secondsAgo: 0);
        await Expect(card.GetByTestId("now")).ToContainTextAsync("21 confirmed", new() { Timeout = Soon });

        await card.GetByRole(AriaRole.Heading).ClickAsync();
        await Expect(page.Locator("h2").First).ToHaveTextAsync("shop.orders.status_changes");
        await Expect(page.GetByTestId("split")).ToHaveValueAsync("status");
        await Expect(page.GetByTestId("legend")).ToContainTextAsync("failed 5");

        var moments = page.GetByTestId("chart").Locator(".moment");
        await moments.Last.HoverAsync();
        await Expect(page.Locator(".tip")).ToContainTextAsync("confirmed");
        await Expect(page.Locator(".tip b")).ToHaveCountAsync(2);
        await page.Locator("h1").HoverAsync();
        await Expect(page.Locator(".tip")).ToBeHiddenAsync();

        await page.GetByTestId("split").SelectOptionAsync("");
        await Expect(page.GetByTestId("now")).ToContainTextAsync("26");
        Assert.Empty(_complaints);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task No_page_is_wider_than_the_window_and_the_theme_is_kept(int width)
    {
        _appHost.Tell(FakeAppHost.Service("orders"));
        _dashboard.Services.GetRequiredService<TraceStore>().Add([Sample.Span(7, 1), Sample.Span(7, 2, parent: 1)]);
        _dashboard.Services.GetRequiredService<LogStore>().Add([Sample.Log("hello")]);
        Count(confirmed: 0, failed: 0, secondsAgo: 60);
        Count(confirmed: 20, failed: 5, secondsAgo: 30);
        var page = await OpenAsync("/", width);
        await page.Keyboard.PressAsync("t");
        var theme = await page.Locator("html").GetAttributeAsync("data-theme");
        Assert.Contains(theme, new[] { "dark", "light" });

        foreach (var path in new[] { "/", "/?resource=orders", "/graph", "/traces", $"/traces/detail/{new TraceId(7)}", "/structuredlogs", "/metrics", "/metrics/instruments", "/consolelogs/orders" })
        {
            await page.GotoAsync(path);
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{path} is wider than the window");
            Assert.Equal(theme, await page.Locator("html").GetAttributeAsync("data-theme"));
        }

        Assert.Empty(_complaints);
    }

    // 1 has the children 2 and 5; 2 has 3, and that has 4, which failed.
    private TraceStore AddTree()
    {
        var store = _dashboard.Services.GetRequiredService<TraceStore>();
        store.Add([
            Sample.Span(7, 1, end: 100), Sample.Span(7, 2, parent: 1, start: 1, end: 30), Sample.Span(7, 3, parent: 2, start: 5, end: 20),
            Sample.Span(7, 4, parent: 3, start: 6, end: 7, isError: true), Sample.Span(7, 5, parent: 1, start: 50, end: 60)]);
        return store;
    }

    private static ILocator Row(IPage page, ulong span) => page.Locator($"[data-testid=span][data-key='{new SpanId(span)}']");

    private static IEnumerable<Regex> Names(params int[] spans) => spans.Select(span => new Regex($"span {span}"));

    /// <summary>Has orders tell how many came to which status since they started two minutes ago.</summary>
    private void Count(int confirmed, int failed, int secondsAgo)
    {
        var now = TimeProvider.System.GetUtcNow();
        var info = new InstrumentInfo(new InstrumentKey(Sample.Orders, "Shop.Orders", "shop.orders.status_changes"), InstrumentKind.Counter, "{order}", "");
        _dashboard.Services.GetRequiredService<MetricStore>().Add(info, [Point("confirmed", confirmed), Point("failed", failed)]);

        MetricPoint Point(string status, int count) => new()
        {
            Dimensions = new AttributeList([new("status", status)]),
            Time = now.AddSeconds(-secondsAgo).ToUnixTimeMilliseconds() * 1_000_000,
            Start = now.AddMinutes(-2).ToUnixTimeMilliseconds() * 1_000_000,
            Number = count,
        };
    }

    private async Task<IPage> OpenAsync(string path, int width = 1280)
    {
        var page = await chromium.OpenAsync(_dashboard.Pages, "en-GB", _complaints, width);
        await page.GotoAsync($"/login?t={RunningDashboard.Token}&returnUrl={Uri.EscapeDataString(path)}");
        return page;
    }
}
