using Aspire.Dashboard.Telemetry;

namespace Shop.Tests.Unit.Dashboard;

public sealed class TraceTreeTests
{
    [Fact]
    public void Children_follow_their_parent_in_the_order_of_their_starts()
    {
        var rows = TraceTree.Build([
            Sample.Span(1, 4, parent: 3, start: 7), Sample.Span(1, 3, parent: 1, start: 6), Sample.Span(1, 2, parent: 1, start: 1), Sample.Span(1, 1)]);

        Assert.Equal([(1UL, 0), (2UL, 1), (3UL, 1), (4UL, 2)], rows.Select(row => (row.Span.Id.Value, row.Depth)));
        Assert.Equal([3, 0, 1, 0], rows.Select(row => row.Descendants));
        Assert.Equal([-1, 0, 0, 2], rows.Select(row => row.Parent));
    }

    [Fact]
    public void A_parent_knows_how_many_spans_are_below_it_and_how_many_of_them_failed()
    {
        var rows = TraceTree.Build([
            Sample.Span(1, 1, isError: true), Sample.Span(1, 2, parent: 1), Sample.Span(1, 3, parent: 2, isError: true), Sample.Span(1, 4, parent: 1, start: 5, isError: true)]);

        Assert.Equal([(3, 2), (1, 1), (0, 0), (0, 0)], rows.Select(row => (row.Descendants, row.FailedDescendants)));
    }

    [Fact]
    public void A_span_whose_parent_is_not_here_is_an_orphan()
    {
        var rows = TraceTree.Build([Sample.Span(1, 1), Sample.Span(1, 2, parent: 99, start: 5)]);

        Assert.Equal([false, true], rows.Select(row => row.IsOrphan));
        Assert.All(rows, row => Assert.Equal(0, row.Depth));
    }

    [Fact]
    public void Spans_that_are_each_others_parents_are_shown_once()
    {
        var rows = TraceTree.Build([Sample.Span(1, 1, parent: 2), Sample.Span(1, 2, parent: 1, start: 1), Sample.Span(1, 3, parent: 3, start: 2)]);

        Assert.Equal([1UL, 2UL, 3UL], rows.Select(row => row.Span.Id.Value).Order());
        Assert.NotEmpty(CriticalPath.Find(rows));
    }

    [Fact]
    public void Deep_nesting_is_no_danger()
    {
        const int Depth = 20_000;

        var rows = TraceTree.Build([.. Enumerable.Range(1, Depth).Select(id => Sample.Span(1, (ulong)id, parent: (ulong)id - 1, start: id, end: 100_000))]);

        Assert.Equal(Depth - 1, rows[^1].Depth);
        Assert.Equal(Depth, CriticalPath.Find(rows).Count);
    }

    [Fact]
    public void The_critical_path_takes_the_child_that_ended_last()
    {
        // 1 ---------------------- 0..100
        //   2 ------               10..40
        //   3   ----               20..30   in the shadow of 2
        //   4          ---------   50..90
        var path = Path(
            Sample.Span(1, 1, start: 0, end: 100), Sample.Span(1, 2, 1, 10, 40), Sample.Span(1, 3, 1, 20, 30), Sample.Span(1, 4, 1, 50, 90));

        Assert.Equal([(1UL, 0, 10), (2UL, 10, 40), (1UL, 40, 50), (4UL, 50, 90), (1UL, 90, 100)], path);
    }

    [Fact]
    public void The_critical_path_goes_on_in_what_a_message_caused_after_the_request()
    {
        // 1 ----                   0..20    the request
        //   2 --                   10..15   sends a message
        //     3        -----       40..60   which is handled later
        var path = Path(Sample.Span(1, 1, 0, 0, 20), Sample.Span(1, 2, 1, 10, 15), Sample.Span(1, 3, 2, 40, 60));

        Assert.Equal([(1UL, 0, 10), (2UL, 10, 15), (3UL, 40, 60)], path);
    }

    private static IEnumerable<(ulong Span, int From, int To)> Path(params Span[] spans)
    {
        var rows = TraceTree.Build(spans);
        return CriticalPath.Find(rows).Select(stretch => (rows[stretch.Row].Span.Id.Value, Milliseconds(stretch.From), Milliseconds(stretch.To)));
    }

    private static int Milliseconds(long at) => (int)((at - Sample.Begin) / 1_000_000);
}
