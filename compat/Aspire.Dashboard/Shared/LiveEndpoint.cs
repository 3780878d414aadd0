using System.Globalization;
using System.Text;
using Aspire.Dashboard.Resources;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Shared;

/// <summary>
/// Tells an open page that what it shows has changed (server-sent events), so that it asks for itself again. At most every
/// half second, however much arrives: telemetry never waits for pages.
/// </summary>
internal sealed class LiveEndpoint(TraceStore traces, LogStore logs, MetricStore metrics, ResourceWatcher resources, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int MaxPages = 64;
    private const string TracePrefix = "trace:";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Ask = TimeSpan.FromSeconds(5); // What nobody tells is asked for.
    private static readonly byte[] KeepAliveLine = Encoding.UTF8.GetBytes(": here\n\n");

    private int _pages;

    /// <param name="context">The request.</param>
    /// <param name="watch">What is watched.</param>
    /// <param name="since">What the page knows already.</param>
    public async Task ServeAsync(HttpContext context, string watch, long since)
    {
        if (Find(watch) is not { } watched)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _pages) > MaxPages)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync(stopping.Token);
            await TellAsync(context.Response, watched, since, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the dashboard ends.
        }
        finally
        {
            Interlocked.Decrement(ref _pages);
        }
    }

    private async Task TellAsync(HttpResponse response, Watched watched, long told, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var version = watched.Topic.Version;
            var stamp = watched.Stamp();
            if (stamp != told)
            {
                told = stamp;
                await response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"data: {stamp}\n\n"), cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }

            await Task.Delay(Pause, time, cancellationToken);
            pause.CancelAfter(watched.Wait);
            await watched.Topic.WaitAsync(version, pause.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (watched.Topic.Version == version)
            {
                // Writing is how the server learns that a page has gone.
                await response.Body.WriteAsync(KeepAliveLine, cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
        }
    }

    private Watched? Find(string watch) => watch switch
    {
        "resources" => Of(resources.Changed),
        "traces" => Of(traces.Changed),
        "logs" => Of(logs.Changed),
        "metrics" => Of(metrics.Changed),
        "messages" => new Watched(new Topic(), () => time.GetUtcNow().Ticks / Ask.Ticks, Ask),
        _ when watch.StartsWith(TracePrefix, StringComparison.Ordinal) && TraceId.TryParse(watch[TracePrefix.Length..], out var id) =>
            new Watched(traces.Changed, () => traces.TryGet(id, out var trace) ? trace.Count : 0, KeepAlive),
        _ => null,
    };

    private static Watched Of(Topic topic) => new(topic, () => topic.Version, KeepAlive);

    private sealed record Watched(Topic Topic, Func<long> Stamp, TimeSpan Wait);
}

internal static class LiveEndpointExtensions
{
    public static void AddLivePages(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<LiveEndpoint>();

    public static void MapLivePages(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/live", (string watch, long since, LiveEndpoint live, HttpContext context) => live.ServeAsync(context, watch, since));
}
