namespace Aspire.Dashboard.Telemetry;

/// <summary>The spans of a trace so far, as one moment saw them.</summary>
internal sealed class Trace
{
    private readonly Span[] _spans;
    private readonly HashSet<SpanId> _ids;
    private readonly long _earliest; // Before the first span, when the clocks of two services differ.

    private Trace(Span[] spans, int count, int bytes, HashSet<SpanId> ids, Span first, long earliest, long end, int errors, IReadOnlyDictionary<string, int> services)
    {
        _spans = spans;
        Count = count;
        Bytes = bytes;
        _ids = ids;
        First = first;
        _earliest = earliest;
        End = end;
        Errors = errors;
        Services = services;
    }

    public TraceId Id => First.TraceId;

    public int Count { get; }

    /// <summary>What its spans take of the store.</summary>
    public int Bytes { get; }

    /// <summary>The span that began the trace: the root, or the earliest while the root is not here.</summary>
    public Span First { get; }

    public long Start => First.Start;

    public long End { get; }

    public long Duration => End - _earliest;

    public int Errors { get; }

    /// <summary>The services with their number of spans.</summary>
    public IReadOnlyDictionary<string, int> Services { get; }

    public ReadOnlySpan<Span> Spans => _spans.AsSpan(0, Count);

    /// <summary>Adds spans; what readers hold of the trace stays as it is. Called by one writer at a time.</summary>
    /// <param name="trace">The trace so far.</param>
    /// <param name="added">One span at least.</param>
    /// <param name="mostSpans">How many spans it may have; the first is taken in any case.</param>
    /// <param name="mostBytes">How much they may take together.</param>
    /// <param name="refused">How many there was no room for.</param>
    public static Trace With(Trace? trace, IReadOnlyList<Span> added, int mostSpans, int mostBytes, out int refused)
    {
        refused = 0;
        var ids = trace?._ids ?? [];
        var (array, count, bytes) = (trace?._spans ?? new Span[added.Count], trace?.Count ?? 0, trace?.Bytes ?? 0);
        var services = new Dictionary<string, int>(trace?.Services ?? new Dictionary<string, int>());
        var (first, earliest, end, errors) = (trace?.First, trace?._earliest ?? long.MaxValue, trace?.End ?? 0, trace?.Errors ?? 0);
        foreach (var span in added)
        {
            // An exporter that got no answer sends the same again.
            if (ids.Contains(span.Id))
                continue;

            var size = TelemetrySize.Of(span);
            if (count > 0 && (count >= mostSpans || size > mostBytes - bytes))
            {
                refused++;
                continue;
            }

            ids.Add(span.Id);
            bytes += size;
            if (count == array.Length)
                Array.Resize(ref array, Math.Max(4, 2 * count));
            array[count++] = span;
            earliest = Math.Min(earliest, span.Start);
            end = Math.Max(end, span.End);
            errors += span.IsError ? 1 : 0;
            services[span.Resource.Service] = services.GetValueOrDefault(span.Resource.Service) + 1;
            if (first is null || IsBefore(span, first))
                first = span;
        }

        return new Trace(array, count, bytes, ids, first!, earliest, end, errors, services);
    }

    private static bool IsBefore(Span left, Span right) =>
        (left.ParentId == default, right.ParentId == default) switch
        {
            (true, false) => true,
            (false, true) => false,
            _ => left.Start < right.Start,
        };
}
