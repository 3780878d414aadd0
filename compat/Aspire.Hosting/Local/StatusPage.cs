using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>A plain page with the states of the resources, where the real package has its dashboard. It shows no environment and no secret.</summary>
internal sealed class StatusPage(IConfiguration configuration, ResourceNotificationService notifications, ResourceLoggerService loggers) : IHostedService, IAsyncDisposable
{
    private const string Cookie = "shop-status";

    private readonly string _token = configuration["AppHost:BrowserToken"]!;
    private readonly bool _open = configuration.GetValue("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", defaultValue: false);
    private WebApplication? _page;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var declared = new Uri((configuration["ASPNETCORE_URLS"] ?? configuration["URLS"])!.Split(';')[0]);
        var ports = new Ports();
        var port = ports.TryTake(declared.Port) ? declared.Port : ports.TakeAny();
        var address = $"http://localhost:{port}";
        configuration["ASPNETCORE_URLS"] = address; // Where it is, for whoever wants to say so.

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.ListenLocalhost(port);
        });
        _page = builder.Build();
        _page.MapGet("/login", LogIn);
        _page.MapGet("/resources.json", context => GuardAsync(context, () => context.Response.WriteAsJsonAsync(Rows())));
        _page.MapGet("/", context => GuardAsync(context, () =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(Html());
        }));
        await _page.StartAsync(cancellationToken).ConfigureAwait(false);

        loggers.GetLogger(ResourceConsole.AppHost).LogInformation("{Line}", _open
            ? $"The dashboard is at {address}"
            : $"Login to the dashboard at {address}/login?t={_token}");
    }

    public Task StopAsync(CancellationToken cancellationToken) => _page?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_page is not null)
            await _page.DisposeAsync().ConfigureAwait(false);
    }

    private Task LogIn(HttpContext context)
    {
        if (!IsToken(context.Request.Query["t"]))
            return RefuseAsync(context);

        context.Response.Cookies.Append(Cookie, _token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict });
        context.Response.Redirect("/");
        return Task.CompletedTask;
    }

    private Task GuardAsync(HttpContext context, Func<Task> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return _open || IsToken(context.Request.Cookies[Cookie]) ? answer() : RefuseAsync(context);
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
        return context.Response.WriteAsync("Open the address that the AppHost printed: it has the token.");
    }

    private bool IsToken(string? text) => text is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(_token));

    private IEnumerable<Row> Rows() => notifications.Current
        .Where(state => state.Resource is not ParameterResource)
        .OrderBy(state => state.ResourceId, StringComparer.Ordinal)
        .Select(state => new Row(
            state.Resource.Name,
            state.ResourceId,
            state.Snapshot.ResourceType,
            state.Snapshot.State?.Text,
            state.Snapshot.HealthStatus?.ToString(),
            [.. state.Snapshot.HealthReports.Where(report => report.Status is not null && report.Description is not null).Select(report => report.Description!)],
            [.. state.Snapshot.Urls.Select(url => url.Url)],
            state.Snapshot.StartTimeStamp,
            state.Snapshot.ExitCode));

    private string Html()
    {
        var html = new StringBuilder(
            """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Resources</title>
            <style>body{font:15px/1.5 system-ui;margin:2rem;color:#1a1a1a}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem;border-bottom:1px solid #ddd;vertical-align:top}
            .Healthy{color:#0a7a33}.Unhealthy,.Exited,.FailedToStart{color:#b00020}.Degraded,.Waiting,.Starting{color:#9a6700}</style></head><body><h1>Resources</h1>
            <table><tr><th>Name</th><th>Type</th><th>State</th><th>Health</th><th>Endpoints</th><th>Started (UTC)</th></tr>
            """);
        foreach (var row in Rows())
        {
            html.Append("<tr><td>").Append(Encode(row.Id)).Append("</td><td>").Append(Encode(row.Type))
                .Append("</td><td class=\"").Append(Encode(row.State)).Append("\">").Append(Encode(row.State))
                .Append(row.ExitCode is { } code ? $" ({code})" : "")
                .Append("</td><td class=\"").Append(Encode(row.Health)).Append("\">").Append(Encode(row.Health))
                .Append("<br>").AppendJoin("<br>", row.HealthText.Select(Encode)).Append("</td><td>");
            foreach (var url in row.Endpoints)
            {
                html.Append(url.StartsWith("http", StringComparison.Ordinal) ? $"<a href=\"{Encode(url)}\">{Encode(url)}</a>" : Encode(url)).Append("<br>");
            }

            html.Append("</td><td>").Append(Encode(row.StartedAt?.ToString("u"))).Append("</td></tr>");
        }

        return html.Append("</table></body></html>").ToString();
    }

    private static string Encode(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    private sealed record Row(
        string Name, string Id, string Type, string? State, string? Health, IReadOnlyList<string> HealthText, IReadOnlyList<string> Endpoints, DateTime? StartedAt, int? ExitCode);
}
