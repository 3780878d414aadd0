using System.Security.Cryptography;
using System.Text;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Shared;
using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Otlp;

/// <summary>Receives OpenTelemetry's protocol over HTTP with protobuf.</summary>
internal static class OtlpExtensions
{
    private const string ContentType = "application/x-protobuf";
    private const string ApiKeyHeader = "x-otlp-api-key";
    private const string Limiter = "otlp";

    // Messages are read in memory: only so many at once, and only so many that wait.
    private const int Concurrent = 8;
    private const int Waiting = 512;
    private const string RetryAfterSeconds = "1";

    public static void AddOtlp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OtlpOptions>().BindConfiguration(OtlpOptions.Section)
            .Validate(options => options.IsOpen || !string.IsNullOrEmpty(options.PrimaryApiKey), $"{OtlpOptions.Section}:PrimaryApiKey is missing.")
            .ValidateOnStart();
        builder.Services.AddSingleton<OtlpAttributes>();
        builder.Services.AddSingleton<IOtlpSignal<ExportTraceServiceRequest, ExportTraceServiceResponse>, OtlpTraces>();
        builder.Services.AddSingleton<IOtlpSignal<ExportLogsServiceRequest, ExportLogsServiceResponse>, OtlpLogs>();
        builder.Services.AddSingleton<IOtlpSignal<ExportMetricsServiceRequest, ExportMetricsServiceResponse>, OtlpMetrics>();
        builder.Services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
            limits.OnRejected = (refused, _) =>
            {
                refused.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
                return ValueTask.CompletedTask;
            };
            limits.AddConcurrencyLimiter(Limiter, options => (options.PermitLimit, options.QueueLimit) = (Concurrent, Waiting));
        });
    }

    public static void MapOtlp(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup(DashboardAddresses.TelemetryPath).RequireRateLimiting(Limiter).AllowAnonymous().DisableAntiforgery();
        group.MapSignal<ExportTraceServiceRequest, ExportTraceServiceResponse>("/traces", ExportTraceServiceRequest.Parser);
        group.MapSignal<ExportLogsServiceRequest, ExportLogsServiceResponse>("/logs", ExportLogsServiceRequest.Parser);
        group.MapSignal<ExportMetricsServiceRequest, ExportMetricsServiceResponse>("/metrics", ExportMetricsServiceRequest.Parser);
    }

    private static void MapSignal<TRequest, TResponse>(this IEndpointRouteBuilder endpoints, string path, MessageParser<TRequest> parser)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> =>
        endpoints.MapPost(path, async (HttpRequest request, IOtlpSignal<TRequest, TResponse> signal, IOptions<OtlpOptions> options, CancellationToken cancellationToken) =>
        {
            try
            {
                Check(request, options.Value);
                return Answer(StatusCodes.Status200OK, signal.Take(await OtlpBody.ReadAsync(request, parser, cancellationToken)));
            }
            catch (OtlpException exception)
            {
                return Answer(exception.Status, new Status { Message = exception.Message });
            }
        }).WithMetadata(new RequestSizeLimitAttribute(OtlpBody.MaxSent));

    private static void Check(HttpRequest request, OtlpOptions options)
    {
        string? given = request.Headers[ApiKeyHeader];
        if (!options.IsOpen && !IsKey(given, options.PrimaryApiKey) && !IsKey(given, options.SecondaryApiKey))
            throw new OtlpException(StatusCodes.Status401Unauthorized, $"The header {ApiKeyHeader} is missing or wrong.");
        if (request.ContentType?.Split(';')[0].Trim() is not ContentType)
            throw new OtlpException(StatusCodes.Status415UnsupportedMediaType, $"Send {ContentType}.");
    }

    private static bool IsKey(string? given, string? key) =>
        given is not null && !string.IsNullOrEmpty(key) && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key));

    private static Protobuf Answer(int status, IMessage message) => new Protobuf(status, message);

    private sealed class Protobuf(int status, IMessage message) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var bytes = message.ToByteArray();
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = ContentType;
            httpContext.Response.ContentLength = bytes.Length;
            return httpContext.Response.Body.WriteAsync(bytes, 0, bytes.Length, httpContext.RequestAborted);
        }
    }
}
