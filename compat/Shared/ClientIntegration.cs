using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire;

/// <summary>What the client integrations have in common: where settings come from, and one health check per name.</summary>
internal static class ClientIntegration
{
    /// <summary>
    /// Reads settings from a section and then from its named subsection; the more specific one wins.
    /// </summary>
    public static void BindSettings(this IHostApplicationBuilder builder, object settings, string section, string? name)
    {
        var configuration = builder.Configuration.GetSection(section);
        configuration.Bind(settings);
        if (name is not null)
            configuration.GetSection(name).Bind(settings);
    }

    /// <summary>Registers a health check once, however often the same integration is added.</summary>
    public static void TryAddHealthCheck(this IHostApplicationBuilder builder, HealthCheckRegistration registration)
    {
        var key = $"Aspire.HealthChecks.{registration.Name}";
        if (builder.Properties.TryAdd(key, true))
            builder.Services.AddHealthChecks().Add(registration);
    }

    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static string RequireConnectionString(string? connectionString, string connectionName, string section) =>
        string.IsNullOrWhiteSpace(connectionString)
            ? throw new InvalidOperationException(
                $"ConnectionString is missing. It should be provided in 'ConnectionStrings:{connectionName}' or under the 'ConnectionString' key in '{section}' configuration section.")
            : connectionString;
}
