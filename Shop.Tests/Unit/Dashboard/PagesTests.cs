using System.Net;
using System.Text.RegularExpressions;
using Aspire.Dashboard.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shop.Tests.Support;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>What the pages show, and to whom.</summary>
public sealed partial class PagesTests : IAsyncLifetime
{
    private FakeAppHost _appHost = null!;
    private RunningDashboard _dashboard = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        _appHost = await FakeAppHost.StartAsync();
        _appHost.Tell(FakeAppHost.Service("orders"), FakeAppHost.Service("payments", health: "Unhealthy", text: "the database is gone"));
        _dashboard = await RunningDashboard.StartAsync(
            ("Dashboard:ResourceServiceClient:Url", _appHost.Url.ToString()), ("Dashboard:ResourceServiceClient:ApiKey", FakeAppHost.ApiKey));
        _browser = await _dashboard.SignInAsync();
        await Eventually.HoldsAsync(async () => (await GetAsync("/")).Contains("resource-orders", StringComparison.Ordinal), "the resources are known");
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _dashboard.DisposeAsync();
        await _appHost.DisposeAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/graph")]
    [InlineData("/traces")]
    [InlineData("/traces/detail/00000000000000000000000000000001")]
    [InlineData("/structuredlogs")]
    [InlineData("/metrics")]
    [InlineData("/messages")]
    [InlineData("/consolelogs/orders")]
    [InlineData("/consolelogs/orders/stream")]
    [InlineData("/consolelogs/orders/download")]
    [InlineData("/resources/orders-abc/environment/ConnectionStrings__db")]
    [InlineData("/live?watch=traces&since=0")]
    public async Task Without_signing_in_nothing_is_shown(string path)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var stranger = new HttpClient(handler) { BaseAddress = _dashboard.Pages };
        using var response = await stranger.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/login", response.Headers.Location!.IsAbsoluteUri ? response.Headers.Location.AbsolutePath : response.Headers.Location.ToString().Split('?')[0]);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    [InlineData("token-of-the-tes")]
    public async Task A_wrong_token_gets_nothing(string token)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var stranger = new HttpClient(handler) { BaseAddress = _dashboard.Pages };
        using var response = await stranger.GetAsync(new Uri($"/login?t={token}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.DoesNotContain(Cookies(response), cookie => cookie.Contains("Auth", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_link_signs_in_and_takes_the_token_out_of_the_address()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = _dashboard.Pages };
        using var response = await browser.GetAsync(new Uri($"/login?t={RunningDashboard.Token}&returnUrl=https://evil.example/", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/", new Uri(_dashboard.Pages, response.Headers.Location!).PathAndQuery);
        Assert.Equal(_dashboard.Pages.Authority, new Uri(_dashboard.Pages, response.Headers.Location!).Authority);
        var cookie = Assert.Single(Cookies(response), cookie => cookie.Contains("Auth", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(RunningDashboard.Token, cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_says_how_it_is_and_why()
    {
        var page = await GetAsync("/");

        Assert.Contains("the database is gone", page, StringComparison.Ordinal);
        Assert.Matches("resource-payments\"[^>]*data-health=\"Unhealthy\"", page);
        Assert.Matches("resource-orders\"[^>]*data-health=\"Healthy\"", page);
    }

    [Fact]
    public async Task The_graph_shows_who_needs_whom_also_in_a_circle()
    {
        _appHost.Tell(FakeAppHost.Service("web", waitsFor: ["orders"]), FakeAppHost.Service("orders", waitsFor: ["payments"]), FakeAppHost.Service("payments", waitsFor: ["orders"]));
        await Eventually.HoldsAsync(async () => (await GetAsync("/graph")).Contains("data-node=\"web\"", StringComparison.Ordinal), "the graph has the new resource");

        var graph = await GetAsync("/graph");
        foreach (var (from, to) in new[] { ("web", "orders"), ("orders", "payments"), ("payments", "orders") })
            Assert.Contains($"data-from=\"{from}\" data-to=\"{to}\"", graph, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_in_no_page_and_is_told_when_asked_for()
    {
        var page = await GetAsync("/?resource=orders-abc");
        Assert.Contains("ConnectionStrings__db", page, StringComparison.Ordinal);
        Assert.DoesNotContain("value of ConnectionStrings__db", page, StringComparison.Ordinal);

        Assert.Equal("value of ConnectionStrings__db of orders-abc", await GetAsync("/resources/orders-abc/environment/ConnectionStrings__db"));
    }

    [Fact]
    public async Task A_command_needs_the_form_of_a_page()
    {
        using var forged = new FormUrlEncodedContent([new("id", "orders-abc"), new("command", "stop")]);
        using var refused = await _browser.PostAsync(new Uri("/resources/commands", UriKind.Relative), forged);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Empty(_appHost.Commands);

        var token = FormToken().Match(await GetAsync("/")).Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("id", "orders-abc"), new("command", "stop"), new("__RequestVerificationToken", token)]);
        using var done = await _browser.PostAsync(new Uri("/resources/commands", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal(["stop orders-abc"], _appHost.Commands);
    }

    [Fact]
    public async Task A_command_that_fails_says_why()
    {
        _appHost.CommandFailure = "it would not <stop>";
        var token = FormToken().Match(await GetAsync("/")).Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("id", "orders-abc"), new("command", "stop"), new("__RequestVerificationToken", token)]);
        using var answer = await _browser.PostAsync(new Uri("/resources/commands", UriKind.Relative), form);

        Assert.Contains("it would not &lt;stop&gt;", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_console_is_streamed_and_downloaded_without_harm()
    {
        _appHost.ConsoleLines = ["\e[32minfo\e[0m: started", "<script>alert(1)</script>"];

        using var stream = new StreamReader(await _browser.GetStreamAsync(new Uri("/consolelogs/orders/stream", UriKind.Relative)));
        Assert.Equal("id: 2", await stream.ReadLineAsync());
        Assert.Equal("data: <li data-number=\"1\"><span class=\"a2\">info</span>: started</li>", await stream.ReadLineAsync());
        Assert.Equal("data: <li data-number=\"2\">&lt;script&gt;alert(1)&lt;/script&gt;</li>", await stream.ReadLineAsync());

        Assert.Equal("info: started\n<script>alert(1)</script>\n", await GetAsync("/consolelogs/orders/download"));
    }

    [Fact]
    public async Task A_trace_shows_its_spans_and_is_found_by_an_attribute()
    {
        var order = Guid.NewGuid().ToString();
        var store = _dashboard.Services.GetRequiredService<TraceStore>();
        store.Add([
            Sample.Span(7, 1, end: 30),
            Sample.Span(7, 2, parent: 1, start: 5, end: 20, resource: Sample.Payments) with { Name = "<b>charge</b>", Attributes = new AttributeList([new("order.id", order)]) },
            Sample.Span(8, 3, start: 100, end: 110)]);

        var found = await GetAsync($"/traces?q={order}");
        Assert.Contains(new TraceId(7).ToString(), found, StringComparison.Ordinal);
        Assert.DoesNotContain(new TraceId(8).ToString(), found, StringComparison.Ordinal);

        var trace = await GetAsync($"/traces/detail/{new TraceId(7)}?span={new SpanId(2)}");
        Assert.Equal(2, SpanRow().Count(trace));
        Assert.Contains("&lt;b&gt;charge&lt;/b&gt;", trace, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>charge</b>", trace, StringComparison.Ordinal);
        Assert.Contains(order, trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_records_are_filtered_by_level_text_and_attribute()
    {
        _dashboard.Services.GetRequiredService<LogStore>().Add([
            Sample.Log("paid") with { Attributes = new AttributeList([new("OrderId", "42")]) },
            Sample.Log("refused") with { Level = LogLevel.Error, Attributes = new AttributeList([new("OrderId", "43")]) }]);

        Assert.Equal((true, true), await HasAsync("/structuredlogs"));
        Assert.Equal((false, true), await HasAsync("/structuredlogs?level=Warning"));
        Assert.Equal((true, false), await HasAsync("/structuredlogs?q=OrderId%3D42"));
        Assert.Equal((false, true), await HasAsync("/structuredlogs?q=REFUSED"));
        Assert.Equal((false, false), await HasAsync("/structuredlogs?service=payments"));

        async Task<(bool Paid, bool Refused)> HasAsync(string path)
        {
            var page = await GetAsync(path);
            return (page.Contains(">paid</a>", StringComparison.Ordinal), page.Contains(">refused</a>", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Log_records_come_by_their_time_and_lead_to_those_with_the_same_value()
    {
        var trace = new TraceId(7);
        _dashboard.Services.GetRequiredService<TraceStore>().Add([Sample.Span(7, 1, end: 30)]);
        _dashboard.Services.GetRequiredService<LogStore>().Add([At(20, "second"), At(30, "third"), At(10, "first")]);

        var logs = await GetAsync("/structuredlogs?q=step&log=1");
        Assert.Equal(["third", "second", "first"], Records().Matches(logs).Select(match => match.Groups[1].Value));
        Assert.Contains("href=\"/structuredlogs?q=step%20Step%3D%22a%20step%22&amp;log=1\"", logs, StringComparison.Ordinal);
        Assert.Contains(">second</a>", await GetAsync("/structuredlogs?q=step%20Step%3D%22a%20step%22&log=no-number"), StringComparison.Ordinal);

        var span = await GetAsync($"/traces/detail/{trace}?span={new SpanId(1)}");
        var notes = span[span.IndexOf("span-logs", StringComparison.Ordinal)..];
        Assert.Equal(["first", "second", "third"], new[] { "first", "second", "third" }.OrderBy(text => notes.IndexOf($">{text}</a>", StringComparison.Ordinal)));
        Assert.Contains("&#x2B;10", notes, StringComparison.Ordinal);

        LogRecord At(long milliseconds, string text) => Sample.Log(text) with
        {
            Time = Sample.At(milliseconds), TraceId = trace, SpanId = new SpanId(1), Attributes = new AttributeList([new("Step", "a step")]),
        };
    }

    [Fact]
    public async Task Traces_are_filtered_and_sorted_by_their_length()
    {
        _dashboard.Services.GetRequiredService<TraceStore>().Add([Sample.Span(1, 1, end: 500), Sample.Span(2, 2, start: 10, end: 2_000), Sample.Span(3, 3, start: 20, end: 30)]);

        Assert.Equal([3, 2, 1], await ListAsync("/traces"));
        Assert.Equal([2, 1, 3], await ListAsync("/traces?sort=duration"));
        Assert.Equal([2, 1], await ListAsync("/traces?sort=duration&least=100"));
        Assert.Equal([3, 2, 1], await ListAsync("/traces?sort=nonsense&least=nonsense&errors=nonsense"));

        async Task<IEnumerable<int>> ListAsync(string path) =>
            ListRows().Matches(await GetAsync(path)).Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("/metrics?range=nonsense")]
    [InlineData("/metrics/instruments?range=99999999999999&show=nonsense&split=nonsense")]
    [InlineData("/login?wrong=nonsense")]
    [InlineData("/messages/orders/outbox?id=nonsense&replay=nonsense&replayed=nonsense&remaining=nonsense")]
    [InlineData("/messages/orders/dead-letters?id=nonsense&replay=nonsense&group=nonsense")]
    [InlineData("/resources/orders/environment/nonsense")]
    public async Task What_nobody_can_have_asked_for_is_no_fault_of_the_server(string path)
    {
        using var response = await _browser.GetAsync(new Uri(path, UriKind.Relative));

        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{(int)response.StatusCode}");
    }

    [Fact]
    public async Task A_long_list_is_shown_in_part_and_more_of_it_when_asked_for()
    {
        const int Records = 501;
        _dashboard.Services.GetRequiredService<LogStore>().Add([.. Enumerable.Range(1, Records).Select(i => Sample.Log($"line {i}"))]);

        Assert.Equal((100, "/structuredlogs?level=Information&amp;rows=500"), await LookAsync("/structuredlogs?level=Information"));
        Assert.Equal((500, "/structuredlogs?rows=1000"), await LookAsync("/structuredlogs?rows=500"));
        Assert.Equal((Records, null), await LookAsync("/structuredlogs?rows=1000"));
        Assert.Equal((100, "/structuredlogs?rows=500"), await LookAsync("/structuredlogs?rows=1000000"));

        async Task<(int Rows, string? More)> LookAsync(string path)
        {
            var page = await GetAsync(path);
            return (ListRows().Count(page), MoreLink().Match(page) is { Success: true } link ? link.Groups[1].Value : null);
        }
    }

    [Fact]
    public async Task A_large_trace_is_a_page_of_moderate_size()
    {
        const int Spans = 2_000;
        _dashboard.Services.GetRequiredService<TraceStore>().Add([.. Enumerable.Range(1, Spans).Select(id => Sample.Span(7, (ulong)id, parent: (ulong)(id == 1 ? 0 : 1 + (id % 100)), start: id, end: id + 5))]);

        var page = await GetAsync($"/traces/detail/{new TraceId(7)}");

        Assert.Equal(Spans, SpanRow().Count(page));
        Assert.InRange(page.Length, 0, Spans * 600);
    }

    [Fact]
    public async Task A_span_with_a_great_many_logs_is_a_page_of_moderate_size()
    {
        _dashboard.Services.GetRequiredService<TraceStore>().Add([Sample.Span(7, 1)]);
        _dashboard.Services.GetRequiredService<LogStore>().Add([.. Enumerable.Range(1, 5_000).Select(i => Sample.Log($"<line {i}> {new string('x', 1_000)}") with { TraceId = new TraceId(7), SpanId = new SpanId(1) })]);

        var page = await GetAsync($"/traces/detail/{new TraceId(7)}?span={new SpanId(1)}");

        Assert.Contains("100 of 5000 shown", page, StringComparison.Ordinal);
        Assert.InRange(page.Length, 100_000, 200_000);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/parameters")]
    [InlineData("/graph")]
    public async Task Where_resources_are_shown_it_is_said_that_nobody_tells_of_them(string path)
    {
        Assert.DoesNotContain("data-testid=\"disconnected\"", await GetAsync(path), StringComparison.Ordinal);
        await _appHost.DisposeAsync();
        await Eventually.HoldsAsync(async () => (await GetAsync(path)).Contains("data-testid=\"disconnected\"", StringComparison.Ordinal), "the page says that the AppHost is gone");

        await using var alone = await RunningDashboard.StartAsync();
        using var browser = await alone.SignInAsync();
        var page = await browser.GetStringAsync(new Uri(path, UriKind.Relative));
        Assert.Contains("runs without an AppHost", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing found", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_told_when_what_it_shows_has_changed()
    {
        using var stream = new StreamReader(await _browser.GetStreamAsync(new Uri("/live?watch=traces&since=0", UriKind.Relative)));
        var line = stream.ReadLineAsync();

        _dashboard.Services.GetRequiredService<TraceStore>().Add([Sample.Span(9, 1)]);

        Assert.StartsWith("data: ", await line.WaitAsync(TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
        using var unknown = await _browser.GetAsync(new Uri("/live?watch=everything&since=0", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task The_pages_speak_the_language_of_the_browser()
    {
        _browser.DefaultRequestHeaders.AcceptLanguage.Add(new("ru"));
        Assert.Contains("Ресурсы", WebUtility.HtmlDecode(await GetAsync("/")), StringComparison.Ordinal);
    }

    private async Task<string> GetAsync(string path) => await _browser.GetStringAsync(new Uri(path, UriKind.Relative));

    private static IEnumerable<string> Cookies(HttpResponseMessage response) => response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [];

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("href=\"/structuredlogs\\?q=step&amp;log=\\d+\">([^<]*)<")]
    private static partial Regex Records();

    [GeneratedRegex("<tr data-key=\"0*(\\d+)\"")]
    private static partial Regex ListRows();

    [GeneratedRegex("href=\"([^\"]*)\" data-keep data-testid=\"more\"")]
    private static partial Regex MoreLink();

    [GeneratedRegex("data-testid=\"span\"")]
    private static partial Regex SpanRow();
}
