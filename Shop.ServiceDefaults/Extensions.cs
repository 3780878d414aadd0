using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Health;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Idempotency;
using Shop.ServiceDefaults.RateLimiting;
using Shop.ServiceDefaults.Security;
using Shop.ServiceDefaults.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the shop shares, in three calls.</summary>
public static class Extensions
{
    /// <summary>
    /// Adds telemetry, health checks, service discovery, resilient HTTP clients, problem details,
    /// token validation, rate limits and the API document.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddTelemetry();
        builder.AddDefaultHealthChecks();
        builder.AddHttpDefaults();
        builder.AddErrorHandling();
        builder.AddTokenAuthentication();
        builder.AddRateLimits();
        builder.AddApiDocument();
        return builder;
    }

    /// <summary>Adds the request pipeline in the order the parts depend on each other.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<RateLimitMiddleware>();
        app.UseAuthorization();
        app.UseMiddleware<IdempotencyMiddleware>();
        return app;
    }

    /// <summary>Maps <c>/health</c>, <c>/alive</c>, <c>/openapi/v1.json</c> and <c>/swagger</c>.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthEndpoints();
        app.MapApiDocument();
        return app;
    }
}
