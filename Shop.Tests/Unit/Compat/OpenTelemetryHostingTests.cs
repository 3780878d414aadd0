using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Shop.Tests.Unit.Compat;

public sealed class OpenTelemetryHostingTests
{
    private static readonly ActivitySource Source = new("Shop.Tests.Hosting");
    private static readonly Meter Meter = new("Shop.Tests.Hosting");

    [Fact]
    public async Task What_is_still_queued_is_sent_when_the_host_ends()
    {
        using var spans = new Collector<Activity>();
        using var metrics = new Collector<Metric>();
        using var logs = new Collector<LogRecord>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(Source.Name).AddProcessor(
                new BatchActivityExportProcessor(spans, scheduledDelayMilliseconds: 600_000)))
            .WithMetrics(meters => meters.AddMeter(Meter.Name).AddReader(
                new PeriodicExportingMetricReader(metrics, exportIntervalMilliseconds: 600_000)))
            .WithLogging(logging => logging.AddProcessor(new BatchLogRecordExportProcessor(logs, scheduledDelayMilliseconds: 600_000)));

        using (var host = builder.Build())
        {
            await host.StartAsync();
            Source.StartActivity("work")?.Dispose();
            Meter.CreateCounter<int>("things").Add(1);
            host.Services.GetRequiredService<ILogger<OpenTelemetryHostingTests>>().LogWarning("said");
            Assert.Empty(spans.Items);
            await host.StopAsync();
        }

        Assert.Equal("work", Assert.Single(spans.Items).OperationName);
        Assert.Equal("things", Assert.Single(metrics.Items).Name);
        // The records go back to a pool, which keeps only their category.
        Assert.Contains(logs.Items, record => record.CategoryName == typeof(OpenTelemetryHostingTests).FullName);
        Assert.True(spans.IsShutDown && metrics.IsShutDown && logs.IsShutDown);
    }

    [Fact]
    public async Task What_other_hosted_services_do_while_starting_is_recorded()
    {
        using var spans = new Collector<Activity>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHostedService<Starter>();
        builder.Services.AddOpenTelemetry();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddSource(Source.Name).AddProcessor(new SimpleActivityExportProcessor(spans)));

        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal("starting", Assert.Single(spans.Items).OperationName);
    }

    [Fact]
    public async Task The_otlp_exporter_hangs_on_the_builder_and_sends_all_three_signals()
    {
        var paths = new ConcurrentQueue<string>();
        await using var receiver = WebApplication.CreateSlimBuilder().Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.MapPost("/{**path}", (HttpRequest request) =>
        {
            paths.Enqueue(request.Path);
            return Results.Ok();
        });
        await receiver.StartAsync();

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
        [
            new("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Urls.First()),
            new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ]);
        builder.Logging.AddOpenTelemetry(logging => logging.IncludeFormattedMessage = true);
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(Source.Name))
            .WithMetrics(metrics => metrics.AddMeter(Meter.Name).AddRuntimeInstrumentation())
            .UseOtlpExporter();
        using (var host = builder.Build())
        {
            await host.StartAsync();
            Source.StartActivity("work")?.Dispose();
            host.Services.GetRequiredService<ILogger<OpenTelemetryHostingTests>>().LogWarning("said");
            await host.StopAsync();
        }

        Assert.Superset(new HashSet<string> { "/v1/traces", "/v1/metrics", "/v1/logs" }, paths.ToHashSet());
    }

    private sealed class Starter : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            Source.StartActivity("starting")?.Dispose();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
