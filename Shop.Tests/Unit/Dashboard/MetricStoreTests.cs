using Aspire.Dashboard.Metrics;
using Aspire.Dashboard.Telemetry;

namespace Shop.Tests.Unit.Dashboard;

public sealed class MetricStoreTests
{
    private const long Minute = 60_000_000_000;
    private static readonly InstrumentInfo Counter = Info("shop.orders", InstrumentKind.Counter);
    private static readonly InstrumentInfo Histogram = Info("http.server.request.duration", InstrumentKind.Histogram);

    [Fact]
    public void Deltas_become_sums()
    {
        var store = new MetricStore(new TelemetryLimits());

        store.Add(Counter, [Sample.Number(2, at: 0, isDelta: true)]);
        store.Add(Counter, [Sample.Number(3, at: 2000, isDelta: true)]);

        Assert.Equal([2, 5], Assert.Single(store.Read(Counter.Key, Minute)).Numbers.Select(point => point.Value));
    }

    [Fact]
    public void A_sum_that_begins_anew_goes_on_where_it_was()
    {
        var store = new MetricStore(new TelemetryLimits());
        store.Add(Counter, [Sample.Number(100, at: 0)]);
        store.Add(Counter, [Sample.Number(200, at: 1000)]);
        store.Add(Counter, [Sample.Number(250, at: 2000) with { Start = Sample.At(1500) }]); // More than before, and yet another process.
        store.Add(Counter, [Sample.Number(260, at: 3000) with { Start = Sample.At(1500) }]);
        store.Add(Counter, [Sample.Number(255, at: 2500) with { Start = Sample.At(1500) }]); // Late.
        store.Add(Counter, [Sample.Number(5, at: 4000)]); // It does not tell since when.

        Assert.Equal([100, 200, 450, 460, 465], Assert.Single(store.Read(Counter.Key, Minute)).Numbers.Select(point => point.Value));
    }

    [Fact]
    public void A_histogram_that_begins_anew_goes_on_and_what_goes_up_and_down_does_not()
    {
        var store = new MetricStore(new TelemetryLimits());
        var upDown = Info("connections", InstrumentKind.UpDownCounter);
        foreach (var (at, histogram, number) in new[] { (0, Sample.Histogram([1, 2], 90, 10, 0), 7), (1000, Sample.Histogram([1, 2], 0, 120, 0), 3) })
        {
            store.Add(Histogram, [Sample.Number(0, at) with { Histogram = histogram, Start = Sample.At(at - 500) }]);
            store.Add(upDown, [Sample.Number(number, at) with { Start = Sample.At(at - 500) }]);
        }

        Assert.Equal([90, 130, 0], Assert.Single(store.Read(Histogram.Key, Minute)).Histograms[^1].Value.Buckets);
        Assert.Equal([7, 3], Assert.Single(store.Read(upDown.Key, Minute)).Numbers.Select(point => point.Value));
    }

    [Fact]
    public void What_was_thrown_away_does_not_come_back_with_the_next_report()
    {
        var store = new MetricStore(new TelemetryLimits());
        Report(at: 1000, orders: 100, requests: 1000);
        Assert.Equal([100, 1000], Sums());

        store.Clear();
        Assert.Empty(store.Instruments());
        Report(at: 2000, orders: 101, requests: 1001);
        Assert.Equal([0, 0], Sums());

        Report(at: 3000, orders: 104, requests: 1006);
        Assert.Equal([3, 5], Sums());
        Assert.Equal(10, Assert.Single(Draw(Histogram, ChartReading.P50)).Summary); // Of the five, not of all.

        void Report(long at, double orders, double requests)
        {
            store.Add(Counter, [Sample.Number(orders, at)]);
            store.Add(Histogram, [Sample.Number(0, at) with { Histogram = Sample.Histogram([5, 10], Math.Min(requests, 1001), 0, Math.Max(0, requests - 1001)) }]);
        }

        IEnumerable<double?> Sums() => [Assert.Single(Draw(Counter, ChartReading.Rate)).Summary, Assert.Single(Draw(Histogram, ChartReading.Rate)).Summary];

        IReadOnlyList<ChartLine> Draw(InstrumentInfo info, ChartReading reading) =>
            Chart.Lines(reading, info, store.Read(info.Key, Minute), null, ChartTime.Last(Minute, Sample.At(4000), 60));
    }

    [Fact]
    public void A_value_that_stays_is_kept_once()
    {
        var store = new MetricStore(new TelemetryLimits());

        for (var second = 0; second < 100; second++)
            store.Add(Counter, [Sample.Number(second < 50 ? 1 : 2, at: second * 1000)]);

        var series = Assert.Single(store.Read(Counter.Key, Minute));
        Assert.Equal([(Sample.At(0), 1d), (Sample.At(50_000), 2d)], series.Numbers);
        Assert.Equal(Sample.At(99_000), series.LastSeen);
    }

    [Fact]
    public void Old_values_are_kept_coarsely_and_their_number_is_bounded()
    {
        var store = new MetricStore(new TelemetryLimits());

        for (var second = 0; second < 24 * 60 * 60; second++)
            store.Add(Counter, [Sample.Number(second, at: second * 1000L)]);

        Assert.InRange(Assert.Single(store.Read(Counter.Key, Minute)).Numbers.Length, 299, 300);
        var day = Assert.Single(store.Read(Counter.Key, 12 * 60 * Minute)).Numbers;
        Assert.InRange(day.Length, 359, 360);
        Assert.True(day[^1].Time - day[0].Time > 11 * 60 * Minute);
    }

    [Fact]
    public void Series_beyond_the_limit_are_refused_and_the_known_go_on()
    {
        var store = new MetricStore(new TelemetryLimits { MaxMetricsCount = 2 });

        var refused = store.Add(Counter, [Sample.Number(1, route: "/a"), Sample.Number(1, route: "/b"), Sample.Number(1, route: "/c")]);
        var later = store.Add(Counter, [Sample.Number(2, at: 1000, route: "/a")]);
        var other = store.Add(Info("another", InstrumentKind.Gauge), [Sample.Number(1)]);

        Assert.Equal((1, 0, 1), (refused, later, other));
        Assert.Equal(2, store.Refused);
        Assert.Equal(2, store.SeriesCount);
    }

    [Fact]
    public void A_histogram_with_other_bounds_is_refused()
    {
        var store = new MetricStore(new TelemetryLimits());
        store.Add(Histogram, [Sample.Number(0) with { Histogram = Sample.Histogram([1, 2], 1, 1, 0) }]);

        var refused = store.Add(Histogram, [Sample.Number(0, at: 1000) with { Histogram = Sample.Histogram([1, 3], 1, 1, 0) }]);

        Assert.Equal(1, refused);
    }

    [Fact]
    public void A_series_that_comes_later_counts_from_the_report_without_it()
    {
        var store = new MetricStore(new TelemetryLimits());
        store.Add(Counter, [Sample.Number(7, at: 0, route: "/a")]);
        store.Add(Info("another", InstrumentKind.Counter), [Sample.Number(1, at: 1)]); // The same report.
        store.Add(Counter, [Sample.Number(7, at: 1000, route: "/a"), Sample.Number(2, at: 1000, route: "/b")]);

        var series = store.Read(Counter.Key, Minute);
        Assert.Equal([Sample.Begin, Sample.At(1)], series.Select(one => one.Start)); // The first was there from the begin.
        Assert.All(series, one => Assert.Equal((Sample.Orders, Sample.At(0), Sample.At(1000)), (one.Resource, one.Since, one.LastSeen)));
    }

    [Fact]
    public void A_sum_that_is_not_reported_lives_as_long_as_its_resource_and_a_gauge_does_not()
    {
        var store = new MetricStore(new TelemetryLimits());
        var gauge = Info("gauge", InstrumentKind.Gauge);
        store.Add(Counter, [Sample.Number(2, at: 0, isDelta: true)]);
        store.Add(gauge, [Sample.Number(2, at: 0)]);
        store.Add(Info("another", InstrumentKind.Counter), [Sample.Number(1, at: 3000)]);

        Assert.Equal(Sample.At(3000), Assert.Single(store.Read(Counter.Key, Minute)).LastSeen);
        Assert.Equal(Sample.At(0), Assert.Single(store.Read(gauge.Key, Minute)).LastSeen);
    }

    [Theory]
    [InlineData(0.5, 5)]
    [InlineData(0.9, 9)]
    [InlineData(0.25, 2.5)]
    public void Percentiles_lie_evenly_within_their_bucket(double share, double expected) =>
        Assert.Equal(expected, Percentile.Of(Sample.Histogram([10, 20], 100, 0, 0), share)!.Value, precision: 6);

    [Fact]
    public void Percentiles_go_up_to_the_last_bound()
    {
        Assert.Equal(20, Percentile.Of(Sample.Histogram([10, 20], 0, 1, 9), 0.99));
        Assert.Equal(15, Percentile.Of(Sample.Histogram([10, 20], 0, 10, 0), 0.5));
        Assert.Null(Percentile.Of(Sample.Histogram([10, 20], 0, 0, 0), 0.5));
    }

    private static InstrumentInfo Info(string name, InstrumentKind kind) => new(new InstrumentKey(Sample.Orders, "Shop.Orders", name), kind, "{order}", "");
}
