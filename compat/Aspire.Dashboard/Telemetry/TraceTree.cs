namespace Aspire.Dashboard.Telemetry;

/// <summary>A span in its place below its parent.</summary>
/// <param name="Span">The span.</param>
/// <param name="Depth">How many spans are above it.</param>
/// <param name="Parent">The index of its parent in the list, or -1.</param>
/// <param name="Descendants">How many rows below belong to it.</param>
/// <param name="FailedDescendants">How many of them failed.</param>
/// <param name="IsOrphan">Whether it names a parent that is not here.</param>
public sealed record TraceRow(Span Span, int Depth, int Parent, int Descendants, int FailedDescendants, bool IsOrphan);

/// <summary>Puts the spans of a trace below their parents, in the order of their starts.</summary>
internal static class TraceTree
{
    public static IReadOnlyList<TraceRow> Build(ReadOnlySpan<Span> spans)
    {
        var sorted = spans.ToArray();
        Array.Sort(sorted, static (left, right) => left.Start != right.Start ? left.Start.CompareTo(right.Start) : right.End.CompareTo(left.End));
        var ids = sorted.Select(span => span.Id).ToHashSet();
        var children = sorted.Where(span => span.ParentId != default).ToLookup(span => span.ParentId);

        var rows = new List<TraceRow>(sorted.Length);
        var placed = new HashSet<SpanId>(sorted.Length);
        foreach (var span in sorted.Where(span => span.ParentId == default || !ids.Contains(span.ParentId)))
            Place(span, span.ParentId != default);

        // What is left are spans that name each other as parents.
        foreach (var span in sorted.Where(span => !placed.Contains(span.Id)))
            Place(span, isOrphan: true);
        return WithDescendants(rows);

        // A stack of our own: who sends spans decides how deep they nest.
        void Place(Span root, bool isOrphan)
        {
            var open = new Stack<(Span Span, int Depth, int Parent)>([(root, 0, -1)]);
            while (open.TryPop(out var next))
            {
                if (!placed.Add(next.Span.Id))
                    continue;

                rows.Add(new TraceRow(next.Span, next.Depth, next.Parent, 0, 0, isOrphan && next.Depth == 0));
                var index = rows.Count - 1;
                foreach (var child in children[next.Span.Id].Reverse())
                    open.Push((child, next.Depth + 1, index));
            }
        }
    }

    private static List<TraceRow> WithDescendants(List<TraceRow> rows)
    {
        for (var i = rows.Count - 1; i >= 0; i--)
        {
            var (row, parent) = (rows[i], rows[i].Parent);
            if (parent < 0)
                continue;

            rows[parent] = rows[parent] with
            {
                Descendants = rows[parent].Descendants + row.Descendants + 1,
                FailedDescendants = rows[parent].FailedDescendants + row.FailedDescendants + (row.Span.IsError ? 1 : 0),
            };
        }

        return rows;
    }
}
