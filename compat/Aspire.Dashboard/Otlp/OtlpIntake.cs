using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Otlp;

/// <summary>What holds however telemetry is sent: who may, how much and how many at once.</summary>
internal sealed class OtlpIntake(IOptions<OtlpOptions> options) : IDisposable
{
    private const string ApiKeyHeader = "x-otlp-api-key";

    // Messages are read in memory: only so many at once, and only so many that wait.
    private const int Concurrent = 8;
    private const int Waiting = 512;

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions { PermitLimit = Concurrent, QueueLimit = Waiting });

    /// <summary>Hands over what a request carries.</summary>
    /// <param name="request">The request.</param>
    /// <param name="signal">Takes it over.</param>
    /// <param name="read">Reads the message.</param>
    /// <param name="cancellationToken">The sender has gone.</param>
    /// <exception cref="OtlpException">It is refused.</exception>
    public async Task<TResponse> TakeAsync<TRequest, TResponse>(
        HttpRequest request, IOtlpSignal<TRequest, TResponse> signal, Func<CancellationToken, Task<TRequest>> read, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        string? given = request.Headers[ApiKeyHeader];
        if (!options.Value.IsOpen && !IsKey(given, options.Value.PrimaryApiKey) && !IsKey(given, options.Value.SecondaryApiKey))
            throw new OtlpException(StatusCodes.Status401Unauthorized, $"The header {ApiKeyHeader} is missing or wrong.");

        using var place = await _limiter.AcquireAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!place.IsAcquired)
            throw new OtlpException(StatusCodes.Status503ServiceUnavailable, "Too many send at once: send it again later.");

        request.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = OtlpBody.MaxSent;
        try
        {
            return signal.Take(await read(cancellationToken).ConfigureAwait(false));
        }
        catch (BadHttpRequestException exception)
        {
            throw new OtlpException(exception.StatusCode, exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"The body is larger than {OtlpBody.MaxSent} bytes." : exception.Message);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new OtlpException(StatusCodes.Status400BadRequest, exception.Message);
        }
    }

    public void Dispose() => _limiter.Dispose();

    private static bool IsKey(string? given, string? key) =>
        given is not null && !string.IsNullOrEmpty(key) && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key));
}

/// <summary>A request is refused.</summary>
/// <param name="status">The status of the answer, in HTTP's terms.</param>
/// <param name="message">Why, for who sent it.</param>
internal sealed class OtlpException(int status, string message) : Exception(message)
{
    public int Status => status;
}
