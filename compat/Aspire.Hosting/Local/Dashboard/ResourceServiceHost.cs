using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.ResourceService;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>Where the dashboard asks, and with which key.</summary>
internal sealed class ResourceServiceAddress
{
    public required string ApiKey { get; init; }

    /// <summary>Known once the service listens, which is before any resource starts.</summary>
    public Uri? Url { get; set; }
}

/// <summary>Tells the dashboard about the resources and does what it is asked to; see <see cref="ResourceServiceContract"/>. On loopback, with a key that is new for each run.</summary>
internal sealed class ResourceServiceHost(
    ResourceServiceAddress address,
    ResourceStates states,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceCommandService commands,
    IHostApplicationLifetime lifetime) : IHostedService, IAsyncDisposable
{
    private const int MaxConnections = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan UsageInterval = TimeSpan.FromSeconds(5);

    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _app = builder.Build();
        _app.Use(CheckAsync);
        _app.MapGet("/resources", WatchResourcesAsync);
        _app.MapGet("/resources/{name}/console", WatchConsoleAsync);
        _app.MapGet("/resources/{id}/environment/{variable}", (string id, string variable) =>
            states.FindVariable(id, variable) is { } value ? Results.Text(value) : Results.NotFound());
        _app.MapPost("/resources/{id}/commands/{command}", async (string id, string command, CancellationToken aborted) =>
        {
            var result = await commands.ExecuteCommandAsync(id, command, aborted).ConfigureAwait(false);
            return Results.Json(new CommandResult(result.Success, result.Message), ResourceServiceContract.Json);
        });
        await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        address.Url = new Uri(_app.Urls.Single());
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync().ConfigureAwait(false);
    }

    private Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var given = Encoding.UTF8.GetBytes(context.Request.Headers[ResourceServiceContract.ApiKeyHeader].ToString());
        if (CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(address.ApiKey)))
            return next(context);

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    /// <summary>All resources at once and with each change; what they use of the machine, every five seconds.</summary>
    private Task WatchResourcesAsync(HttpContext context) => StreamAsync(context, async cancellationToken =>
    {
        await using var changes = notifications.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = changes.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                // A burst of changes is told once.
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                while (next.IsCompleted)
                {
                    await next.ConfigureAwait(false);
                    next = changes.MoveNextAsync().AsTask();
                }

                await WriteAsync(context, states.Read(), cancellationToken).ConfigureAwait(false);
                await Task.WhenAny(next, Task.Delay(UsageInterval, cancellationToken)).ConfigureAwait(false);
            }
        }
        finally
        {
            // The enumerator cannot be disposed while it is asked; the token has ended that.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });

    private Task WatchConsoleAsync(HttpContext context, string name)
    {
        if (!states.IsKnown(name))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return StreamAsync(context, async cancellationToken =>
        {
            await foreach (var lines in loggers.WatchAsync(name).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                var told = lines.Select(line => new ConsoleLine(line.LineNumber, line.Content, line.IsErrorMessage)).ToArray();
                await WriteAsync(context, told, cancellationToken).ConfigureAwait(false);
            }
        });
    }

    private async Task StreamAsync(HttpContext context, Func<CancellationToken, Task> write)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "application/jsonl";
        try
        {
            await context.Response.Body.FlushAsync(stopping.Token).ConfigureAwait(false);
            await write(stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The dashboard has gone, or everything ends.
        }
    }

    private static async Task WriteAsync<T>(HttpContext context, T value, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(context.Response.Body, value, ResourceServiceContract.Json, cancellationToken).ConfigureAwait(false);
        await context.Response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
