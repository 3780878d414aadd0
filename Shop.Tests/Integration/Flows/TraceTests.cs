using System.Diagnostics;
using System.Net.Http.Json;
using Shop.Tests.Support;
using Shop.Tests.Support.Otlp;

namespace Shop.Tests.Integration.Flows;

/// <summary>One trace follows an order through every service, as a collector receives it.</summary>
[Collection(ShopGroup.Name)]
public sealed class TraceTests(ShopFixture shop)
{
    private static readonly object OnePhone = new { items = new[] { new { product_id = 1, quantity = 1 } } };

    [Fact]
    public async Task Choreography_is_one_trace_from_the_request_to_the_confirmation()
    {
        var (trace, _) = await OrderAsync("/orders");
        await AssertPathAsync(trace,
            ("orders", "POST /orders"),
            ("orders", "send order.created"),
            ("payments", "process order.created"),
            ("payments", "send payment.processed"),
            ("notifications", "process payment.processed"),
            ("notifications", "send notification.sent"),
            ("orders", "process notification.sent"));
    }

    [Fact]
    public async Task Orchestration_is_one_trace_of_calls_under_the_request()
    {
        var (trace, _) = await OrderAsync("/orders/orchestrated");
        await AssertPathAsync(trace, ("orders", "POST /orders/orchestrated"), ("catalog", "POST /reservations"));
        await AssertPathAsync(trace, ("orders", "POST /orders/orchestrated"), ("payments", "POST /payments/process"));
        await AssertPathAsync(trace, ("orders", "POST /orders/orchestrated"), ("notifications", "POST /notifications/send"));
    }

    private async Task<(string Trace, string OrderId)> OrderAsync(string path)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var orders = shop.CreateClient("orders", buyer.Token);
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(OnePhone),
            Headers = { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01" } },
        };
        using var response = await orders.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var id = (string)(await ShopFixture.ReadAsync(response))["id"]!;
        await ShopFixture.UntilOrderAsync(orders, id, "confirmed");
        return (trace, id);
    }

    /// <summary>Asserts that each span is a descendant of the one before it, once every service has exported its part.</summary>
    private async Task AssertPathAsync(string trace, params (string Service, string Name)[] path)
    {
        try
        {
            await Eventually.HoldsAsync(() => Task.FromResult(HasPath(shop.Otlp.Trace(trace), path)), "the spans are exported", TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"There is no path {string.Join(" > ", path.Select(step => $"{step.Service}: {step.Name}"))} in:\n"
                + string.Join('\n', shop.Otlp.Trace(trace).Select(span => $"{span.SpanId} under {span.ParentId}: {span.Service} {span.Name}")));
        }
    }

    private static bool HasPath(IReadOnlyList<ReceivedSpan> spans, (string Service, string Name)[] path)
    {
        ReceivedSpan? ancestor = null;
        foreach (var (service, name) in path)
        {
            ancestor = spans.FirstOrDefault(span => span.Service == service && span.Name == name
                && (ancestor is null || IsDescendant(spans, span, ancestor)));
            if (ancestor is null)
                return false;
        }

        return true;
    }

    private static bool IsDescendant(IReadOnlyList<ReceivedSpan> spans, ReceivedSpan span, ReceivedSpan ancestor)
    {
        var byId = spans.DistinctBy(candidate => candidate.SpanId).ToDictionary(candidate => candidate.SpanId);
        for (var current = span; current.ParentId is { } parent && byId.TryGetValue(parent, out var next); current = next)
        {
            if (parent == ancestor.SpanId)
                return true;
        }

        return false;
    }
}
