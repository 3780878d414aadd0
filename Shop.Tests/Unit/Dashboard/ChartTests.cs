using Aspire.Dashboard.ConsoleLogs;
using Aspire.Dashboard.Metrics;
using Aspire.Dashboard.Telemetry;

namespace Shop.Tests.Unit.Dashboard;

public sealed class ChartTests
{
    private const long Second = 1_000_000_000;
    private const long From = Sample.Begin;
    private const int Steps = 90;
    private static readonly ChartTime Time = new(From, Second, Steps, From + (Steps * Second));
    private static readonly TelemetryResource OtherCopy = new("orders", "xyz");

    [Fact]
    public void A_counter_is_drawn_as_its_growth_per_second()
    {
        var line = Assert.Single(Draw(InstrumentKind.Counter, Numbers((1, 3), (2, 5), (5, 6))));

        // Each step is a second: 0..1 has grown by 3, 1..2 by 2, then nothing, then 1.
        Assert.Equal([3, 2, 0, 0, 1], line.Values[..5]);
        Assert.Null(line.Values[^1]); // Nobody reports any more.
        Assert.Equal(6, line.Summary);
    }

    [Fact]
    public void What_was_counted_before_the_first_point_is_no_growth()
    {
        var old = Numbers((1, 5000), (2, 5003)) with { Start = From - (3600 * Second) };

        var line = Assert.Single(Draw(InstrumentKind.Counter, old));

        Assert.Equal(new double?[] { null, 3 }, line.Values[..2]);
        Assert.Equal(3, line.Summary);
    }

    [Fact]
    public void What_was_counted_before_anybody_heard_of_it_is_in_the_sum_and_in_no_step()
    {
        // It started in view; the dashboard, or its way to it, came later.
        var late = Numbers((3, 50), (4, 52)) with { Start = From + Second, Since = From + (3 * Second) };

        var line = Assert.Single(Draw(InstrumentKind.Counter, late));

        Assert.Equal(new double?[] { null, null, null, 2 }, line.Values[..4]);
        Assert.Equal(52, line.Summary);
    }

    [Fact]
    public void What_a_known_resource_did_not_count_before_is_zero()
    {
        var late = Numbers((3, 2)) with { Start = From + (2 * Second), Since = From + Second };

        Assert.Equal([0, 0, 2], Assert.Single(Draw(InstrumentKind.Counter, late)).Values[..3]);
    }

    [Fact]
    public void Series_are_added_up()
    {
        var line = Assert.Single(Draw(InstrumentKind.UpDownCounter, Numbers((1, 3), (4, 3)), Numbers((1, 4), (4, 5))));

        Assert.Equal(7, line.Values[0]);
        Assert.Equal(8, line.Values[3]);
    }

    [Fact]
    public void A_gauge_keeps_its_value_until_its_resource_stops()
    {
        var line = Assert.Single(Draw(InstrumentKind.Gauge, Numbers((1, 3)) with { LastSeen = From + (5 * Second) }));

        Assert.Equal(new double?[] { 3, 3, 3, 3, 3, 3, null }, line.Values[..7]);
        Assert.Equal(3, line.Summary);
    }

    [Fact]
    public void Copies_of_a_service_tell_one_value_those_of_services_are_added_and_of_ages_the_greatest_counts()
    {
        SeriesPoints[] series = [Of(Sample.Orders, 3), Of(OtherCopy, 4), Of(Sample.Payments, 2)];

        Assert.Equal(6, Assert.Single(Draw(InstrumentKind.Gauge, series)).Summary);
        Assert.Equal(4, Assert.Single(Draw(InstrumentKind.Gauge, "s", series)).Summary);
        Assert.Equal(9, Assert.Single(Draw(InstrumentKind.UpDownCounter, series)).Summary);
        Assert.Equal([("orders", 4), ("payments", 2)], Draw(InstrumentKind.Gauge, "", Chart.ByService, series).Select(line => (line.Name, line.Summary!.Value)));

        SeriesPoints Of(TelemetryResource resource, double value) => Numbers((1, value)) with { Resource = resource };
    }

    [Fact]
    public void Nothing_is_drawn_that_some_have_not_reported_yet()
    {
        // One reports every second, the other every ten.
        var quick = Numbers((1, 1), (89, 89)) with { LastSeen = From + (89 * Second), Interval = Second };
        var slow = Numbers((1, 1), (80, 80)) with { LastSeen = From + (80 * Second), Interval = 10 * Second, Resource = Sample.Payments };
        var stopped = Numbers((1, 1), (40, 40)) with { LastSeen = From + (40 * Second), Interval = Second, Resource = OtherCopy };

        var values = Assert.Single(Draw(InstrumentKind.Counter, quick, slow, stopped)).Values;

        Assert.NotNull(values[79]);
        Assert.All(values[80..], Assert.Null);
    }

    [Fact]
    public void One_report_after_a_long_silence_is_not_waited_for_as_long()
    {
        var quick = Numbers((1, 1), (890, 890)) with { Interval = Second };
        var stopped = Numbers((1, 1), (600, 2)) with { Interval = 599 * Second, Resource = Sample.Payments };

        var line = Assert.Single(Chart.Lines(
            ChartReading.Rate, Info(InstrumentKind.Counter), [quick, stopped], null, new ChartTime(From, 10 * Second, Steps, From + (10 * Steps * Second))));

        Assert.Equal(88.9, line.Values[88]);
    }

    [Fact]
    public void Percentiles_are_those_of_each_step_and_of_nothing_there_are_none()
    {
        var first = Sample.Histogram([10, 20], 100, 0, 0);
        var second = Sample.Histogram([10, 20], 100, 100, 0);
        var series = new SeriesPoints(AttributeList.Empty, From, Time.To, [], [(From + Second, first), (From + (2 * Second), second)]);

        var lines = Draw(InstrumentKind.Histogram, series);

        Assert.Equal(["p50", "p90", "p99"], lines.Select(line => line.Name));
        Assert.Equal(5, lines[0].Values[0]!.Value, precision: 6);
        Assert.Equal(15, lines[0].Values[1]!.Value, precision: 6); // Only what came in that second.
        Assert.Null(lines[0].Values[2]);
        Assert.Equal(10, lines[0].Summary!.Value, precision: 6); // Of all values.
        Assert.Equal(200, Assert.Single(Chart.Lines(ChartReading.Rate, Info(InstrumentKind.Histogram), [series], null, Time)).Summary);
    }

    [Fact]
    public void Each_value_of_a_dimension_has_a_line_and_the_smallest_share_one()
    {
        var series = Enumerable.Range(0, 12).Select(at => Numbers((1, at)) with { Dimensions = new AttributeList([new("status", $"s{at:00}")]) }).ToArray();

        var lines = Draw(InstrumentKind.Counter, "", "status", series);

        Assert.Equal(["s04", "s05", "s06", "s07", "s08", "s09", "s10", "s11", Chart.Others], lines.Select(line => line.Name));
        Assert.Equal(0 + 1 + 2 + 3, lines[^1].Summary);
        Assert.Equal(66, lines.Sum(line => line.Summary));
    }

    [Fact]
    public void A_share_is_nothing_where_nothing_happened()
    {
        SeriesPoints hits = Numbers((1, 3), (3, 4)), misses = Numbers((1, 1), (3, 1));

        var line = Assert.Single(Chart.Share([hits], [hits, misses], Time));

        Assert.Equal(new double?[] { 75, null, 100 }, line.Values[..3]);
        Assert.Equal(80, line.Summary);
    }

    [Theory]
    [InlineData("%", 42, "42 %")]
    [InlineData("s", -5, "−5 s")]
    [InlineData("By", -2048, "−2 KiB")]
    [InlineData("{order}", -3, "-3")]
    public void Values_are_written_with_their_unit(string unit, double value, string expected) => Assert.Equal(expected, ChartUnit.Of(unit).WriteAmount(value));

    [Fact]
    public void Steps_stay_where_they_are_as_time_goes_on()
    {
        var earlier = ChartTime.Last(300 * Second, From + 1, 60);
        var later = ChartTime.Last(300 * Second, From + (4 * Second), 60);

        Assert.Equal((5 * Second, earlier.From), (later.Step, later.From));
        Assert.InRange(later.Now, later.Begin(59), later.To);
    }

    [Theory]
    [InlineData("plain & simple", "plain &amp; simple")]
    [InlineData("\e[1;31mred\e[0m done", "<span class=\"a1 ab\">red</span> done")]
    [InlineData("\e[2K\e[33mwarn", "<span class=\"a3\">warn</span>")]
    [InlineData("\e]0;title\arest", "rest")]
    [InlineData("\e[32m<i>\e[39m</i>", "<span class=\"a2\">&lt;i&gt;</span>&lt;/i&gt;")]
    [InlineData("cut off \e[", "cut off ")]
    public void Escapes_of_a_terminal_become_classes(string line, string html) => Assert.Equal(html, AnsiText.ToHtml(line));

    private static IReadOnlyList<ChartLine> Draw(InstrumentKind kind, params SeriesPoints[] series) => Draw(kind, "", series);

    private static IReadOnlyList<ChartLine> Draw(InstrumentKind kind, string unit, params SeriesPoints[] series) => Draw(kind, unit, null, series);

    private static IReadOnlyList<ChartLine> Draw(InstrumentKind kind, string unit, string? split, params SeriesPoints[] series) =>
        Chart.Lines(Chart.ReadingOf(kind), Info(kind, unit), series, split, Time);

    private static InstrumentInfo Info(InstrumentKind kind, string unit = "") => new(new InstrumentKey(Sample.Orders, "Shop.Orders", "shop.orders"), kind, unit, "");

    private static SeriesPoints Numbers(params (int Second, double Value)[] points) => new(
        AttributeList.Empty, From, From + (points[^1].Second * Second), [.. points.Select(point => (From + (point.Second * Second), point.Value))], []);
}
