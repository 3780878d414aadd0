using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using static Shop.Tests.Unit.Dashboard.OtlpMessages;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>What the dashboard takes from exporters, and what it refuses, over gRPC.</summary>
public sealed class OtlpGrpcTests : IAsyncLifetime
{
    private const string Traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const int Ok = 0, InvalidArgument = 3, ResourceExhausted = 8, Unimplemented = 12, Unauthenticated = 16;

    private RunningDashboard _dashboard = null!;
    private HttpClient _client = null!;

    private Aspire.Dashboard.Telemetry.Trace[] Kept => _dashboard.Services.GetRequiredService<TraceStore>().Snapshot();

    public async Task InitializeAsync()
    {
        _dashboard = await RunningDashboard.StartAsync();
        _client = _dashboard.CreateExporter(isGrpc: true);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _dashboard.DisposeAsync();
    }

    [Fact]
    public void The_exporter_of_OpenTelemetry_delivers_spans()
    {
        using var source = new ActivitySource("test.grpc.spans");
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddOtlpExporter(Configure).Build();
        source.StartActivity("work")!.Dispose();

        Assert.True(provider.ForceFlush());
        Assert.Equal("work", Assert.Single(Assert.Single(Kept).Spans.ToArray()).Name);
    }

    [Fact]
    public void The_exporter_of_OpenTelemetry_delivers_log_records()
    {
        using (var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options => options.AddOtlpExporter(Configure))))
            loggers.CreateLogger("test.grpc.logs").LogWarning("said");

        Assert.Equal("said", Assert.Single(_dashboard.Services.GetRequiredService<LogStore>().Snapshot()).Message);
    }

    [Fact]
    public void The_exporter_of_OpenTelemetry_delivers_metrics()
    {
        using var meter = new Meter("test.grpc.metrics");
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddOtlpExporter(Configure).Build();
        meter.CreateCounter<int>("orders").Add(7);

        Assert.True(provider.ForceFlush());
        Assert.Equal("orders", Assert.Single(_dashboard.Services.GetRequiredService<MetricStore>().Instruments()).Key.Name);
    }

    [Theory]
    [InlineData("application/grpc", false)]
    [InlineData("application/grpc+proto", true)]
    public async Task A_message_is_answered_with_a_message(string type, bool zipped)
    {
        var message = Request(Message(1, 11), new SpanMessage { Name = "no ids" }).ToByteArray();
        var answer = await SendAsync(zipped ? Frame(Zip(message), packed: 1) : Frame(message), encoding: "gzip", type: type);

        Assert.Equal((HttpStatusCode.OK, Ok), (answer.Http, answer.Status));
        Assert.Equal(answer.Body.Length - 5, BinaryPrimitives.ReadInt32BigEndian(answer.Body.AsSpan(1)));
        Assert.Equal(1, ExportTraceServiceResponse.Parser.ParseFrom(answer.Body.AsSpan(5)).PartialSuccess.RejectedSpans);
        Assert.Single(Kept);
    }

    public static TheoryData<string, byte[]> Malformed()
    {
        var whole = Request(Message(1, 11)).ToByteArray();
        var zipped = Zip(whole);
        return new TheoryData<string, byte[]>
        {
            { "nothing", [] },
            { "half a prefix", [0, 0, 0] },
            { "less than it says", Frame(whole)[..^3] },
            { "two messages", [.. Frame(whole), .. Frame(whole)] },
            { "a length beyond all", [0, 0xff, 0xff, 0xff, 0xff, 1] },
            { "a flag that is none", Frame(whole, packed: 2) },
            { "not protobuf", Frame([.. "not protobuf"u8]) },
            { "a message that ends too early", Frame(whole[..^3]) },
            { "packed, but it is not", Frame(whole, packed: 1) },
            { "packed, but ends too early", Frame(zipped[..^30], packed: 1) },
        };
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_not_one_whole_message_is_an_invalid_argument(string _, byte[] body) => await RefusesAsync(InvalidArgument, SendAsync(body, encoding: "gzip"));

    [Fact]
    public async Task An_oversized_message_is_refused_as_sent_and_as_unpacked()
    {
        await RefusesAsync(ResourceExhausted, SendAsync(Frame(new byte[OtlpBody.MaxSent])));
        await RefusesAsync(ResourceExhausted, SendAsync(Frame(Zip(new byte[OtlpBody.MaxUnpacked + 1]), packed: 1), encoding: "gzip"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another key")]
    public async Task Without_the_key_nothing_is_taken(string? key) => await RefusesAsync(Unauthenticated, SendAsync(Frame(Request(Message(1, 11)).ToByteArray()), key: key));

    [Theory]
    [InlineData("/opentelemetry.proto.collector.trace.v1.TraceService/Import")]
    [InlineData("/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export")]
    [InlineData("/v1/traces")]
    [InlineData("/login")]
    public async Task Other_methods_are_not_implemented(string path) => await RefusesAsync(Unimplemented, SendAsync(Frame([]), path: path));

    [Theory]
    [InlineData("br")]
    [InlineData(null)]
    public async Task Other_encodings_are_not_implemented(string? encoding)
    {
        var message = Request(Message(1, 11)).ToByteArray();
        await RefusesAsync(Unimplemented, SendAsync(Frame(message, packed: 1), encoding: encoding));
    }

    [Theory]
    [InlineData("POST", "application/x-protobuf")]
    [InlineData("POST", "application/grpc-web")]
    [InlineData("POST", "application/grpc+json")]
    [InlineData("POST", null)]
    [InlineData("GET", "application/grpc")]
    public async Task What_is_not_gRPC_is_refused_as_HTTP_does(string method, string? type)
    {
        var answer = await SendAsync(Frame(Request(Message(1, 11)).ToByteArray()), type: type, method: method);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Http);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Each_address_serves_its_own_alone()
    {
        using var plain = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var page = await plain.GetAsync(new Uri(_dashboard.Grpc, "/login"));
        using var content = new ByteArrayContent(Frame([]));
        using var atPages = await plain.PostAsync(new Uri(_dashboard.Pages, Traces), content);
        using var atHttp = await plain.PostAsync(new Uri(_dashboard.Telemetry, Traces), content);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Redirect, HttpStatusCode.NotFound), (page.StatusCode, atPages.StatusCode, atHttp.StatusCode));
    }

    [Fact]
    public async Task A_sender_that_leaves_in_the_middle_disturbs_nobody()
    {
        var frame = Frame(Request(Message(1, 11)).ToByteArray());
        using var leaving = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(new HalfSent(frame, leaving), cancellationToken: leaving.Token));

        Assert.Equal(Ok, (await SendAsync(frame)).Status);
        Assert.Single(Kept);
    }

    private void Configure(OtlpExporterOptions options)
    {
        options.Protocol = OtlpExportProtocol.Grpc;
        options.Endpoint = _dashboard.Grpc;
        options.Headers = $"x-otlp-api-key={RunningDashboard.ApiKey}";
    }

    private async Task RefusesAsync(int expected, Task<Answer> sending)
    {
        var answer = await sending;

        Assert.Equal((HttpStatusCode.OK, expected), (answer.Http, answer.Status));
        Assert.NotEmpty(answer.Message);
        Assert.Empty(answer.Body);
        Assert.Empty(Kept);
    }

    private Task<Answer> SendAsync(
        byte[] body, string path = Traces, string? encoding = null, string? type = "application/grpc", string? key = RunningDashboard.ApiKey, string method = "POST") =>
        SendAsync(new ByteArrayContent(body), path, encoding, type, key, method);

    private async Task<Answer> SendAsync(
        HttpContent body, string path = Traces, string? encoding = null, string? type = "application/grpc", string? key = RunningDashboard.ApiKey, string method = "POST",
        CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body,
            Version = HttpVersion.Version20, // Without TLS it has to be known.
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.ParseAdd("trailers");
        if (type is not null)
            request.Content.Headers.ContentType = new(type);
        if (encoding is not null)
            request.Headers.Add("grpc-encoding", encoding);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("x-otlp-api-key", key);
        using var response = await _client.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var said = response.Headers.Concat(response.TrailingHeaders).ToDictionary(header => header.Key, header => header.Value.Single());
        return new Answer(
            response.StatusCode, said.TryGetValue("grpc-status", out var status) ? int.Parse(status, CultureInfo.InvariantCulture) : null, Uri.UnescapeDataString(said.GetValueOrDefault("grpc-message", "")), answer);
    }

    private static byte[] Frame(byte[] message, byte packed = 0)
    {
        byte[] frame = [packed, 0, 0, 0, 0, .. message];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        return frame;
    }

    private sealed record Answer(HttpStatusCode Http, int? Status, string Message, byte[] Body);

    /// <summary>A body whose sender leaves before its end.</summary>
    private sealed class HalfSent(byte[] frame, CancellationTokenSource leaving) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(frame.AsMemory(0, frame.Length / 2));
            await stream.FlushAsync();
            await leaving.CancelAsync();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
