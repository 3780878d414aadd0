using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Otlp;

/// <summary>Takes log records over from their messages.</summary>
internal sealed class OtlpLogs(OtlpAttributes attributes, LogStore store, OwnTraces own, TimeProvider time) : IOtlpSignal<ExportLogsServiceRequest, ExportLogsServiceResponse>
{
    // What .NET's exporter calls the template of the message; the message itself has been formatted.
    private const string Template = "{OriginalFormat}";

    public ExportLogsServiceResponse Take(ExportLogsServiceRequest request)
    {
        var records = new List<LogRecord>();
        foreach (var sender in request.ResourceLogs)
        {
            var resource = attributes.Read(sender.Resource);
            foreach (var scope in sender.ScopeLogs)
            {
                var category = attributes.Text(scope.Scope?.Name ?? "");
                records.AddRange(scope.LogRecords.Select(message => Read(message, resource, category)).Where(record => !own.Contains(record.TraceId)));
            }
        }

        store.Add(records);
        return new ExportLogsServiceResponse();
    }

    private LogRecord Read(LogRecordMessage message, TelemetryResource resource, string category)
    {
        TraceId.TryRead(message.TraceId.Span, out var traceId);
        SpanId.TryRead(message.SpanId.Span, out var spanId);
        var at = OtlpTime.Read(message.TimeUnixNano) ?? OtlpTime.Read(message.ObservedTimeUnixNano) ?? time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        var text = attributes.Text(message.Body);
        return new LogRecord
        {
            Resource = resource,
            Time = at,
            Level = Level(message.SeverityNumber),
            Category = category,
            Message = text.Length > 0 ? text : attributes.Text(message.EventName),
            TraceId = traceId,
            SpanId = spanId,
            Attributes = attributes.Read(message.Attributes, Template),
        };
    }

    private static LogLevel Level(int severity) => severity switch
    {
        >= 1 and <= 4 => LogLevel.Trace,
        >= 5 and <= 8 => LogLevel.Debug,
        >= 13 and <= 16 => LogLevel.Warning,
        >= 17 and <= 20 => LogLevel.Error,
        >= 21 and <= 24 => LogLevel.Critical,
        _ => LogLevel.Information,
    };
}
