using System.Data.Common;
using Aspire;
using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connects to PostgreSQL through an <see cref="NpgsqlDataSource"/>.</summary>
public static class AspirePostgreSqlNpgsqlExtensions
{
    private const string Section = "Aspire:Npgsql";

    /// <summary>
    /// Registers a singleton <see cref="NpgsqlDataSource"/>, with a health check named <c>PostgreSql</c>,
    /// tracing and metrics. Reads <c>Aspire:Npgsql</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">On first use: the connection string is missing.</exception>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder, string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        AddDataSource(builder, connectionName, serviceKey: null, configureSettings, configureDataSourceBuilder);
    }

    /// <summary>
    /// Registers a singleton <see cref="NpgsqlDataSource"/> under the key <paramref name="name"/>, with a health
    /// check named <c>PostgreSql_{name}</c>. Reads <c>Aspire:Npgsql</c> and <c>Aspire:Npgsql:{name}</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">On first use: the connection string is missing.</exception>
    public static void AddKeyedNpgsqlDataSource(
        this IHostApplicationBuilder builder, string name,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        AddDataSource(builder, name, serviceKey: name, configureSettings, configureDataSourceBuilder);
    }

    private static void AddDataSource(
        IHostApplicationBuilder builder, string connectionName, string? serviceKey,
        Action<NpgsqlSettings>? configureSettings, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder)
    {
        var settings = new NpgsqlSettings();
        builder.BindSettings(settings, Section, connectionName);
        if (builder.Configuration.GetConnectionString(connectionName) is { } connectionString)
            settings.ConnectionString = connectionString;
        configureSettings?.Invoke(settings);

        NpgsqlDataSource Create(IServiceProvider services)
        {
            var dataSourceBuilder = new NpgsqlDataSourceBuilder(
                ClientIntegration.RequireConnectionString(settings.ConnectionString, connectionName, Section));
            dataSourceBuilder.UseLoggerFactory(services.GetService<ILoggerFactory>());
            configureDataSourceBuilder?.Invoke(dataSourceBuilder);
            return dataSourceBuilder.Build();
        }

        if (serviceKey is null)
        {
            builder.Services.TryAddSingleton(Create);
            builder.Services.TryAddSingleton<DbDataSource>(services => services.GetRequiredService<NpgsqlDataSource>());
            builder.Services.TryAddTransient(services => services.GetRequiredService<NpgsqlDataSource>().CreateConnection());
            builder.Services.TryAddTransient<DbConnection>(services => services.GetRequiredService<NpgsqlConnection>());
        }
        else
        {
            builder.Services.TryAddKeyedSingleton(serviceKey, (services, _) => Create(services));
            builder.Services.TryAddKeyedSingleton<DbDataSource>(serviceKey,
                (services, key) => services.GetRequiredKeyedService<NpgsqlDataSource>(key));
            builder.Services.TryAddKeyedTransient(serviceKey,
                (services, key) => services.GetRequiredKeyedService<NpgsqlDataSource>(key).CreateConnection());
            builder.Services.TryAddKeyedTransient<DbConnection>(serviceKey,
                (services, key) => services.GetRequiredKeyedService<NpgsqlConnection>(key));
        }

        if (!settings.DisableHealthChecks)
        {
            builder.TryAddHealthCheck(new HealthCheckRegistration(
                serviceKey is null ? "PostgreSql" : $"PostgreSql_{connectionName}",
                services => new NpgsqlDataSourceHealthCheck(serviceKey is null
                    ? services.GetRequiredService<NpgsqlDataSource>()
                    : services.GetRequiredKeyedService<NpgsqlDataSource>(serviceKey)),
                failureStatus: null, tags: null));
        }

        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Npgsql"));
        if (!settings.DisableMetrics)
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Npgsql"));
    }
}
