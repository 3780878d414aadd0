using System.Net;
using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Shop.Tests.Unit.Dashboard.OtlpMessages;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>What the dashboard takes from exporters, and what it refuses, over HTTP.</summary>
public sealed class OtlpReceiverTests : IAsyncLifetime
{
    private RunningDashboard _dashboard = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _dashboard = await RunningDashboard.StartAsync();
        _client = _dashboard.CreateExporter();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _dashboard.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Spans_are_taken_plain_and_zipped(bool zipped)
    {
        var request = Request(Message(1, 11));
        var (status, body) = await SendAsync("traces", request.ToByteArray(), encoding: zipped ? "gzip" : null);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Null(ExportTraceServiceResponse.Parser.ParseFrom(body).PartialSuccess);
        var span = Single();
        Assert.Equal(("orders", "POST /orders", SpanKind.Server, true), (span.Resource.Service, span.Name, span.Kind, span.IsError));
        Assert.Equal("orders-abc", span.Resource.Id);
        Assert.Equal("[\"a\",1]", span.Attributes["list"]);
        Assert.Equal(("exception", "boom"), (span.Events[0].Name, span.Events[0].Attributes["exception.message"]));
        Assert.Equal(new SpanId(5), span.Links[0].SpanId);
    }

    [Fact]
    public async Task Spans_without_ids_or_times_are_refused_and_the_others_taken()
    {
        var timeless = Message(1, 12);
        timeless.EndTimeUnixNano = 0;
        var (status, body) = await SendAsync("traces", Request(Message(1, 11), new SpanMessage { Name = "no ids" }, timeless, Message(0, 13)).ToByteArray());

        Assert.Equal(HttpStatusCode.OK, status);
        var partial = ExportTraceServiceResponse.Parser.ParseFrom(body).PartialSuccess;
        Assert.Equal(3, partial.RejectedSpans);
        Assert.NotEmpty(partial.ErrorMessage);
        Assert.Equal(new SpanId(11), Single().Id);
    }

    [Fact]
    public async Task Log_records_are_taken_with_their_level_and_trace()
    {
        var message = new LogRecordMessage { TimeUnixNano = Sample.Begin, SeverityNumber = 17, Body = Value("it broke"), TraceId = Id(1, 16), SpanId = Id(11, 8) };
        message.Attributes.Add(new KeyValue { Key = "{OriginalFormat}", Value = Value("it {What}") });
        message.Attributes.Add(new KeyValue { Key = "What", Value = Value("broke") });
        var request = new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { Resource = Sender(), ScopeLogs = { new ScopeLogs { Scope = new() { Name = "Shop.Orders" }, LogRecords = { message } } } } } };

        var (status, _) = await SendAsync("logs", request.ToByteArray());

        Assert.Equal(HttpStatusCode.OK, status);
        var record = Assert.Single(_dashboard.Services.GetRequiredService<LogStore>().Snapshot());
        Assert.Equal((LogLevel.Error, "it broke", "Shop.Orders"), (record.Level, record.Message, record.Category));
        Assert.Equal((new TraceId(1), new SpanId(11)), (record.TraceId, record.SpanId));
        Assert.Equal([new("What", "broke")], record.Attributes);
    }

    [Fact]
    public async Task Points_are_taken_and_what_has_no_chart_is_refused()
    {
        var metrics = new ScopeMetrics { Scope = new() { Name = "Shop.Orders" } };
        metrics.Metrics.Add(new MetricMessage { Name = "orders", Sum = new() { IsMonotonic = true, AggregationTemporality = 2, DataPoints = { new NumberDataPoint { TimeUnixNano = Sample.Begin, AsInt = 7 } } } });
        metrics.Metrics.Add(new MetricMessage { Name = "duration", Histogram = new() { DataPoints = { new HistogramDataPoint { TimeUnixNano = Sample.Begin, Count = 1, BucketCounts = { 1, 0 }, ExplicitBounds = { 5 } } } } });
        metrics.Metrics.Add(new MetricMessage { Name = "odd", Histogram = new() { DataPoints = { new HistogramDataPoint { TimeUnixNano = Sample.Begin, Count = 1, BucketCounts = { 1 }, ExplicitBounds = { 5 } } } } });
        metrics.Metrics.Add(new MetricMessage { Name = "exponential", ExponentialHistogram = new() { DataPoints = { new UnsupportedPoint(), new UnsupportedPoint() } } });
        var request = new ExportMetricsServiceRequest { ResourceMetrics = { new ResourceMetrics { Resource = Sender(), ScopeMetrics = { metrics } } } };

        var (status, body) = await SendAsync("metrics", request.ToByteArray());

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(3, ExportMetricsServiceResponse.Parser.ParseFrom(body).PartialSuccess.RejectedDataPoints);
        Assert.Equal(["duration", "orders"], _dashboard.Services.GetRequiredService<MetricStore>().Instruments().Select(info => info.Key.Name));
    }

    [Theory]
    [InlineData("not protobuf at all")]
    [InlineData("\u000a\u00ff\u00ff\u00ff\u00ff\u000f")]
    public async Task A_malformed_body_is_a_bad_request(string body) =>
        await RefusesAsync(HttpStatusCode.BadRequest, "traces", System.Text.Encoding.Latin1.GetBytes(body));

    [Fact]
    public async Task A_truncated_body_is_a_bad_request()
    {
        var whole = Request(Message(1, 11)).ToByteArray();

        await RefusesAsync(HttpStatusCode.BadRequest, "traces", whole[..^3]);
        await RefusesAsync(HttpStatusCode.BadRequest, "traces", Zip(whole)[..^30], alreadyZipped: true);
        await RefusesAsync(HttpStatusCode.BadRequest, "traces", whole, alreadyZipped: true);
    }

    [Fact]
    public async Task An_oversized_body_is_refused_as_sent_and_as_unpacked()
    {
        await RefusesAsync(HttpStatusCode.RequestEntityTooLarge, "logs", new byte[OtlpBody.MaxSent + 1]);
        await RefusesAsync(HttpStatusCode.RequestEntityTooLarge, "logs", Zip(new byte[OtlpBody.MaxUnpacked + 1]), alreadyZipped: true);
    }

    [Theory]
    [InlineData("application/json", null)]
    [InlineData("application/x-protobuf", "br")]
    public async Task Other_types_and_encodings_are_refused(string type, string? encoding)
    {
        var (status, _) = await SendAsync("traces", Request(Message(1, 11)).ToByteArray(), encoding: encoding, type: type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another key")]
    public async Task Without_the_key_nothing_is_taken(string? key)
    {
        var (status, _) = await SendAsync("traces", Request(Message(1, 11)).ToByteArray(), key: key);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Empty(_dashboard.Services.GetRequiredService<TraceStore>().Snapshot());
    }

    [Fact]
    public async Task When_too_many_send_at_once_one_more_is_told_to_come_later()
    {
        var waits = new TaskCompletionSource<ExportTraceServiceRequest>();
        var intake = _dashboard.Services.GetRequiredService<OtlpIntake>();
        var signal = _dashboard.Services.GetRequiredService<IOtlpSignal<ExportTraceServiceRequest, ExportTraceServiceResponse>>();
        var sending = new List<Task>();
        OtlpException? refused = null;
        while (refused is null && sending.Count < 10_000)
        {
            var sent = intake.TakeAsync(FakeRequest(), signal, _ => waits.Task, CancellationToken.None);
            refused = sent.Exception?.InnerException as OtlpException;
            sending.Add(sent);
        }

        Assert.Equal(StatusCodes.Status503ServiceUnavailable, refused!.Status);
        using var content = new ByteArrayContent(Request(Message(1, 11)).ToByteArray());
        content.Headers.ContentType = new("application/x-protobuf");
        content.Headers.Add("x-otlp-api-key", RunningDashboard.ApiKey);
        using var response = await _client.PostAsync(new Uri("/v1/traces", UriKind.Relative), content);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (response.StatusCode, response.Headers.RetryAfter is not null));

        waits.SetResult(Request(Message(2, 12)));
        await Task.WhenAll(sending.SkipLast(1));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("traces", Request(Message(1, 11)).ToByteArray())).Status);

        static HttpRequest FakeRequest()
        {
            var context = new DefaultHttpContext();
            context.Features.Set<IHttpMaxRequestBodySizeFeature>(new AnySize());
            context.Request.Headers["x-otlp-api-key"] = RunningDashboard.ApiKey;
            return context.Request;
        }
    }

    [Fact]
    public async Task Telemetry_and_pages_keep_to_their_own_addresses()
    {
        using var content = new ByteArrayContent([]);
        using var atPages = await _client.PostAsync(new Uri(_dashboard.Pages, "/v1/traces"), content);
        using var atTelemetry = await _client.GetAsync(new Uri(_dashboard.Telemetry, "/login"));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (atPages.StatusCode, atTelemetry.StatusCode));
    }

    private Span Single() => Assert.Single(Assert.Single(_dashboard.Services.GetRequiredService<TraceStore>().Snapshot()).Spans.ToArray());

    private async Task RefusesAsync(HttpStatusCode expected, string signal, byte[] body, bool alreadyZipped = false)
    {
        var (status, answer) = await SendAsync(signal, body, encoding: alreadyZipped ? "zipped" : null);

        Assert.Equal(expected, status);
        Assert.NotEmpty(Status.Parser.ParseFrom(answer).Message);
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(
        string signal, byte[] body, string? encoding = null, string type = "application/x-protobuf", string? key = RunningDashboard.ApiKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/{signal}") { Content = new ByteArrayContent(encoding == "gzip" ? Zip(body) : body) };
        request.Headers.ExpectContinue = body.Length > OtlpBody.MaxSent; // Else the connection may be closed while the body is on its way.
        request.Content.Headers.ContentType = new(type);
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding == "zipped" ? "gzip" : encoding);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("x-otlp-api-key", key);
        using var response = await _client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    private sealed class AnySize : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; }
    }
}
