using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Instrumentation.Http;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Shop.Tests.Support;

namespace Shop.Tests.Unit.Compat;

public sealed class HttpInstrumentationTests : IDisposable
{
    private readonly Collector<Activity> _spans = new();
    private readonly HttpClient _client = new();
    private WebApplication? _app;

    public void Dispose()
    {
        ((IDisposable?)_app)?.Dispose();
        _client.Dispose();
        _spans.Dispose();
    }

    private async Task StartAsync(
        Action<AspNetCoreTraceInstrumentationOptions>? incoming = null,
        Action<HttpClientTraceInstrumentationOptions>? outgoing = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenTelemetry().WithTracing(tracing =>
        {
            tracing.AddAspNetCoreInstrumentation(incoming);
            if (outgoing is not null)
                tracing.AddHttpClientInstrumentation(outgoing);
            tracing.AddProcessor(new SimpleActivityExportProcessor(_spans));
        });
        _app = builder.Build();
        _app.MapGet("/orders/{id:int}", (int id) => Results.Ok(id));
        _app.MapGet("/health", () => Results.Ok());
        _app.MapGet("/broken", IResult () => throw new InvalidDataException("a secret"));
        _app.MapGet("/unavailable", () => Results.StatusCode(503));
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.First());
    }

    // Other tests of this process make spans too; these are the ones of our own server.
    private IEnumerable<Activity> OfServer() => _spans.Items.Where(span =>
        span.Kind == ActivityKind.Server && Equals(span.GetTagItem("server.port"), _client.BaseAddress!.Port));

    private IEnumerable<Activity> OfClient() => _spans.Items.Where(span =>
        span.Kind == ActivityKind.Client && Equals(span.GetTagItem("server.port"), _client.BaseAddress!.Port));

    private async Task<Activity> ServerSpanAsync()
    {
        await Eventually.HoldsAsync(() => OfServer().Any(), "a span of the server");
        return Assert.Single(OfServer());
    }

    [Fact]
    public async Task A_request_is_a_span_by_the_semantic_conventions()
    {
        await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orders/7?token=hidden");
        request.Headers.UserAgent.ParseAdd("test/1.0");
        await _client.SendAsync(request);

        var span = await ServerSpanAsync();
        Assert.Equal("GET /orders/{id:int}", span.DisplayName);
        Assert.Equal("GET", span.GetTagItem("http.request.method"));
        Assert.Equal("/orders/{id:int}", span.GetTagItem("http.route"));
        Assert.Equal("/orders/7", span.GetTagItem("url.path"));
        Assert.Equal("?token=Redacted", span.GetTagItem("url.query"));
        Assert.Equal("http", span.GetTagItem("url.scheme"));
        Assert.Equal("127.0.0.1", span.GetTagItem("server.address"));
        Assert.Equal("1.1", span.GetTagItem("network.protocol.version"));
        Assert.Equal("test/1.0", span.GetTagItem("user_agent.original"));
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public async Task A_client_and_its_server_are_one_trace()
    {
        await StartAsync(outgoing: _ => { });
        await _client.GetAsync("/orders/7");

        var server = await ServerSpanAsync();
        var client = Assert.Single(OfClient());
        Assert.Equal(client.TraceId, server.TraceId);
        Assert.Equal(client.SpanId, server.ParentSpanId);
        Assert.Equal("GET", client.DisplayName);
        Assert.Equal(200, client.GetTagItem("http.response.status_code"));
    }

    [Fact]
    public async Task The_filter_drops_a_request()
    {
        await StartAsync(options => options.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal));
        await _client.GetAsync("/health");
        await _client.GetAsync("/health");
        await _client.GetAsync("/orders/7");

        Assert.Equal("/orders/7", (await ServerSpanAsync()).GetTagItem("url.path"));
        Assert.DoesNotContain(_spans.Items, span => span.Kind == ActivityKind.Server && span.GetTagItem("url.path") is "/health");
    }

    [Fact]
    public async Task A_filter_that_throws_costs_the_span_and_not_the_request()
    {
        await StartAsync(options => options.Filter = context =>
            context.Request.Path == "/health" ? throw new InvalidOperationException() : true);

        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/health")).StatusCode);
        await _client.GetAsync("/orders/7");
        Assert.Equal("/orders/7", (await ServerSpanAsync()).GetTagItem("url.path"));
    }

    [Fact]
    public async Task An_exception_marks_the_span()
    {
        Exception? seen = null;
        await StartAsync(options =>
        {
            options.RecordException = true;
            options.EnrichWithException = (_, exception) => seen = exception;
        });
        await _client.GetAsync("/broken");

        var span = await ServerSpanAsync();
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(typeof(InvalidDataException).FullName, span.GetTagItem("error.type"));
        Assert.Equal("exception", Assert.Single(span.Events).Name);
        Assert.IsType<InvalidDataException>(seen);
    }

    [Fact]
    public async Task A_server_error_marks_the_span()
    {
        await StartAsync();
        await _client.GetAsync("/unavailable");

        var span = await ServerSpanAsync();
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("503", span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Spans_can_be_enriched_on_both_sides()
    {
        await StartAsync(
            incoming =>
            {
                incoming.EnrichWithHttpRequest = (span, request) => span.SetTag("asked", request.Path.Value);
                incoming.EnrichWithHttpResponse = (span, response) => span.SetTag("said", response.StatusCode);
            },
            outgoing =>
            {
                outgoing.EnrichWithHttpRequestMessage = (span, request) => span.SetTag("asked", request.RequestUri!.AbsolutePath);
                outgoing.EnrichWithHttpResponseMessage = (span, response) => span.SetTag("said", (int)response.StatusCode);
            });
        await _client.GetAsync("/orders/7");

        var server = await ServerSpanAsync();
        Assert.Equal("/orders/7", server.GetTagItem("asked"));
        Assert.Equal(200, server.GetTagItem("said"));
        var client = Assert.Single(OfClient());
        Assert.Equal("/orders/7", client.GetTagItem("asked"));
        Assert.Equal(200, client.GetTagItem("said"));
    }

    [Fact]
    public async Task The_client_filter_drops_a_request()
    {
        await StartAsync(outgoing: options => options.FilterHttpRequestMessage = request => request.RequestUri!.AbsolutePath != "/health");
        await _client.GetAsync("/health");
        await _client.GetAsync("/orders/7");

        await Eventually.HoldsAsync(() => OfClient().Any(), "a span of the client");
        Assert.EndsWith("/orders/7", Assert.Single(OfClient()).GetTagItem("url.full") as string, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_come_from_the_frameworks_own_meters()
    {
        using var metrics = new Collector<Metric>();
        using (var provider = Sdk.CreateMeterProviderBuilder()
            .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation()
            .AddReader(new BaseExportingMetricReader(metrics))
            .Build())
        {
            provider.ForceFlush();
        }

        Assert.Contains(metrics.Items, metric => metric.Name == "dotnet.gc.collections");
    }
}
