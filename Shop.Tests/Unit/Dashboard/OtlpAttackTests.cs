using System.Net;
using System.Text.RegularExpressions;
using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Shared;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using static Shop.Tests.Unit.Dashboard.OtlpMessages;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>Telemetry that means harm, or that nobody thought of: it is refused or shown, and nothing breaks.</summary>
public sealed partial class OtlpAttackTests : IAsyncLifetime
{
    private const string Evil = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>";

    private RunningDashboard _dashboard = null!;
    private HttpClient _exporter = null!;
    private HttpClient _browser = null!;

    private T Store<T>() where T : notnull => _dashboard.Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        _dashboard = await RunningDashboard.StartAsync();
        _exporter = _dashboard.CreateExporter();
        _browser = await _dashboard.SignInAsync();
    }

    public async Task DisposeAsync()
    {
        _exporter.Dispose();
        _browser.Dispose();
        await _dashboard.DisposeAsync();
    }

    [Theory]
    [InlineData("resources", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("spans", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("long tags", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("attributes", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("values in a value", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("unknown fields", HttpStatusCode.OK)]
    [InlineData("as many spans as may be", HttpStatusCode.OK)]
    [InlineData("a group", HttpStatusCode.BadRequest)]
    [InlineData("an end too early", HttpStatusCode.BadRequest)]
    [InlineData("a number without end", HttpStatusCode.BadRequest)]
    [InlineData("levels", HttpStatusCode.BadRequest)]
    public async Task A_small_request_does_not_become_gigabytes(string bomb, HttpStatusCode expected)
    {
        const int Many = OtlpParts.Most + 1;
        byte[] nothing = Field(1, []);
        var (status, answer) = await SendAsync("traces", bomb switch
        {
            "resources" => Repeat(nothing, Many),
            "spans" => Field(1, Field(2, Repeat(Field(2, []), Many))),
            "long tags" => Repeat([0x8a, 0x80, 0x80, 0x80, 0x10, 0], Many),
            "attributes" => Field(1, Field(2, Field(2, Repeat(Field(9, Field(1, [(byte)'a'])), Many)))),
            "values in a value" => Field(1, Field(1, Field(1, Field(2, Field(5, Repeat(nothing, Many)))))),
            "unknown fields" => Repeat(Field(100, []), Many),
            "as many spans as may be" => Field(1, Field(2, Repeat(Field(2, []), Many - 3))),
            "a group" => [.. Repeat(nothing, Many - 1), 0x0b, .. nothing, 0x0c],
            "an end too early" => Repeat(nothing, Many)[..^1],
            "a number without end" => Repeat([0xff], 2 * Many),
            "levels" => Field(1, Field(1, Field(1, Field(2, Nested(OtlpParts.Most))))),
            _ => throw new ArgumentOutOfRangeException(nameof(bomb)),
        });

        Assert.Equal(expected, status);
        if (status == HttpStatusCode.OK)
            Assert.True(ExportTraceServiceResponse.Parser.ParseFrom(answer).PartialSuccess is null or { RejectedSpans: > 0 });
        else
            Assert.NotEmpty(Status.Parser.ParseFrom(answer).Message);
        Assert.Empty(Store<TraceStore>().Snapshot());
    }

    [Theory]
    [InlineData(40, HttpStatusCode.OK)]
    [InlineData(400, HttpStatusCode.BadRequest)]
    public async Task Values_nest_so_deep_and_no_deeper(int levels, HttpStatusCode expected)
    {
        var value = Value("core");
        for (var level = 0; level < levels; level++)
            value = new AnyValue { ArrayValue = new ArrayValue { Values = { value } } };
        var span = Message(1, 11);
        span.Attributes.Add(new KeyValue { Key = "nested", Value = value });

        Assert.Equal(expected, (await SendAsync("traces", Request(span))).Status);
        Assert.Equal(expected == HttpStatusCode.OK, Store<TraceStore>().Snapshot() is [var trace] && trace.First.Attributes["nested"]!.Contains("[[\"core\"]]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_a_span_with_too_much_the_first_is_kept()
    {
        var limits = Store<TelemetryLimits>();
        var span = Message(1, 11);
        span.Name = new string('n', 1_000_000);
        span.Attributes.Add(Enumerable.Range(0, 20_000).Select(i => new KeyValue { Key = $"key{i}", Value = Value(new string('v', 20)) }));
        span.Attributes.Add(Enumerable.Range(0, 20_000).Select(_ => new KeyValue { Key = "key0", Value = Value("again") }));
        span.Events.Add(Enumerable.Range(0, 2_000).Select(_ => new SpanEventMessage { Name = "happened" }));
        span.Links.Add(Enumerable.Range(0, 2_000).Select(_ => new SpanLinkMessage { TraceId = Id(2, 16), SpanId = Id(5, 8) }));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync("traces", Request(span))).Status);
        var kept = Assert.Single(Store<TraceStore>().Snapshot()).First;
        Assert.Equal((limits.MaxAttributeLength, limits.MaxAttributeCount), (kept.Name.Length, kept.Attributes.Count));
        Assert.Equal((limits.MaxSpanEventCount, limits.MaxSpanEventCount), (kept.Events.Count, kept.Links.Count));
        Assert.NotEqual("again", kept.Attributes["key0"]);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, ulong.MaxValue, 1)]
    [InlineData(ulong.MaxValue, 1, 1)]
    [InlineData(1, long.MaxValue, 0)]
    [InlineData(long.MaxValue, 1, 0)]
    public async Task Times_at_the_edge_are_refused_or_shown(ulong start, ulong end, int refused)
    {
        var span = Message(1, 11);
        (span.StartTimeUnixNano, span.EndTimeUnixNano, span.Events[0].TimeUnixNano) = (start, end, ulong.MaxValue);
        var child = Message(1, 12);
        child.ParentSpanId = Id(11, 8);
        (child.StartTimeUnixNano, child.EndTimeUnixNano) = (Sample.Begin, Sample.Begin + 5);
        var (status, answer) = await SendAsync("traces", Request(span, child));
        var log = new LogRecordMessage { TimeUnixNano = start, ObservedTimeUnixNano = end, Body = Value("said"), TraceId = Id(1, 16), SpanId = Id(11, 8) };

        Assert.Equal((HttpStatusCode.OK, (long)refused), (status, ExportTraceServiceResponse.Parser.ParseFrom(answer).PartialSuccess?.RejectedSpans ?? 0));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("logs", Logs(Sender(), log))).Status);
        await GetAllAsync();
    }

    [Fact]
    public async Task Numbers_that_cannot_be_drawn_are_refused()
    {
        double[] numbers = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.MinValue, -1e100, 1e100, double.Epsilon, 0, -0d];
        var gauge = new MetricMessage { Name = "gauge", Gauge = new() };
        gauge.Gauge.DataPoints.Add(numbers.Select((number, index) => new NumberDataPoint { TimeUnixNano = Now(), AsDouble = number, Attributes = { new KeyValue { Key = "index", Value = Value($"{index}") } } }));
        gauge.Gauge.DataPoints.Add(new NumberDataPoint { AsInt = 1 });
        gauge.Gauge.DataPoints.Add(new NumberDataPoint { TimeUnixNano = ulong.MaxValue, AsInt = 1 });
        var sum = new MetricMessage { Name = "sum", Sum = new() { IsMonotonic = true, AggregationTemporality = 1 } };
        sum.Sum.DataPoints.Add(Enumerable.Range(0, 5).Select(i => new NumberDataPoint { TimeUnixNano = Now() + (ulong)i, AsDouble = i % 2 == 0 ? 1e100 : -1e100 }));
        sum.Sum.DataPoints.Add(new NumberDataPoint { TimeUnixNano = Now(), AsInt = long.MinValue });

        var (status, answer) = await SendAsync("metrics", Metrics(Sender(), gauge, sum));

        Assert.Equal((HttpStatusCode.OK, 7), (status, Refused(answer)));
        await GetAllAsync();
    }

    [Fact]
    public async Task Histograms_that_do_not_add_up_are_refused()
    {
        static HistogramDataPoint Point(double[] bounds, ulong[] counts, double sum = 1, ulong time = Sample.Begin) =>
            new() { TimeUnixNano = time, Count = ulong.MaxValue, Sum = sum, BucketCounts = { counts }, ExplicitBounds = { bounds } };
        HistogramDataPoint[] bad =
        [
            Point([], []), Point([1], [1]), Point([1, 2], [1, 1]), Point([2, 1], [1, 1, 1]), Point([1, 1], [1, 1, 1]), Point([double.NaN], [1, 1]),
            Point([double.PositiveInfinity], [1, 1]), Point([double.MaxValue], [1, 1]), Point([1], [1, 1], double.NaN), Point([1], [1, 1], time: 0),
            Point([.. Enumerable.Range(0, 999).Select(i => (double)i)], new ulong[1000]),
        ];
        HistogramDataPoint[] good = [Point([1], [ulong.MaxValue, ulong.MaxValue], time: Now()), Point([1], [0, 0], time: Now() + 1)];
        var (status, answer) = await SendAsync("metrics", Metrics(
            Sender(),
            new MetricMessage { Name = "histogram", Histogram = new() { AggregationTemporality = 2, DataPoints = { good, bad } } },
            new MetricMessage { Name = "exponential", ExponentialHistogram = new() { DataPoints = { new UnsupportedPoint() } } },
            new MetricMessage { Name = "summary", Summary = new() { DataPoints = { new UnsupportedPoint() } } },
            new MetricMessage { Name = "none" }));

        Assert.Equal((HttpStatusCode.OK, bad.Length + 2), (status, Refused(answer)));
        Assert.Equal(["histogram"], Store<MetricStore>().Instruments().Select(info => info.Key.Name));
        await GetAllAsync();
    }

    [Fact]
    public async Task Texts_that_are_none_are_taken_for_what_can_be_read()
    {
        var message = Request(Message(1, 11)).ToByteArray();
        var at = message.AsSpan().IndexOf("POST /orders"u8);
        message[at] = 0xff;
        message[at + 1] = 0;

        Assert.Equal(HttpStatusCode.OK, (await SendAsync("traces", message)).Status);
        Assert.EndsWith("ST /orders", Assert.Single(Store<TraceStore>().Snapshot()).First.Name, StringComparison.Ordinal);
        await GetAllAsync();
    }

    [Fact]
    public async Task No_page_runs_what_a_sender_wrote()
    {
        var evil = new KeyValue { Key = Evil, Value = Value(Evil) };
        var sender = new Resource { Attributes = { new KeyValue { Key = "service.name", Value = Value(Evil) }, new KeyValue { Key = "service.instance.id", Value = Value(Evil) } } };
        var span = Message(1, 11);
        (span.Name, span.Status.Message, span.Events[0].Name) = (Evil, Evil, Evil);
        span.Attributes.Add([evil, new() { Key = "messaging.system", Value = Value(Evil) }, new() { Key = "http.request.method", Value = Value(Evil) }, new() { Key = "db.query.text", Value = Value(Evil) }]);
        span.Events[0].Attributes.Add(evil);
        span.Links[0].Attributes.Add(evil);
        var log = new LogRecordMessage { TimeUnixNano = Now(), SeverityNumber = 17, Body = Value(Evil), TraceId = Id(1, 16), SpanId = Id(11, 8), Attributes = { evil } };
        var gauge = new MetricMessage { Name = Evil, Unit = Evil, Description = Evil, Gauge = new() { DataPoints = { new NumberDataPoint { TimeUnixNano = Now(), AsInt = 5, Attributes = { evil } } } } };
        var duration = new MetricMessage { Name = Evil + "2", Unit = $"{{{Evil}}}", Histogram = new() { DataPoints = { new HistogramDataPoint { TimeUnixNano = Now(), StartTimeUnixNano = Now() - 1000, Count = 1, BucketCounts = { 1, 0 }, ExplicitBounds = { 5 }, Attributes = { evil } } } } };

        await SendAsync("traces", new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { Resource = sender, ScopeSpans = { new ScopeSpans { Scope = new() { Name = Evil }, Spans = { span } } } } } });
        await SendAsync("logs", Logs(sender, log));
        await SendAsync("metrics", Metrics(sender, gauge, duration));

        var pages = await GetAllAsync();
        Assert.InRange(pages.Values.Count(page => page.Contains("alert(1)", StringComparison.Ordinal)), 7, pages.Count);
        Assert.Empty(pages.Where(page => page.Value.Contains("<script>alert", StringComparison.Ordinal) || page.Value.Contains("<img", StringComparison.Ordinal)).Select(page => page.Key));
    }

    [Fact]
    public async Task Ten_thousand_services_are_shown_and_the_first_keep_their_colours()
    {
        var colors = Store<ServiceColors>();
        var before = Enumerable.Range(0, 10).Select(i => colors.Of($"service {i}")).ToArray();
        var request = new ExportTraceServiceRequest();
        for (var i = 0; i < 10_000; i++)
        {
            var span = Message(1, 0);
            (span.TraceId, span.SpanId) = (ByteString.CopyFrom([.. new byte[12], .. BitConverter.GetBytes(i + 1)]), ByteString.CopyFrom(BitConverter.GetBytes(i + 1L)));
            var sender = new Resource { Attributes = { new KeyValue { Key = "service.name", Value = Value($"service {i}") } } };
            request.ResourceSpans.Add(new ResourceSpans { Resource = sender, ScopeSpans = { new ScopeSpans { Spans = { span } } } });
        }

        Assert.Equal(HttpStatusCode.OK, (await SendAsync("traces", request)).Status);
        Assert.Equal(10_000, Store<TraceStore>().SpanCount);
        foreach (var i in Enumerable.Range(0, 10_000))
            Assert.NotEmpty(colors.Of($"service {i}"));
        await GetAllAsync();

        Assert.Equal(10, before.Distinct().Count());
        Assert.Equal(before, Enumerable.Range(0, 10).Select(i => colors.Of($"service {i}")));
    }

    /// <summary>Every page that shows telemetry, with what the lists lead to opened.</summary>
    private async Task<Dictionary<string, string>> GetAllAsync()
    {
        var pages = new Dictionary<string, string>();
        foreach (var path in new[] { "/traces", "/structuredlogs", "/structuredlogs?log=1", "/metrics", "/metrics/instruments" })
            pages[path] = await _browser.GetStringAsync(new Uri(path, UriKind.Relative));
        foreach (var trace in Store<TraceStore>().Snapshot().Take(1))
        {
            foreach (var path in new[] { $"/traces/detail/{trace.Id}", $"/traces/detail/{trace.Id}?span={trace.First.Id}" })
                pages[path] = await _browser.GetStringAsync(new Uri(path, UriKind.Relative));
        }

        foreach (Match link in InstrumentLink().Matches(pages["/metrics/instruments"]))
        {
            var path = WebUtility.HtmlDecode(link.Groups[1].Value);
            pages[path] = await _browser.GetStringAsync(new Uri(path, UriKind.Relative));
        }

        return pages;
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(string signal, byte[] message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/{signal}") { Content = new ByteArrayContent(Zip(message)) };
        request.Content.Headers.ContentType = new("application/x-protobuf");
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Add("x-otlp-api-key", RunningDashboard.ApiKey);
        using var response = await _exporter.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    private Task<(HttpStatusCode Status, byte[] Body)> SendAsync(string signal, IMessage message) => SendAsync(signal, message.ToByteArray());

    private static long Refused(byte[] answer) => ExportMetricsServiceResponse.Parser.ParseFrom(answer).PartialSuccess.RejectedDataPoints;

    private static ulong Now() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;

    private static ExportLogsServiceRequest Logs(Resource sender, params LogRecordMessage[] records) =>
        new() { ResourceLogs = { new ResourceLogs { Resource = sender, ScopeLogs = { new ScopeLogs { Scope = new() { Name = Evil }, LogRecords = { records } } } } } };

    private static ExportMetricsServiceRequest Metrics(Resource sender, params MetricMessage[] metrics) =>
        new() { ResourceMetrics = { new ResourceMetrics { Resource = sender, ScopeMetrics = { new ScopeMetrics { Scope = new() { Name = "Shop.Meter" + Evil }, Metrics = { metrics } } } } } };

    /// <summary>A field with a length, on the wire.</summary>
    private static byte[] Field(int number, byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }

        return bytes.ToArray();
    }

    private static byte[] Nested(int levels)
    {
        byte[] value = [];
        for (var level = 0; level < Math.Min(levels, 300); level++)
            value = Field(5, Field(1, value));
        return [.. value, .. Repeat(Field(7, []), levels)];
    }

    private static byte[] Repeat(byte[] part, int times)
    {
        var all = new byte[part.Length * times];
        for (var i = 0; i < times; i++)
            part.CopyTo(all, i * part.Length);
        return all;
    }

    [GeneratedRegex("href=\"(/metrics[^\"]*instrument=[^\"]*)\"")]
    private static partial Regex InstrumentLink();
}
