using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Shop.ServiceDefaults.Telemetry;
using Shop.Tests.Support.Otlp;

namespace Shop.Tests.Unit.ServiceDefaults;

/// <summary>What a service exports.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_request_is_exported_at_the_latest_when_the_service_ends_and_a_health_check_is_not()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        var (ordering, checking) = (ActivityTraceId.CreateRandom().ToHexString(), ActivityTraceId.CreateRandom().ToHexString());
        await using (var service = Build(collector.Url))
        {
            await service.StartAsync();
            await SendAsync(service, "/health", checking);
            await SendAsync(service, "/orders/7", ordering);
            await service.StopAsync();
        }

        Assert.Equal("GET /orders/{id:int}", Assert.Single(collector.Trace(ordering)).Name);
        Assert.Empty(collector.Trace(checking));
    }

    private static WebApplication Build(Uri collector)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
        [
            new("OTEL_EXPORTER_OTLP_ENDPOINT", collector.ToString()),
            new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            new("OTEL_BSP_SCHEDULE_DELAY", "600000"),
        ]);
        builder.AddTelemetry();
        var service = builder.Build();
        service.Urls.Add("http://127.0.0.1:0");
        service.MapGet("/health", () => Results.Ok());
        service.MapGet("/orders/{id:int}", (int id) => Results.Ok(id));
        return service;
    }

    private static async Task SendAsync(WebApplication service, string path, string trace)
    {
        // One that does not put its own span, which this process would export too, in the place of the header.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(service.Urls.First()), path));
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }
}
