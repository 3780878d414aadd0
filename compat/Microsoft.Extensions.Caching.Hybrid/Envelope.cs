using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Microsoft.Extensions.Caching.Hybrid;

/// <summary>An entry as the distributed level holds it: when it began and ends, its tags, and the serialized value.</summary>
/// <param name="Created">When loading the value began.</param>
/// <param name="Expires">When the entry ends.</param>
/// <param name="Tags">The tags it can be removed by.</param>
/// <param name="Payload">The serialized value; <see langword="null"/> for a null.</param>
internal sealed record Envelope(DateTimeOffset Created, DateTimeOffset Expires, string[] Tags, byte[]? Payload)
{
    private const byte WithValue = 1;
    private const byte WithNull = 2;
    private const int MaxTags = 256;

    public byte[] Encode()
    {
        using var stream = new MemoryStream(64 + (Payload?.Length ?? 0));
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Payload is null ? WithNull : WithValue);
        writer.Write(Created.UtcTicks);
        writer.Write(Expires.UtcTicks);
        writer.Write7BitEncodedInt(Tags.Length);
        foreach (var tag in Tags)
            writer.Write(tag);
        writer.Write(Payload ?? []);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; anything else under the key is no entry of ours.</summary>
    public static bool TryDecode(byte[] bytes, [NotNullWhen(true)] out Envelope? envelope)
    {
        envelope = null;
        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        try
        {
            var kind = reader.ReadByte();
            if (kind is not (WithValue or WithNull))
                return false;

            var created = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
            var expires = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
            var count = reader.Read7BitEncodedInt();
            if (count is < 0 or > MaxTags)
                return false;

            var tags = new string[count];
            for (var i = 0; i < count; i++)
                tags[i] = reader.ReadString();
            envelope = new Envelope(created, expires, tags, kind == WithNull ? null : bytes[(int)stream.Position..]);
            return true;
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentOutOfRangeException or FormatException or IOException)
        {
            return false;
        }
    }
}
