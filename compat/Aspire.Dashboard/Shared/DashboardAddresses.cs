using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Aspire.Dashboard.Shared;

/// <summary>Marks connections to the address for telemetry, where no page is served; elsewhere no telemetry is taken.</summary>
internal sealed class TelemetryConnection;

/// <summary>Where the dashboard listens: on loopback alone, unless an address says otherwise.</summary>
internal static class DashboardAddresses
{
    /// <summary>Below it is what the address for telemetry takes.</summary>
    public const string TelemetryPath = "/v1";

    private const string DefaultPages = "http://localhost:18888";
    private const string DefaultTelemetry = "http://localhost:18890";

    public static void AddAddresses(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var pages = (configuration["ASPNETCORE_URLS"] ?? configuration["URLS"] ?? DefaultPages).Split(';', StringSplitOptions.RemoveEmptyEntries);
        var telemetry = configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] ?? DefaultTelemetry;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var address in pages)
                kestrel.Listen(address, _ => { });
            kestrel.Listen(telemetry, listener => listener.Use(next => connection =>
            {
                connection.Features.Set(new TelemetryConnection());
                return next(connection);
            }));
        });
        builder.WebHost.UseUrls(); // What is configured has been read here; the server would only warn about it.
    }

    /// <summary>Keeps telemetry and pages to their own addresses.</summary>
    public static void UseAddresses(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Path.StartsWithSegments(TelemetryPath) == context.Features.Get<TelemetryConnection>() is not null)
            return next(context);

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });

    private static void Listen(this KestrelServerOptions kestrel, string address, Action<ListenOptions> configure)
    {
        var parsed = BindingAddress.Parse(address);
        if (parsed.Scheme != Uri.UriSchemeHttp)
            throw new InvalidOperationException($"The dashboard serves http alone, not {address}.");

        if (IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var ip))
            kestrel.Listen(ip, parsed.Port, configure);
        else if (parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            kestrel.ListenLocalhost(parsed.Port, configure);
        else
            kestrel.ListenAnyIP(parsed.Port, configure);
    }
}
