using System.Net;
using Aspire.Dashboard.Metrics;
using Aspire.Dashboard.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>The overview, and the page of an instrument.</summary>
public sealed class MetricPagesTests : IAsyncLifetime
{
    private readonly long _now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
    private RunningDashboard _dashboard = null!;
    private HttpClient _browser = null!;

    private MetricStore Store => _dashboard.Services.GetRequiredService<MetricStore>();

    public async Task InitializeAsync()
    {
        _dashboard = await RunningDashboard.StartAsync();
        _browser = await _dashboard.SignInAsync();
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _dashboard.DisposeAsync();
    }

    [Fact]
    public async Task The_overview_adds_up_what_all_copies_of_all_services_tell()
    {
        foreach (var copy in new[] { Sample.Orders, new TelemetryResource("orders", "xyz") })
        {
            Count(copy, "Shop.Orders", "shop.orders.status_changes", "{order}", [("status", "confirmed", 20), ("status", "failed", 1)]);
            Measure(copy, "shop.outbox.pending", "{message}", 7); // Both look at the same table.
            Measure(copy, "shop.outbox.oldest_age", "s", 3);
        }
        Measure(Sample.Payments, "shop.outbox.pending", "{message}", 2);
        Measure(Sample.Payments, "shop.outbox.oldest_age", "s", 1.5);
        Count(Sample.Payments, "Shop.Catalog", "shop.catalog.cache.lookups", "{lookup}", [("result", "hit", 97), ("result", "miss", 3)]);

        var page = await GetAsync("/metrics");

        Assert.Equal("40 confirmed", Now(page, "orders"));
        Assert.Equal("9", Now(page, "outbox_pending"));
        Assert.Equal("3 s", Now(page, "outbox_age"));
        Assert.Equal("97 %", Now(page, "cache"));
        Assert.Contains("No values yet", Card(page, "payments"), StringComparison.Ordinal);
        Assert.Contains("/metrics/instruments?instrument=shop.orders.status_changes&range=5&show=Rate&split=status", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("/metrics/instruments?instrument=shop.orders.amount&range=5&show=Rate&split=currency&d.status=confirmed", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Orders: confirmed 40, failed 2\"", page, StringComparison.Ordinal);
        Assert.All(Overview.Cards, card => Assert.DoesNotContain($">card_{card.Name}<", page, StringComparison.Ordinal)); // Each has a title.
    }

    [Fact]
    public async Task Of_another_application_only_what_has_values_is_shown()
    {
        Count(Sample.Orders, "Hosting", "http.server.request.duration", "{request}", [("route", "/", 5)]);
        var overview = await GetAsync("/metrics");
        Assert.Contains("data-testid=\"card-requests\"", overview, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"card-orders\"", overview, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_overview_does_not_know_is_opened_where_there_are_values()
    {
        Count(Sample.Orders, "A.Other", "a.idle", "{thing}", [("kind", "a", 0)]);
        Count(Sample.Payments, "A.Other", "b.busy", "{thing}", [("kind", "a", 4)]);

        var page = await GetAsync("/metrics");

        Assert.Contains("<h2>b.busy</h2>", page, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"now\">4 ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instrument_is_filtered_and_split_by_its_dimensions_and_by_who_reports()
    {
        Count(Sample.Orders, "Shop.Orders", "shop.orders.status_changes", "{order}", [("status", "confirmed", 20), ("status", "<failed>", 5)]);
        Count(Sample.Payments, "Shop.Orders", "shop.orders.status_changes", "{order}", [("status", "confirmed", 2)]);
        const string Page = "/metrics/instruments?instrument=shop.orders.status_changes";

        Assert.Contains("data-testid=\"now\">27 ", await GetAsync(Page), StringComparison.Ordinal);
        Assert.Contains("data-testid=\"now\">22 ", await GetAsync($"{Page}&d.status=confirmed"), StringComparison.Ordinal);
        Assert.Contains("data-testid=\"now\">2 ", await GetAsync($"{Page}&resource=payments"), StringComparison.Ordinal);
        Assert.Equal("<failed> 5 confirmed 22", Legend(await GetAsync($"{Page}&split=status")));
        Assert.Equal("orders 25 payments 2", Legend(await GetAsync($"{Page}&split=service")));
        Assert.DoesNotContain("<failed>", await GetAsync($"{Page}&split=status"), StringComparison.Ordinal);
        Assert.Contains("data-testid=\"now\">27 ", await GetAsync($"{Page}&split=nothing"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_chosen_is_shown_and_stays_when_something_else_is_chosen()
    {
        foreach (var copy in new[] { Sample.Orders, new TelemetryResource("orders", "xyz"), Sample.Payments })
            Count(copy, "Shop.Orders", "shop.orders.status_changes", "{order}", [("status", "confirmed", 20), ("status", "", 5)]);
        const string Page = "/metrics/instruments?instrument=shop.orders.status_changes";

        var page = await GetAsync($"{Page}&resource=orders&split=status&d.status=confirmed");
        Assert.Contains("data-testid=\"now\">40 ", page, StringComparison.Ordinal); // Of all its copies.
        Assert.Contains("<option value=\"orders\" selected>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<option value=\"payments\"", page, StringComparison.Ordinal); // It has one.
        Assert.Contains("<input type=\"hidden\" name=\"split\" value=\"status\"", page, StringComparison.Ordinal);
        Assert.Contains("<input type=\"hidden\" name=\"d.status\" value=\"confirmed\"", page, StringComparison.Ordinal);

        Assert.Contains("<option value=\"payments-def\" selected>", await GetAsync($"{Page}&resource=payments"), StringComparison.Ordinal);
        Assert.Contains("<option value=\"gone\" selected>", await GetAsync($"{Page}&d.status=gone"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_below_zero_are_drawn_below_zero()
    {
        Measure(Sample.Orders, "clock.offset", "s", -5);

        var page = WebUtility.HtmlDecode(await GetAsync("/metrics/instruments?instrument=clock.offset"));

        Assert.Contains("data-testid=\"now\">−5 s ", page, StringComparison.Ordinal);
        Assert.Contains("<span>−6 s</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_histogram_shows_percentiles_or_how_often()
    {
        var info = new InstrumentInfo(new InstrumentKey(Sample.Orders, "Shop.Orders", "shop.orders.duration"), InstrumentKind.Histogram, "s", "");
        Store.Add(info, [Point(10_000, 0) with { Histogram = Sample.Histogram([1, 2], 0, 0, 0) }]);
        Store.Add(info, [Point(2_000, 0) with { Histogram = Sample.Histogram([1, 2], 90, 10, 0) }]);
        const string Page = "/metrics/instruments?instrument=shop.orders.duration";

        Assert.Equal("p50 556 ms p90 1 s p99 1.9 s", Legend(await GetAsync(Page)));
        Assert.Contains("data-testid=\"now\">556 ms", await GetAsync($"{Page}&show=P50"), StringComparison.Ordinal);
        Assert.Contains("data-testid=\"now\">100 ", await GetAsync($"{Page}&show=rate"), StringComparison.Ordinal);
        Assert.Equal("p50 556 ms p90 1 s p99 1.9 s", Legend(await GetAsync($"{Page}&show=level"))); // It has none.

        Store.Add(info, [Point(1_000, 0) with { Histogram = Sample.Histogram([1, 2], 0, 0, 0), Dimensions = new AttributeList([new("flow", "saga")]) }]);
        var split = await GetAsync($"{Page}&show=Percentiles&split=flow"); // Three lines for each would be too many.
        Assert.Contains("<option value=\"P90\" selected>", split, StringComparison.Ordinal);
        Assert.DoesNotContain("<option value=\"Percentiles\"", split, StringComparison.Ordinal);
    }

    private void Count(TelemetryResource resource, string meter, string name, string unit, (string Dimension, string Value, double Count)[] series)
    {
        var info = new InstrumentInfo(new InstrumentKey(resource, meter, name), InstrumentKind.Counter, unit, "");
        foreach (var at in new[] { 10_000, 2_000 })
            Store.Add(info, [.. series.Select(one => Point(at, at == 2_000 ? one.Count : 0) with { Dimensions = new AttributeList([new(one.Dimension, one.Value)]) })]);
    }

    private void Measure(TelemetryResource resource, string name, string unit, double value) =>
        Store.Add(new InstrumentInfo(new InstrumentKey(resource, "Shop.Messaging", name), InstrumentKind.Gauge, unit, ""), [Point(2_000, value)]);

    private MetricPoint Point(long millisecondsAgo, double value) =>
        Sample.Number(value) with { Time = _now - (millisecondsAgo * 1_000_000), Start = _now - 20_000_000_000, Dimensions = AttributeList.Empty };

    private async Task<string> GetAsync(string path) => await _browser.GetStringAsync(new Uri(path, UriKind.Relative));

    private static string Card(string page, string name)
    {
        var begin = page.IndexOf($"data-testid=\"card-{name}\"", StringComparison.Ordinal);
        return page[begin..page.IndexOf("</a>", begin, StringComparison.Ordinal)];
    }

    private static string Now(string page, string name) => TextOf(Card(page, name), "data-testid=\"now\"", "</p>");

    private static string Legend(string page) => TextOf(page, "data-testid=\"legend\"", "</ul>");

    /// <summary>What a reader sees of an element.</summary>
    private static string TextOf(string page, string begin, string end)
    {
        var from = page.IndexOf('>', page.IndexOf(begin, StringComparison.Ordinal)) + 1;
        var html = page[from..page.IndexOf(end, from, StringComparison.Ordinal)];
        var text = System.Text.RegularExpressions.Regex.Replace(html, "<[^>]*>", " ");
        return string.Join(' ', WebUtility.HtmlDecode(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
