using System.Buffers.Binary;

namespace Shop.Messaging;

/// <summary>Message ids are UUIDv7, and so carry the time at which the event was added to its outbox.</summary>
public static class MessageTime
{
    private const int Version = 7;

    /// <summary>When the event was added, to the millisecond, UTC; null for an id that is no UUIDv7.</summary>
    public static DateTimeOffset? Of(Guid messageId)
    {
        if (messageId.Version != Version)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        messageId.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
    }
}
