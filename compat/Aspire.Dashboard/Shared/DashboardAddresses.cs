using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Aspire.Dashboard.Shared;

/// <summary>Marks connections to the addresses for telemetry, where no page is served; elsewhere no telemetry is taken.</summary>
internal sealed record TelemetryConnection(bool IsGrpc);

/// <summary>Where the dashboard listens: on loopback alone, unless an address says otherwise.</summary>
internal static class DashboardAddresses
{
    /// <summary>Below it is what the address for telemetry by HTTP takes.</summary>
    public const string TelemetryPath = "/v1";

    private const string DefaultPages = "http://localhost:18888";
    private const string DefaultGrpc = "http://localhost:18889";
    private const string DefaultHttp = "http://localhost:18890";

    public static void AddAddresses(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var pages = (configuration["ASPNETCORE_URLS"] ?? configuration["URLS"] ?? DefaultPages).Split(';', StringSplitOptions.RemoveEmptyEntries);
        var grpc = configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ?? DefaultGrpc;
        var http = configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] ?? DefaultHttp;
        string[] all = [.. pages, http, grpc];
        if (Array.Find(all, address => BindingAddress.Parse(address).Scheme != Uri.UriSchemeHttp) is { } other)
            throw new InvalidOperationException($"The dashboard serves http alone, not {other}.");
        if (all.DistinctBy(EndPoint).Count() < all.Length)
            throw new InvalidOperationException($"The dashboard needs an address for each: {string.Join(", ", all)}.");

        builder.WebHost.UseUrls(all);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(listener =>
            {
                if (Equals(listener.EndPoint, EndPoint(grpc)))
                {
                    listener.Protocols = HttpProtocols.Http2; // Without TLS nobody asks which it is.
                    listener.Mark(new TelemetryConnection(IsGrpc: true));
                }
                else if (Equals(listener.EndPoint, EndPoint(http)))
                {
                    listener.Mark(new TelemetryConnection(IsGrpc: false));
                }
            });
        });
    }

    /// <summary>Keeps telemetry and pages to their own addresses.</summary>
    /// <param name="app">The dashboard.</param>
    /// <param name="grpc">Serves the address for gRPC alone.</param>
    public static void UseAddresses(this WebApplication app, RequestDelegate grpc)
    {
        app.MapWhen(context => context.Features.Get<TelemetryConnection>() is { IsGrpc: true }, branch => branch.Run(grpc));
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments(TelemetryPath) == context.Features.Get<TelemetryConnection>() is not null)
                return next(context);

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    // As the server understands addresses.
    private static IPEndPoint EndPoint(string address)
    {
        var parsed = BindingAddress.Parse(address);
        var isLocal = parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
        return new IPEndPoint(IPAddress.TryParse(parsed.Host, out var ip) ? ip : isLocal ? IPAddress.Loopback : IPAddress.IPv6Any, parsed.Port);
    }

    private static void Mark(this ListenOptions listener, TelemetryConnection mark) => listener.Use(next => connection =>
    {
        connection.Features.Set(mark);
        return next(connection);
    });
}
