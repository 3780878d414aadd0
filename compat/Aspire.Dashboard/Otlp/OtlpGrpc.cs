using System.Buffers.Binary;
using System.Globalization;
using Aspire.Dashboard.Otlp.Protocol;
using Google.Protobuf;

namespace Aspire.Dashboard.Otlp;

/// <summary>
/// Receives OpenTelemetry's protocol over gRPC. Its calls are unary, one message there and one back, which is a POST with a prefix and a
/// trailer: the framework's package, which not every registry has, is not needed for that.
/// </summary>
internal static class OtlpGrpc
{
    private const string ContentType = "application/grpc";
    private const string Services = "/opentelemetry.proto.collector.";

    /// <summary>Serves whatever comes to the address for gRPC.</summary>
    public static async Task ServeAsync(HttpContext context)
    {
        var response = context.Response;
        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.ContentType?.Split(';')[0].Trim() is not (ContentType or ContentType + "+proto"))
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        response.ContentType = ContentType;
        response.Headers.GrpcAcceptEncoding = "identity,gzip";
        try
        {
            var frame = Frame(await TakeAsync(context));
            await response.Body.WriteAsync(frame, context.RequestAborted);
            response.AppendTrailer("grpc-status", Text(GrpcStatus.Ok));
        }
        catch (OtlpException exception)
        {
            // Without a message the trailers are the headers.
            response.Headers.GrpcStatus = Text(Status(exception.Status));
            response.Headers.GrpcMessage = Uri.EscapeDataString(exception.Message);
        }
    }

    private static Task<IMessage> TakeAsync(HttpContext context) => context.Request.Path.Value switch
    {
        Services + "trace.v1.TraceService/Export" => TakeAsync<ExportTraceServiceRequest, ExportTraceServiceResponse>(context, ExportTraceServiceRequest.Parser),
        Services + "logs.v1.LogsService/Export" => TakeAsync<ExportLogsServiceRequest, ExportLogsServiceResponse>(context, ExportLogsServiceRequest.Parser),
        Services + "metrics.v1.MetricsService/Export" => TakeAsync<ExportMetricsServiceRequest, ExportMetricsServiceResponse>(context, ExportMetricsServiceRequest.Parser),
        var other => throw new OtlpException(StatusCodes.Status404NotFound, $"There is no method {other}."),
    };

    private static async Task<IMessage> TakeAsync<TRequest, TResponse>(HttpContext context, MessageParser<TRequest> parser)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage<TResponse>
    {
        var (intake, signal) = (context.RequestServices.GetRequiredService<OtlpIntake>(), context.RequestServices.GetRequiredService<IOtlpSignal<TRequest, TResponse>>());
        return await intake.TakeAsync(context.Request, signal, token => OtlpBody.ReadFrameAsync(context.Request, parser, token), context.RequestAborted);
    }

    private static byte[] Frame(IMessage message)
    {
        var size = message.CalculateSize();
        var frame = new byte[OtlpBody.FramePrefix + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        message.WriteTo(frame.AsSpan(OtlpBody.FramePrefix));
        return frame;
    }

    private static GrpcStatus Status(int status) => status switch
    {
        StatusCodes.Status400BadRequest => GrpcStatus.InvalidArgument,
        StatusCodes.Status401Unauthorized => GrpcStatus.Unauthenticated,
        StatusCodes.Status404NotFound or StatusCodes.Status415UnsupportedMediaType => GrpcStatus.Unimplemented,
        StatusCodes.Status413PayloadTooLarge => GrpcStatus.ResourceExhausted,
        StatusCodes.Status408RequestTimeout or StatusCodes.Status503ServiceUnavailable => GrpcStatus.Unavailable,
        _ => GrpcStatus.Unknown,
    };

    private static string Text(GrpcStatus status) => ((int)status).ToString(CultureInfo.InvariantCulture);

    private enum GrpcStatus
    {
        Ok = 0,
        Unknown = 2,
        InvalidArgument = 3,
        ResourceExhausted = 8,
        Unimplemented = 12,
        Unavailable = 14,
        Unauthenticated = 16,
    }
}
