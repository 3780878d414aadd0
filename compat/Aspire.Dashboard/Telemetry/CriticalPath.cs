namespace Aspire.Dashboard.Telemetry;

/// <summary>A stretch of time in which a trace could not have gone on without this span.</summary>
/// <param name="Row">The index of the span.</param>
/// <param name="From">Nanoseconds since 1970.</param>
/// <param name="To">Nanoseconds since 1970.</param>
internal readonly record struct CriticalStretch(int Row, long From, long To);

/// <summary>
/// What decided how long a trace took: from its end backwards, always the child that ended last before. A child may end
/// after its parent, as the handling of a message does; what counts of it is the end of everything below it.
/// </summary>
internal static class CriticalPath
{
    public static IReadOnlyList<CriticalStretch> Find(IReadOnlyList<TraceRow> rows)
    {
        if (rows.Count == 0)
            return [];

        var ends = SubtreeEnds(rows);
        var children = ChildrenByEnd(rows, ends);
        var path = new List<CriticalStretch>();
        var last = Enumerable.Range(0, rows.Count).Where(row => rows[row].Parent < 0).MaxBy(row => ends[row]);

        // Each row is entered at most once: its parent takes a child only when it ends before the one that was taken last begins.
        var open = new Stack<(int Row, long Until)>([(last, ends[last])]);
        while (open.TryPop(out var next))
        {
            var span = rows[next.Row].Span;
            var until = next.Until;
            foreach (var child in children[next.Row])
            {
                if (ends[child] > until || until <= span.Start)
                    continue;

                AddOwn(next.Row, span, ends[child], until);
                open.Push((child, ends[child]));
                until = Math.Min(until, rows[child].Span.Start);
            }

            AddOwn(next.Row, span, span.Start, until);
        }

        path.Sort(static (left, right) => left.From.CompareTo(right.From));
        return path;

        void AddOwn(int row, Span span, long from, long to)
        {
            (from, to) = (Math.Max(from, span.Start), Math.Min(to, span.End));
            if (from < to)
                path.Add(new CriticalStretch(row, from, to));
        }
    }

    private static long[] SubtreeEnds(IReadOnlyList<TraceRow> rows)
    {
        var ends = rows.Select(row => row.Span.End).ToArray();
        for (var i = rows.Count - 1; i >= 0; i--)
        {
            if (rows[i].Parent is >= 0 and var parent)
                ends[parent] = Math.Max(ends[parent], ends[i]);
        }

        return ends;
    }

    private static int[][] ChildrenByEnd(IReadOnlyList<TraceRow> rows, long[] ends)
    {
        var children = Enumerable.Range(0, rows.Count).Where(row => rows[row].Parent >= 0).ToLookup(row => rows[row].Parent);
        return [.. Enumerable.Range(0, rows.Count).Select(row => children[row].OrderByDescending(child => ends[child]).ToArray())];
    }
}
