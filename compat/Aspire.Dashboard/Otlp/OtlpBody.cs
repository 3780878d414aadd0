using System.Buffers;
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

    private const int FirstBuffer = 64 * 1024;

    /// <exception cref="OtlpException">It is too large, or not such a message.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        var body = request.Headers.ContentEncoding.ToString() switch
        {
            "" or "identity" => request.Body,
            "gzip" => new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
            var other => throw new OtlpException(StatusCodes.Status415UnsupportedMediaType, $"The encoding '{other}' is not known: send gzip or none."),
        };
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            while (await body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                length += read;
                if (length > MaxUnpacked)
                    throw new OtlpException(StatusCodes.Status413PayloadTooLarge, $"The message is larger than {MaxUnpacked} bytes.");
                if (length == buffer.Length)
                    buffer = Grow(buffer);
            }

            return parser.ParseFrom(buffer, 0, length);
        }
        catch (BadHttpRequestException exception)
        {
            throw new OtlpException(exception.StatusCode, exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"The body is larger than {MaxSent} bytes." : exception.Message);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new OtlpException(StatusCodes.Status400BadRequest, exception.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (body != request.Body)
                await body.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}

/// <summary>A request is refused.</summary>
/// <param name="status">The status of the answer.</param>
/// <param name="message">Why, for who sent it.</param>
internal sealed class OtlpException(int status, string message) : Exception(message)
{
    public int Status => status;
}
