using System.Globalization;
using System.Text;
using Aspire.Dashboard.Resources;

namespace Aspire.Dashboard.ConsoleLogs;

internal static class ConsoleLogsExtensions
{
    private static readonly TimeSpan DownloadQuiet = TimeSpan.FromMilliseconds(500);

    public static void MapConsoleLogs(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/consolelogs/{name}/stream", StreamAsync);
        endpoints.MapGet("/consolelogs/{name}/download", DownloadAsync);
    }

    /// <summary>The lines as server-sent events, each with the number of its line, the whole batch in one event.</summary>
    private static async Task StreamAsync(string name, int? after, ResourceServiceClient client, ResourceWatcher watcher, HttpContext context, IHostApplicationLifetime lifetime)
    {
        if (watcher.CopiesOf(name).Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        // A browser that lost its connection says what it has seen; a page that comes back says what it shows.
        var seen = int.TryParse(context.Request.Headers["Last-Event-ID"], CultureInfo.InvariantCulture, out var last) ? last : after ?? 0;
        context.Response.ContentType = "text/event-stream";
        try
        {
            await context.Response.Body.FlushAsync(stopping.Token);
            await foreach (var lines in client.WatchConsoleAsync(name, stopping.Token))
            {
                var text = new StringBuilder();
                foreach (var line in lines.Where(line => line.Number > seen))
                {
                    text.Append("data: ").Append(CultureInfo.InvariantCulture, $"<li{(line.IsError ? " class=\"err\"" : "")} data-number=\"{line.Number}\">")
                        .Append(AnsiText.ToHtml(line.Text.ReplaceLineEndings(" "))).Append("</li>\n");
                    seen = line.Number;
                }

                if (text.Length == 0)
                    continue;
                await context.Response.WriteAsync($"id: {seen}\n{text}\n", stopping.Token);
                await context.Response.Body.FlushAsync(stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The page was closed, or the dashboard ends.
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The AppHost has gone; the browser asks again by itself.
        }
    }

    /// <summary>The lines that are kept now, as a file.</summary>
    private static async Task<IResult> DownloadAsync(string name, ResourceServiceClient client, ResourceWatcher watcher, CancellationToken cancellationToken)
    {
        if (watcher.CopiesOf(name) is not [{ Name: var known }, ..])
            return Results.NotFound();

        var text = new StringBuilder();
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        quiet.CancelAfter(DownloadQuiet);
        try
        {
            await foreach (var lines in client.WatchConsoleAsync(known, quiet.Token))
            {
                foreach (var line in lines)
                    text.AppendLine(AnsiText.Strip(line.Text));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The stream has no end: what was kept has come, and nothing more for now.
        }

        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/plain; charset=utf-8", $"{known}.log");
    }
}
