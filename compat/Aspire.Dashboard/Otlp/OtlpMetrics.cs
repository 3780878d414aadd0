using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf.Collections;

namespace Aspire.Dashboard.Otlp;

/// <summary>Takes metric points over from their messages.</summary>
internal sealed class OtlpMetrics(OtlpAttributes attributes, MetricStore store) : IOtlpSignal<ExportMetricsServiceRequest, ExportMetricsServiceResponse>
{
    private const int Delta = 1;
    private const int MaxBuckets = 256;

    // What is greater nobody measures, and the sum of many would be no number any more.
    private const double MaxNumber = 1e100;

    public ExportMetricsServiceResponse Take(ExportMetricsServiceRequest request)
    {
        var rejected = 0;
        foreach (var sender in request.ResourceMetrics)
        {
            var resource = attributes.Read(sender.Resource);
            foreach (var scope in sender.ScopeMetrics)
            {
                var meter = attributes.Text(scope.Scope?.Name ?? "");
                foreach (var metric in scope.Metrics)
                    rejected += Take(metric, new InstrumentKey(resource, meter, attributes.Text(metric.Name)));
            }
        }

        return rejected == 0
            ? new ExportMetricsServiceResponse()
            : new ExportMetricsServiceResponse
            {
                PartialSuccess = new ExportMetricsPartialSuccess
                {
                    RejectedDataPoints = rejected,
                    ErrorMessage = "Taken are finite gauges, sums and histograms with explicit bounds that do not change, up to Dashboard:TelemetryLimits:MaxMetricsCount series.",
                },
            };
    }

    /// <returns>How many points were refused.</returns>
    private int Take(MetricMessage metric, InstrumentKey key)
    {
        var (kind, points, refused) = metric.DataCase switch
        {
            MetricMessage.DataOneofCase.Gauge => Numbers(InstrumentKind.Gauge, metric.Gauge.DataPoints, isDelta: false),
            MetricMessage.DataOneofCase.Sum => Numbers(
                metric.Sum.IsMonotonic ? InstrumentKind.Counter : InstrumentKind.UpDownCounter, metric.Sum.DataPoints, metric.Sum.AggregationTemporality == Delta),
            MetricMessage.DataOneofCase.Histogram => Histograms(metric.Histogram),
            MetricMessage.DataOneofCase.ExponentialHistogram => (default, [], metric.ExponentialHistogram.DataPoints.Count),
            MetricMessage.DataOneofCase.Summary => (default, [], metric.Summary.DataPoints.Count),
            MetricMessage.DataOneofCase.None => (default, [], 0),
        };
        return points.Count == 0
            ? refused
            : refused + store.Add(new InstrumentInfo(key, kind, attributes.Text(metric.Unit), attributes.Text(metric.Description)), points);
    }

    private (InstrumentKind Kind, List<MetricPoint> Points, int Refused) Numbers(InstrumentKind kind, RepeatedField<NumberDataPoint> messages, bool isDelta)
    {
        var points = new List<MetricPoint>(messages.Count);
        foreach (var message in messages)
        {
            var number = message.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? message.AsInt : message.AsDouble;
            if (OtlpTime.Read(message.TimeUnixNano) is { } at && IsSound(number))
                points.Add(new MetricPoint
                {
                    Dimensions = attributes.Read(message.Attributes),
                    Time = at,
                    Start = OtlpTime.Read(message.StartTimeUnixNano) ?? at,
                    IsDelta = isDelta,
                    Number = number,
                });
        }

        return (kind, points, messages.Count - points.Count);
    }

    private (InstrumentKind Kind, List<MetricPoint> Points, int Refused) Histograms(HistogramMessage histogram)
    {
        var points = new List<MetricPoint>(histogram.DataPoints.Count);
        foreach (var message in histogram.DataPoints)
        {
            if (OtlpTime.Read(message.TimeUnixNano) is { } at && IsSound(message))
                points.Add(new MetricPoint
                {
                    Dimensions = attributes.Read(message.Attributes),
                    Time = at,
                    Start = OtlpTime.Read(message.StartTimeUnixNano) ?? at,
                    IsDelta = histogram.AggregationTemporality == Delta,
                    Histogram = new HistogramValue(message.Count, message.Sum, [.. message.BucketCounts.Select(count => (double)count)], [.. message.ExplicitBounds]),
                });
        }

        return (InstrumentKind.Histogram, points, histogram.DataPoints.Count - points.Count);
    }

    private static bool IsSound(double number) => Math.Abs(number) <= MaxNumber;

    private static bool IsSound(HistogramDataPoint message)
    {
        if (message.BucketCounts.Count is 0 or > MaxBuckets || message.BucketCounts.Count != message.ExplicitBounds.Count + 1 || !IsSound(message.Sum))
            return false;

        for (var i = 0; i < message.ExplicitBounds.Count; i++)
        {
            if (!IsSound(message.ExplicitBounds[i]) || (i > 0 && message.ExplicitBounds[i] <= message.ExplicitBounds[i - 1]))
                return false;
        }

        return true;
    }
}
