using Aspire.Dashboard.ConsoleLogs;
using Aspire.Dashboard.Metrics;
using Aspire.Dashboard.Telemetry;

namespace Shop.Tests.Unit.Dashboard;

public sealed class ChartTests
{
    private const long Second = 1_000_000_000;
    private const long From = Sample.Begin;
    private const long To = Sample.Begin + (Chart.Steps * Second);

    [Fact]
    public void A_counter_is_drawn_as_its_growth_per_second_also_when_it_begins_anew()
    {
        var line = Assert.Single(Chart.Lines(InstrumentKind.Counter, [Numbers((1, 3), (2, 5), (5, 1))], From, To));

        // Each step is a second: 0..1 has grown by 3, 1..2 by 2, then nothing, then 1 after a restart.
        Assert.Equal([3, 2, 0, 0, 1], line.Values[..5]);
        Assert.Null(line.Values[^1]);
    }

    [Fact]
    public void What_was_counted_before_the_first_point_is_no_growth()
    {
        var old = Numbers((1, 5000), (2, 5003)) with { Start = From - (3600 * Second) };

        var line = Assert.Single(Chart.Lines(InstrumentKind.Counter, [old], From, To));

        Assert.Equal(new double?[] { null, 3 }, line.Values[..2]);
    }

    [Fact]
    public void Series_are_added_up()
    {
        var line = Assert.Single(Chart.Lines(InstrumentKind.Gauge, [Numbers((1, 3), (4, 3)), Numbers((1, 4), (4, 5))], From, To));

        Assert.Equal(7, line.Values[0]);
        Assert.Equal(8, line.Values[3]);
    }

    [Fact]
    public void Percentiles_are_those_of_each_step()
    {
        var first = Sample.Histogram([10, 20], 100, 0, 0);
        var second = Sample.Histogram([10, 20], 100, 100, 0);
        var series = new SeriesPoints(AttributeList.Empty, From, To, [], [(From + Second, first), (From + (2 * Second), second)]);

        var lines = Chart.Lines(InstrumentKind.Histogram, [series], From, To);

        Assert.Equal(["p50", "p90", "p99"], lines.Select(line => line.Name));
        Assert.Equal(5, lines[0].Values[0]!.Value, precision: 6);
        Assert.Equal(15, lines[0].Values[1]!.Value, precision: 6); // Only what came in that second.
        Assert.Null(lines[0].Values[2]);
    }

    [Theory]
    [InlineData("plain & simple", "plain &amp; simple")]
    [InlineData("\e[1;31mred\e[0m done", "<span class=\"a1 ab\">red</span> done")]
    [InlineData("\e[2K\e[33mwarn", "<span class=\"a3\">warn</span>")]
    [InlineData("\e]0;title\arest", "rest")]
    [InlineData("\e[32m<i>\e[39m</i>", "<span class=\"a2\">&lt;i&gt;</span>&lt;/i&gt;")]
    [InlineData("cut off \e[", "cut off ")]
    public void Escapes_of_a_terminal_become_classes(string line, string html) => Assert.Equal(html, AnsiText.ToHtml(line));

    private static SeriesPoints Numbers(params (int Second, double Value)[] points) => new(
        AttributeList.Empty, From, From + (points[^1].Second * Second), [.. points.Select(point => (From + (point.Second * Second), point.Value))], []);
}
