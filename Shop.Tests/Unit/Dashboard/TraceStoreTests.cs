using System.Globalization;
using Aspire.Dashboard.Telemetry;

namespace Shop.Tests.Unit.Dashboard;

public sealed class TraceStoreTests
{
    [Fact]
    public void The_trace_that_began_first_is_dropped_and_counted_when_there_are_too_many()
    {
        var store = new TraceStore(new TelemetryLimits { MaxTraceCount = 2 });

        store.Add([Sample.Span(1, 11), Sample.Span(1, 12, parent: 11)]);
        store.Add([Sample.Span(2, 21)]);
        store.Add([Sample.Span(3, 31)]);

        Assert.False(store.TryGet(new TraceId(1), out _));
        Assert.True(store.TryGet(new TraceId(2), out _));
        Assert.Equal((1, 2), store.Dropped);
        Assert.Equal(2, store.SpanCount);
    }

    [Fact]
    public void Spans_of_all_traces_together_are_bounded()
    {
        var store = new TraceStore(new TelemetryLimits { MaxSpanCount = 100 });

        for (ulong trace = 1; trace <= 50; trace++)
            store.Add([.. Enumerable.Range(1, 10).Select(id => Sample.Span(trace, (ulong)id))]);

        Assert.Equal(100, store.SpanCount);
        Assert.Equal((40, 400), store.Dropped);
    }

    [Fact]
    public void One_endless_trace_takes_a_share_and_no_more()
    {
        var store = new TraceStore(new TelemetryLimits { MaxSpanCount = 100 });

        store.Add([.. Enumerable.Range(1, 60).Select(id => Sample.Span(1, (ulong)id))]);
        store.Add([.. Enumerable.Range(61, 60).Select(id => Sample.Span(1, (ulong)id))]);

        Assert.Equal(25, store.SpanCount);
        Assert.Equal((0, 95), store.Dropped);
    }

    [Fact]
    public void Traces_are_also_bounded_by_what_their_spans_take()
    {
        var store = new TraceStore(new TelemetryLimits { MaxTraceBytes = 100_000 });

        for (ulong trace = 1; trace <= 10; trace++)
            store.Add([Large(trace, 1, 8_192), Sample.Span(trace, 2)]); // 17,000 bytes.

        Assert.Equal((5, 10), store.Dropped);
        Assert.Equal(10, store.SpanCount);
        Assert.False(store.TryGet(new TraceId(5), out _));

        store.Clear();
        for (ulong trace = 11; trace <= 15; trace++)
            store.Add([Large(trace, 1, 8_192), Sample.Span(trace, 2)]);
        Assert.Equal((5, 10), store.Dropped);
    }

    [Fact]
    public void One_trace_of_large_spans_takes_a_share_and_its_first_in_any_case()
    {
        var store = new TraceStore(new TelemetryLimits { MaxTraceBytes = 100_000 });

        store.Add([Large(1, 1, 4_000), Large(1, 2, 4_000), Large(1, 3, 4_000), Large(1, 4, 4_000), Sample.Span(1, 5)]); // 8,000 bytes each.
        store.Add([Large(2, 1, 30_000), Sample.Span(2, 2)]);

        Assert.True(store.TryGet(new TraceId(1), out var first));
        Assert.Equal([1ul, 2, 5], first.Spans.ToArray().Select(span => ulong.Parse(span.Name.Split(' ')[1], CultureInfo.InvariantCulture)));
        Assert.True(store.TryGet(new TraceId(2), out var second));
        Assert.Equal(1, second.Count);
        Assert.Equal((0, 3), store.Dropped);
    }

    [Fact]
    public void A_span_that_is_sent_twice_is_there_once()
    {
        var store = new TraceStore(new TelemetryLimits());

        store.Add([Sample.Span(1, 11, isError: true)]);
        store.Add([Sample.Span(1, 11, isError: true)]);

        Assert.True(store.TryGet(new TraceId(1), out var trace));
        Assert.Equal((1, 1), (trace.Count, trace.Errors));
    }

    [Fact]
    public void A_trace_says_who_took_part_and_how_long_it_lasted_whatever_the_order_of_arrival()
    {
        var store = new TraceStore(new TelemetryLimits());

        store.Add([Sample.Span(1, 13, parent: 12, start: 40, end: 90, resource: Sample.Payments)]);
        store.Add([Sample.Span(1, 11, start: 5, end: 20), Sample.Span(1, 12, parent: 11, start: 6, end: 15)]);

        Assert.True(store.TryGet(new TraceId(1), out var trace));
        Assert.Equal("span 11", trace.First.Name);
        Assert.Equal(Sample.At(90) - Sample.At(5), trace.Duration);
        Assert.Equal(new Dictionary<string, int> { ["orders"] = 2, ["payments"] = 1 }, trace.Services);
    }

    [Fact]
    public void What_a_reader_holds_does_not_change_while_spans_arrive()
    {
        var store = new TraceStore(new TelemetryLimits());
        store.Add([Sample.Span(1, 11)]);
        Assert.True(store.TryGet(new TraceId(1), out var held));

        store.Add([.. Enumerable.Range(20, 100).Select(id => Sample.Span(1, (ulong)id))]);

        Assert.Equal(1, held.Spans.Length);
        Assert.True(store.TryGet(new TraceId(1), out var now));
        Assert.Equal(101, now.Spans.Length);
    }

    [Fact]
    public async Task Who_waits_for_a_change_is_told()
    {
        var store = new TraceStore(new TelemetryLimits());
        var waiting = store.Changed.WaitAsync(store.Changed.Version, CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        store.Add([Sample.Span(1, 11)]);

        await waiting.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Many_writers_and_readers_leave_the_counts_right()
    {
        var store = new TraceStore(new TelemetryLimits { MaxSpanCount = 1_000_000 });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                store.Add([Sample.Span((ulong)((i % 50) + 1), (ulong)((writer * 1000) + i + 1))]);
                Assert.All(store.Snapshot(), trace => Assert.Equal(trace.Count, trace.Services.Values.Sum()));
            }
        })));

        Assert.Equal(2000, store.SpanCount);
        Assert.Equal(2000, store.Snapshot().Sum(trace => trace.Spans.Length));
    }

    private static Span Large(ulong trace, ulong id, int length) =>
        Sample.Span(trace, id) with { Events = [new SpanEvent(Sample.Begin, "exception", new AttributeList([new("exception.stacktrace", new string('x', length))]))] };
}
