using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Traces;

/// <summary>A trace laid out in time; shares of its length are between 0 and 1.</summary>
internal sealed class Waterfall
{
    // A span without length is still to be seen.
    private const double LeastWidth = 0.0015;
    private const int Ticks = 5;

    // Spans have as many log records and events as their senders like, and all are in one page.
    private const int MaxMarksOfRow = 50; // Of each of the two.
    private const int MaxMarks = 10_000;

    private readonly long _start;
    private readonly double _length;
    private int _marks;

    public Waterfall(Trace trace, IEnumerable<LogRecord> logs)
    {
        var rows = TraceTree.Build(trace.Spans);
        _start = rows.Min(row => row.Span.Start);
        Duration = rows.Max(row => row.Span.End) - _start;
        _length = Math.Max(1, Duration);
        Depth = rows.Max(row => row.Depth) + 1;
        var critical = CriticalPath.Find(rows).ToLookup(stretch => stretch.Row);
        CriticalLength = critical.SelectMany(stretches => stretches).Sum(stretch => stretch.To - stretch.From);
        var logsOf = logs.ToLookup(record => record.SpanId);
        Rows = [.. rows.Select((row, index) => Lay(row, row.Parent < 0 ? null : rows[row.Parent].Span, critical[index], [.. logsOf[row.Span.Id]]))];
    }

    public IReadOnlyList<WaterfallRow> Rows { get; }

    public long Duration { get; }

    public int Depth { get; }

    /// <summary>The time in which a span was at work that the trace had to wait for; the rest was between spans.</summary>
    public long CriticalLength { get; }

    /// <summary>Where lines are drawn, and after how many nanoseconds that is.</summary>
    public IEnumerable<(double Share, double After)> Scale => Enumerable.Range(0, Ticks + 1).Select(tick => ((double)tick / Ticks, _length * tick / Ticks));

    /// <summary>A span's time from the begin of the trace.</summary>
    public long Offset(long time) => time - _start;

    private WaterfallRow Lay(TraceRow row, Span? parent, IEnumerable<CriticalStretch> critical, IReadOnlyList<LogRecord> logs)
    {
        var hop = MessageHop.Of(row.Span, parent);
        var (shownEvents, shownLogs) = (Shown(row.Span.Events), Shown(logs));
        return new WaterfallRow(
            row,
            Share(row.Span.Start),
            Math.Max(LeastWidth, row.Span.Duration / _length),
            [.. critical.Select(stretch => (Share(stretch.From), (stretch.To - stretch.From) / _length))],
            hop,
            hop is null ? null : Share(hop.WaitedFrom),
            [.. shownEvents.Select(happened => (Share(happened.Time), happened.Name))],
            [.. shownLogs.Select(record => (Share(record.Time), record))],
            row.Span.Events.Count - shownEvents.Length + logs.Count - shownLogs.Length);
    }

    private T[] Shown<T>(IReadOnlyList<T> marks)
    {
        T[] shown = [.. marks.Take(Math.Min(MaxMarksOfRow, MaxMarks - _marks))];
        _marks += shown.Length;
        return shown;
    }

    private double Share(long time) => Math.Clamp((time - _start) / _length, 0, 1);
}

/// <summary>A row of the waterfall; of many events and log records the first.</summary>
public sealed record WaterfallRow(
    TraceRow Row,
    double From,
    double Width,
    IReadOnlyList<(double From, double Width)> Critical,
    MessageHop? Hop,
    double? WaitedFrom,
    IReadOnlyList<(double At, string Name)> Events,
    IReadOnlyList<(double At, LogRecord Record)> Logs,
    int UnshownMarks);
