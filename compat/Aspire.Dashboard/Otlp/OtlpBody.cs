using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;

namespace Aspire.Dashboard.Otlp;

/// <summary>Reads the message in the body of a request.</summary>
internal static class OtlpBody
{
    /// <summary>As it comes over the network.</summary>
    public const int MaxSent = 8 * 1024 * 1024;

    /// <summary>Once it is unpacked.</summary>
    public const int MaxUnpacked = 32 * 1024 * 1024;

    /// <summary>What stands before a message in gRPC: whether it is packed, and four bytes of its length.</summary>
    public const int FramePrefix = 5;

    private const int FirstBuffer = 64 * 1024;

    /// <summary>The body is the message.</summary>
    /// <exception cref="OtlpException">It is too large, or of another kind.</exception>
    /// <exception cref="InvalidProtocolBufferException">It is not such a message.</exception>
    /// <exception cref="InvalidDataException">It is not packed as it says.</exception>
    public static Task<T> ReadAsync<T>(HttpRequest request, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>, new() =>
        ParseAsync(request.Body, request.Headers.ContentEncoding.ToString(), parser, cancellationToken);

    /// <summary>The body is one frame of gRPC, with the message in it.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public static async Task<T> ReadFrameAsync<T>(HttpRequest request, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>, new()
    {
        using var sent = await Buffer.ReadAsync(request.Body, MaxSent, cancellationToken).ConfigureAwait(false);
        if (sent.Length < FramePrefix || sent.Bytes[0] > 1 || BinaryPrimitives.ReadUInt32BigEndian(sent.Bytes.AsSpan(1)) != sent.Length - FramePrefix)
            throw new InvalidDataException("The body must be one message, whole, behind its length.");

        var encoding = sent.Bytes[0] == 0 ? "" : request.Headers.GrpcEncoding.ToString() is { Length: > 0 } named ? named : "none";
        using var message = new MemoryStream(sent.Bytes, FramePrefix, sent.Length - FramePrefix);
        return await ParseAsync(message, encoding, parser, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<T> ParseAsync<T>(Stream sent, string encoding, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>, new()
    {
        await using var unpacking = encoding switch
        {
            "" or "identity" => null,
            "gzip" => new GZipStream(sent, CompressionMode.Decompress, leaveOpen: true),
            var other => throw new OtlpException(StatusCodes.Status415UnsupportedMediaType, $"The encoding '{other}' is not known: send gzip or none."),
        };
        using var message = await Buffer.ReadAsync(unpacking ?? sent, MaxUnpacked, cancellationToken).ConfigureAwait(false);
        OtlpParts.Check(message.Bytes.AsSpan(0, message.Length), new T().Descriptor);
        return parser.WithDiscardUnknownFields(true).ParseFrom(message.Bytes, 0, message.Length);
    }

    /// <summary>Borrowed memory, with all that came.</summary>
    private sealed class Buffer : IDisposable
    {
        public byte[] Bytes { get; private set; } = ArrayPool<byte>.Shared.Rent(FirstBuffer);

        public int Length { get; private set; }

        public static async Task<Buffer> ReadAsync(Stream stream, int most, CancellationToken cancellationToken)
        {
            var buffer = new Buffer();
            try
            {
                while (await stream.ReadAsync(buffer.Bytes.AsMemory(buffer.Length), cancellationToken).ConfigureAwait(false) is > 0 and var read)
                {
                    buffer.Length += read;
                    if (buffer.Length > most)
                        throw new OtlpException(StatusCodes.Status413PayloadTooLarge, $"The message is larger than {most} bytes.");
                    if (buffer.Length == buffer.Bytes.Length)
                        buffer.Grow();
                }

                return buffer;
            }
            catch
            {
                buffer.Dispose();
                throw;
            }
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(Bytes);

        private void Grow()
        {
            var larger = ArrayPool<byte>.Shared.Rent(Bytes.Length * 2);
            Bytes.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(Bytes);
            Bytes = larger;
        }
    }
}
