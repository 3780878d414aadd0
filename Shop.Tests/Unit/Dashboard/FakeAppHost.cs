using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>Tells the dashboard what a test wants it to know, as an AppHost would.</summary>
internal sealed class FakeAppHost : IAsyncDisposable
{
    public const string ApiKey = "key-of-the-fake";

    private readonly WebApplication _app;
    private readonly Channel<object> _resources = Channel.CreateUnbounded<object>();
    private readonly ConcurrentQueue<string> _commands = new();

    private FakeAppHost(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    /// <summary>The commands it was given, such as <c>stop orders-abc</c>.</summary>
    public IReadOnlyCollection<string> Commands => _commands;

    public string[] ConsoleLines { get; set; } = [];

    public string? CommandFailure { get; set; }

    public static async Task<FakeAppHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var fake = new FakeAppHost(app);
        app.Use((context, next) =>
        {
            if (context.Request.Headers["x-resource-service-api-key"] == ApiKey)
                return next(context);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        app.MapGet("/resources", async (HttpContext context) =>
        {
            await foreach (var state in fake._resources.Reader.ReadAllAsync(context.RequestAborted))
                await WriteAsync(context, state);
        });
        app.MapGet("/resources/{name}/console", async (HttpContext context) =>
        {
            await WriteAsync(context, fake.ConsoleLines.Select((text, index) => new { number = index + 1, text, isError = false }));
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        app.MapGet("/resources/{id}/environment/{variable}", (string id, string variable) => Results.Text($"value of {variable} of {id}"));
        app.MapPost("/resources/{id}/commands/{command}", (string id, string command) =>
        {
            fake._commands.Enqueue($"{command} {id}");
            return Results.Json(new { success = fake.CommandFailure is null, message = fake.CommandFailure });
        });
        await app.StartAsync();
        return fake;
    }

    /// <summary>Tells the state of all resources.</summary>
    public void Tell(params object[] resources) => _resources.Writer.TryWrite(resources);

    /// <summary>A service that runs.</summary>
    public static object Service(string name, string state = "Running", string? health = "Healthy", string? text = null, int? exitCode = null, params string[] waitsFor) => new
    {
        id = $"{name}-abc",
        name,
        type = "Project",
        state,
        health = state == "Running" ? health : null,
        exitCode,
        checks = new[] { new { name = $"{name}_check", status = health, text } },
        startedAt = DateTime.UtcNow.AddMinutes(-5),
        stoppedAt = state == "Running" ? (DateTime?)null : DateTime.UtcNow,
        source = $"/src/{name}.csproj",
        endpoints = new[] { new { name = "http", url = "http://localhost:8003" } },
        environment = new object[] { new { name = "OTEL_SERVICE_NAME", value = name }, new { name = "ConnectionStrings__db" } },
        commands = state == "Running" ? new[] { "restart", "stop" } : ["start"],
        relations = waitsFor.Select(other => new { resource = other, type = "WaitFor" }),
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task WriteAsync(HttpContext context, object value)
    {
        await context.Response.WriteAsync(JsonSerializer.Serialize(value, JsonSerializerOptions.Web) + "\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
