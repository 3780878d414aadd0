using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Shop.ServiceDefaults.RateLimiting;

/// <summary>Every endpoint is limited per caller; endpoints that take credentials are limited further.</summary>
public static class RateLimitExtensions
{
    /// <summary>
    /// Where a service that signs users in for them (the storefront, the bot) names the user's own address,
    /// so that its users do not share one limit. It is believed only with a service's token.
    /// </summary>
    public const string ForwardedForHeader = "X-Forwarded-For";

    /// <summary>Limits an endpoint that takes a password or a code to a few attempts a minute for each address.</summary>
    public static TBuilder LimitCredentialAttempts<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(TakesCredentials.Instance);

    internal static void AddRateLimits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<RateLimitOptions>().Bind(builder.Configuration.GetSection(RateLimitOptions.Section))
            .Validate(o => o is { PerSecond: > 0, Burst: > 0, ServicePerSecond: > 0, CredentialsPerMinute: > 0 }, "Rate limits must be positive.")
            .ValidateOnStart();
        builder.Services.AddSingleton<CallerLimits>();
    }
}

/// <summary>Marks an endpoint that takes a password or a code.</summary>
internal sealed class TakesCredentials
{
    public static readonly TakesCredentials Instance = new();
}
