using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Shared;
using Google.Protobuf;

namespace Aspire.Dashboard.Otlp;

/// <summary>Receives OpenTelemetry's protocol over HTTP with protobuf.</summary>
internal static class OtlpExtensions
{
    private const string ContentType = "application/x-protobuf";
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
        builder.Services.AddSingleton<OtlpIntake>();
    }

    public static void MapOtlp(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup(DashboardAddresses.TelemetryPath).AllowAnonymous().DisableAntiforgery();
        group.MapSignal<ExportTraceServiceRequest, ExportTraceServiceResponse>("/traces", ExportTraceServiceRequest.Parser);
        group.MapSignal<ExportLogsServiceRequest, ExportLogsServiceResponse>("/logs", ExportLogsServiceRequest.Parser);
        group.MapSignal<ExportMetricsServiceRequest, ExportMetricsServiceResponse>("/metrics", ExportMetricsServiceRequest.Parser);
    }

    private static void MapSignal<TRequest, TResponse>(this IEndpointRouteBuilder endpoints, string path, MessageParser<TRequest> parser)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage<TResponse> =>
        endpoints.MapPost(path, async (HttpRequest request, HttpResponse response, OtlpIntake intake, IOtlpSignal<TRequest, TResponse> signal, CancellationToken cancellationToken) =>
        {
            try
            {
                return Answer(StatusCodes.Status200OK, await intake.TakeAsync(request, signal, token => ReadAsync(request, parser, token), cancellationToken));
            }
            catch (OtlpException exception)
            {
                if (exception.Status == StatusCodes.Status503ServiceUnavailable)
                    response.Headers.RetryAfter = RetryAfterSeconds;
                return Answer(exception.Status, new Status { Message = exception.Message });
            }
        });

    private static Task<T> ReadAsync<T>(HttpRequest request, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>, new() =>
        request.ContentType?.Split(';')[0].Trim() is ContentType
            ? OtlpBody.ReadAsync(request, parser, cancellationToken)
            : throw new OtlpException(StatusCodes.Status415UnsupportedMediaType, $"Send {ContentType}.");

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
