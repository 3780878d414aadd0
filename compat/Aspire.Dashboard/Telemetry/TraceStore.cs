using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Aspire.Dashboard.Telemetry;

/// <summary>The newest traces. When there are too many, the one that was begun first is dropped.</summary>
internal sealed class TraceStore(TelemetryLimits limits)
{
    // A trace that never ends must not drive out all the others.
    private const int ShareOfOneTrace = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<TraceId, Trace> _traces = [];
    private readonly Queue<TraceId> _arrival = [];
    private int _spans;
    private long _bytes;
    private long _droppedTraces;
    private long _droppedSpans;

    public Topic Changed { get; } = new();

    /// <summary>Traces and spans that were here and are no more, or did not fit into their trace.</summary>
    public (long Traces, long Spans) Dropped
    {
        get
        {
            lock (_lock)
                return (_droppedTraces, _droppedSpans);
        }
    }

    public int SpanCount => Volatile.Read(ref _spans);

    public void Add(IReadOnlyCollection<Span> spans)
    {
        if (spans.Count == 0)
            return;

        lock (_lock)
        {
            foreach (var group in spans.GroupBy(span => span.TraceId))
                Add(group.Key, [.. group]);
            while (_traces.Count > limits.MaxTraceCount || ((_spans > limits.MaxSpanCount || _bytes > limits.MaxTraceBytes) && _traces.Count > 1))
                DropOldest();
        }

        Changed.Raise();
    }

    /// <summary>All traces, the newest first.</summary>
    public Trace[] Snapshot()
    {
        Trace[] traces;
        lock (_lock)
            traces = [.. _traces.Values];
        Array.Sort(traces, static (left, right) => right.Start.CompareTo(left.Start));
        return traces;
    }

    public bool TryGet(TraceId id, [MaybeNullWhen(false)] out Trace trace)
    {
        lock (_lock)
            return _traces.TryGetValue(id, out trace);
    }

    public void Clear()
    {
        lock (_lock)
        {
            _traces.Clear();
            _arrival.Clear();
            _spans = 0;
            _bytes = 0;
        }

        Changed.Raise();
    }

    private void Add(TraceId id, Span[] spans)
    {
        ref var trace = ref CollectionsMarshal.GetValueRefOrAddDefault(_traces, id, out var known);
        var (spansBefore, bytesBefore) = (trace?.Count ?? 0, trace?.Bytes ?? 0);
        trace = Trace.With(trace, spans, limits.MaxSpanCount / ShareOfOneTrace, limits.MaxTraceBytes / ShareOfOneTrace, out var refused);
        _spans += trace.Count - spansBefore;
        _bytes += trace.Bytes - bytesBefore;
        _droppedSpans += refused;
        if (!known)
            _arrival.Enqueue(id);
    }

    private void DropOldest()
    {
        if (!_traces.Remove(_arrival.Dequeue(), out var oldest))
            return;

        _spans -= oldest.Count;
        _bytes -= oldest.Bytes;
        _droppedTraces++;
        _droppedSpans += oldest.Count;
    }
}
