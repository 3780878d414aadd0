using Aspire.Dashboard.Telemetry;
using Aspire.Dashboard.Traces;

namespace Shop.Tests.Unit.Dashboard;

public sealed class WaterfallTests
{
    [Fact]
    public void A_message_waits_in_the_outbox_and_then_in_the_broker()
    {
        // The request takes 0..20; the relay sends at 30..32; payments has the message at 40..60.
        var rows = Lay(
            Sample.Span(1, 1, end: 20),
            Hop(2, 1, 30, 32, SpanKind.Producer, "shop_events:order.created"),
            Hop(3, 2, 40, 60, SpanKind.Consumer, "shop_events:order.created:payment_queue"));

        Assert.Null(rows[0].Hop);
        Assert.Equal(new MessageHop(true, "order.created", "shop_events", Sample.At(20)), rows[1].Hop);
        Assert.Equal(new MessageHop(false, "order.created", "payment_queue", Sample.At(32)), rows[2].Hop);
        Assert.Equal((20 / 60d, 30 / 60d), (rows[1].WaitedFrom!.Value, rows[1].From));
    }

    [Fact]
    public void A_message_that_is_taken_before_its_sender_is_done_has_not_waited()
    {
        var rows = Lay(Hop(2, 0, 0, 50, SpanKind.Producer, "shop_events:a"), Hop(3, 2, 40, 60, SpanKind.Consumer, "shop_events:a:q"));

        Assert.Equal(Sample.At(40), rows[1].Hop!.WaitedFrom);
    }

    [Fact]
    public void A_trace_without_length_can_be_drawn()
    {
        var row = Assert.Single(Lay(Sample.Span(1, 1, end: 0)));

        Assert.Equal(0, row.From);
        Assert.True(row.Width > 0);
    }

    [Fact]
    public void Log_records_lie_on_their_span()
    {
        var store = new TraceStore(new TelemetryLimits());
        store.Add([Sample.Span(1, 1, end: 20), Sample.Span(1, 2, parent: 1, end: 10)]);
        Assert.True(store.TryGet(new TraceId(1), out var trace));

        var waterfall = new Waterfall(trace, [Sample.Log("half way") with { TraceId = new TraceId(1), SpanId = new SpanId(2), Time = Sample.At(10) }]);

        Assert.Empty(waterfall.Rows[0].Logs);
        Assert.Equal(0.5, Assert.Single(waterfall.Rows[1].Logs).At);
    }

    [Fact]
    public void Of_many_log_records_and_events_the_first_are_marked_and_the_others_counted()
    {
        var store = new TraceStore(new TelemetryLimits());
        SpanEvent[] events = [.. Enumerable.Range(0, 60).Select(i => new SpanEvent(Sample.At(i), "tick", AttributeList.Empty))];
        store.Add([.. Enumerable.Range(1, 150).Select(id => Sample.Span(1, (ulong)id, end: 100) with { Events = events })]);
        Assert.True(store.TryGet(new TraceId(1), out var trace));
        var said = new string('x', 8_192);
        LogRecord[] logs = [.. trace.Spans.ToArray().SelectMany(span => Enumerable.Range(0, 70).Select(i => Sample.Log(said) with { SpanId = span.Id, Time = Sample.At(i) }))];

        var rows = new Waterfall(trace, logs).Rows;

        Assert.Equal((50, 50, 10 + 20), (rows[0].Events.Count, rows[0].Logs.Count, rows[0].UnshownMarks));
        Assert.Equal((0, 0, 60 + 70), (rows[^1].Events.Count, rows[^1].Logs.Count, rows[^1].UnshownMarks));
        Assert.Equal(10_000, rows.Sum(row => row.Events.Count + row.Logs.Count));
        var bar = WaterfallBar.Of(rows[0]).Value;
        Assert.Contains("ms +30 ", bar, StringComparison.Ordinal);
        Assert.InRange(bar.Length, 50 * 200, 50 * 500);
    }

    private static IReadOnlyList<WaterfallRow> Lay(params Span[] spans)
    {
        var store = new TraceStore(new TelemetryLimits());
        store.Add(spans);
        Assert.True(store.TryGet(spans[0].TraceId, out var trace));
        return new Waterfall(trace, []).Rows;
    }

    private static Span Hop(ulong id, ulong parent, long start, long end, SpanKind kind, string destination) => Sample.Span(1, id, parent, start, end) with
    {
        Kind = kind,
        Attributes = new AttributeList([
            new("messaging.system", "rabbitmq"),
            new("messaging.destination.name", destination),
            new("messaging.rabbitmq.destination.routing_key", destination.Split(':')[1])]),
    };
}
