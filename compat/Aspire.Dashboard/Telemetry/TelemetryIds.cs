using System.Buffers.Binary;
using System.Globalization;

namespace Aspire.Dashboard.Telemetry;

/// <summary>The id of a trace; 16 bytes, not all zero.</summary>
public readonly record struct TraceId(UInt128 Value)
{
    private const int Size = 16;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out TraceId id)
    {
        id = bytes.Length == Size ? new TraceId(BinaryPrimitives.ReadUInt128BigEndian(bytes)) : default;
        return id != default;
    }

    public static bool TryParse(string? text, out TraceId id)
    {
        id = text?.Length == 2 * Size && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? new TraceId(value) : default;
        return id != default;
    }

    /// <summary>As in <c>traceparent</c>.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>The id of a span; 8 bytes, not all zero.</summary>
public readonly record struct SpanId(ulong Value)
{
    private const int Size = 8;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out SpanId id)
    {
        id = bytes.Length == Size ? new SpanId(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : default;
        return id != default;
    }

    public static bool TryParse(string? text, out SpanId id)
    {
        id = text?.Length == 2 * Size && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? new SpanId(value) : default;
        return id != default;
    }

    /// <summary>As in <c>traceparent</c>.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
