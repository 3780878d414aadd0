using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Aspire.Dashboard.Otlp;

/// <summary>
/// Counts what a message is made of before it is parsed: two bytes, well packed besides, can become an object of hundreds, and a small
/// request gigabytes.
/// </summary>
internal static class OtlpParts
{
    /// <summary>
    /// The messages in a message. 512 spans with 20 attributes each, which is what an exporter sends at once, are 21,000. An empty span
    /// takes some 220 bytes of memory: this many in each of the requests that are read at once are a third of a gigabyte.
    /// </summary>
    public const int Most = 200_000;

    private const int LeastPart = 2; // Bytes: a tag and a length.
    private const int MostDepth = 100; // The parser goes no deeper either.
    private const int WireTypeBits = 3;
    private const int VarintBits = 64;

    /// <exception cref="OtlpException">There are too many.</exception>
    /// <exception cref="InvalidDataException">It is not such a message.</exception>
    public static void Check(ReadOnlySpan<byte> message, MessageDescriptor type)
    {
        var left = Most;
        if (message.Length > Most * LeastPart)
            Count(message, type, ref left, MostDepth);
    }

    private static void Count(ReadOnlySpan<byte> message, MessageDescriptor type, ref int left, int depth)
    {
        while (!message.IsEmpty)
        {
            var tag = (uint)Varint(ref message); // The parser too takes 32 bits of it.
            switch ((WireFormat.WireType)(tag & ((1 << WireTypeBits) - 1)))
            {
                case WireFormat.WireType.Varint:
                    Varint(ref message);
                    break;
                case WireFormat.WireType.Fixed64:
                    Take(ref message, sizeof(ulong));
                    break;
                case WireFormat.WireType.Fixed32:
                    Take(ref message, sizeof(uint));
                    break;
                case WireFormat.WireType.LengthDelimited:
                    var part = Take(ref message, Varint(ref message));
                    if (type.FindFieldByNumber((int)(tag >> WireTypeBits)) is not { FieldType: FieldType.Message } field)
                        break;
                    if (--left < 0)
                        throw new OtlpException(StatusCodes.Status413PayloadTooLarge, $"The message is made of more than {Most} parts.");
                    if (depth == 0)
                        throw new InvalidDataException("The message nests too deep.");
                    Count(part, field.MessageType, ref left, depth - 1);
                    break;
                default:
                    throw new InvalidDataException("The message has groups in it, which OpenTelemetry's have not.");
            }
        }
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var value = 0ul;
        for (var shift = 0; shift < VarintBits; shift += 7)
        {
            var next = Take(ref message, 1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("The message has a number without end.");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> message, ulong length)
    {
        if (length > (ulong)message.Length)
            throw new InvalidDataException("The message ends too early.");

        var taken = message[..(int)length];
        message = message[(int)length..];
        return taken;
    }
}
