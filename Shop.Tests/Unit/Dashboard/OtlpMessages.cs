using System.IO.Compression;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>What exporters send.</summary>
internal static class OtlpMessages
{
    public static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest))
            zip.Write(bytes);
        return zipped.ToArray();
    }

    public static ExportTraceServiceRequest Request(params SpanMessage[] spans) =>
        new() { ResourceSpans = { new ResourceSpans { Resource = Sender(), ScopeSpans = { new ScopeSpans { Scope = new() { Name = "Shop.Orders" }, Spans = { spans } } } } } };

    public static Resource Sender() => new()
    {
        Attributes = { new KeyValue { Key = "service.name", Value = Value("orders") }, new KeyValue { Key = "service.instance.id", Value = Value("abc") } },
    };

    public static SpanMessage Message(byte trace, byte id) => new()
    {
        TraceId = Id(trace, 16),
        SpanId = Id(id, 8),
        Name = "POST /orders",
        Kind = (int)SpanKind.Server,
        StartTimeUnixNano = Sample.Begin,
        EndTimeUnixNano = Sample.Begin + 5,
        Status = new SpanStatus { Code = 2, Message = "boom" },
        Attributes = { new KeyValue { Key = "list", Value = new AnyValue { ArrayValue = new ArrayValue { Values = { Value("a"), new AnyValue { IntValue = 1 } } } } } },
        Events = { new SpanEventMessage { Name = "exception", TimeUnixNano = Sample.Begin + 2, Attributes = { new KeyValue { Key = "exception.message", Value = Value("boom") } } } },
        Links = { new SpanLinkMessage { TraceId = Id(2, 16), SpanId = Id(5, 8) } },
    };

    public static ByteString Id(byte value, int length)
    {
        var bytes = new byte[length];
        bytes[^1] = value;
        return ByteString.CopyFrom(bytes);
    }

    public static AnyValue Value(string text) => new() { StringValue = text };
}
