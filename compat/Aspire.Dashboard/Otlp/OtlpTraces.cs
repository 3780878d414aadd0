using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Otlp;

/// <summary>Takes spans over from their messages.</summary>
internal sealed class OtlpTraces(OtlpAttributes attributes, TelemetryLimits limits, TraceStore store, OwnTraces own) : IOtlpSignal<ExportTraceServiceRequest, ExportTraceServiceResponse>
{
    private const int ErrorStatus = 2;

    public ExportTraceServiceResponse Take(ExportTraceServiceRequest request)
    {
        var spans = new List<Span>();
        var rejected = 0;
        foreach (var sender in request.ResourceSpans)
        {
            var resource = attributes.Read(sender.Resource);
            foreach (var scope in sender.ScopeSpans)
            {
                var source = attributes.Text(scope.Scope?.Name ?? "");
                foreach (var message in scope.Spans)
                {
                    if (Read(message, resource, source) is not { } span)
                        rejected++;
                    else if (!own.Contains(span.TraceId))
                        spans.Add(span);
                }
            }
        }

        store.Add(spans);
        return rejected == 0
            ? new ExportTraceServiceResponse()
            : new ExportTraceServiceResponse
            {
                PartialSuccess = new ExportTracePartialSuccess
                {
                    RejectedSpans = rejected,
                    ErrorMessage = "A span needs a trace id of 16 bytes, a span id of 8 bytes, not all zero, and times.",
                },
            };
    }

    private Span? Read(SpanMessage message, TelemetryResource resource, string source)
    {
        if (!TraceId.TryRead(message.TraceId.Span, out var traceId) || !SpanId.TryRead(message.SpanId.Span, out var id)
            || OtlpTime.Read(message.StartTimeUnixNano) is not { } start || OtlpTime.Read(message.EndTimeUnixNano) is not { } end)
            return null;

        SpanId.TryRead(message.ParentSpanId.Span, out var parent);
        return new Span
        {
            TraceId = traceId,
            Id = id,
            ParentId = parent,
            Resource = resource,
            Source = source,
            Name = attributes.Text(message.Name),
            Kind = Enum.IsDefined((SpanKind)message.Kind) ? (SpanKind)message.Kind : SpanKind.Unspecified,
            Start = start,
            End = Math.Max(start, end), // The clock may have been set back in between.
            IsError = message.Status?.Code == ErrorStatus,
            StatusMessage = attributes.Text(message.Status?.Message ?? ""),
            Attributes = attributes.Read(message.Attributes),
            Events = [.. message.Events.Take(limits.MaxSpanEventCount).Select(happened =>
                new SpanEvent(OtlpTime.Read(happened.TimeUnixNano) ?? start, attributes.Text(happened.Name), attributes.Read(happened.Attributes)))],
            Links = ReadLinks(message),
        };
    }

    private List<SpanLink> ReadLinks(SpanMessage message)
    {
        var links = new List<SpanLink>();
        foreach (var link in message.Links.Take(limits.MaxSpanEventCount))
        {
            if (TraceId.TryRead(link.TraceId.Span, out var traceId) && SpanId.TryRead(link.SpanId.Span, out var spanId))
                links.Add(new SpanLink(traceId, spanId, attributes.Read(link.Attributes)));
        }

        return links;
    }
}
