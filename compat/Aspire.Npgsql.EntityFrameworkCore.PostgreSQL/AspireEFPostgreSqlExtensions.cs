using System.Diagnostics.CodeAnalysis;
using Aspire;
using Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connects a <see cref="DbContext"/> to PostgreSQL.</summary>
public static class AspireEFPostgreSqlExtensions
{
    private const string Section = "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL";
    private const DynamicallyAccessedMemberTypes ContextMembers = DynamicallyAccessedMemberTypes.PublicConstructors
        | DynamicallyAccessedMemberTypes.NonPublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties;

    /// <summary>
    /// Registers a pooled <typeparamref name="TContext"/> with retries, a health check named by the context's type,
    /// tracing and metrics. Reads <c>Aspire:Npgsql:EntityFrameworkCore:PostgreSQL</c> and its subsection
    /// named by the context's type.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The context is already registered; or, on first use, the connection string is missing.
    /// </exception>
    public static void AddNpgsqlDbContext<[DynamicallyAccessedMembers(ContextMembers)] TContext>(
        this IHostApplicationBuilder builder, string connectionName,
        Action<NpgsqlEntityFrameworkCorePostgreSQLSettings>? configureSettings = null,
        Action<DbContextOptionsBuilder>? configureDbContextOptions = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        if (IsRegistered<TContext>(builder))
            throw new InvalidOperationException($"DbContext<{typeof(TContext).Name}> is already registered. Use 'EnrichNpgsqlDbContext<{typeof(TContext).Name}>()' to add health checks, retries and telemetry to it.");

        var settings = ReadSettings<TContext>(builder);
        if (builder.Configuration.GetConnectionString(connectionName) is { } connectionString)
            settings.ConnectionString = connectionString;
        configureSettings?.Invoke(settings);

        builder.Services.AddDbContextPool<TContext>(options =>
        {
            // Required here and not at registration, so that tools can build the host without a database.
            var required = ClientIntegration.RequireConnectionString(settings.ConnectionString, connectionName, Section);
            options.UseNpgsql(required, npgsql => Apply(settings, npgsql));
            configureDbContextOptions?.Invoke(options);
        });

        AddInstrumentation<TContext>(builder, settings);
    }

    /// <summary>
    /// Adds retries, the health check, tracing and metrics to a <typeparamref name="TContext"/> that is registered already.
    /// </summary>
    /// <exception cref="InvalidOperationException">The context is not registered.</exception>
    public static void EnrichNpgsqlDbContext<[DynamicallyAccessedMembers(ContextMembers)] TContext>(
        this IHostApplicationBuilder builder,
        Action<NpgsqlEntityFrameworkCorePostgreSQLSettings>? configureSettings = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!IsRegistered<TContext>(builder))
            throw new InvalidOperationException($"DbContext<{typeof(TContext).Name}> was not registered. Register it with 'AddDbContext<{typeof(TContext).Name}>()' or 'AddDbContextPool<{typeof(TContext).Name}>()' first.");

        var settings = ReadSettings<TContext>(builder);
        configureSettings?.Invoke(settings);

        builder.Services.ConfigureDbContext<TContext>(options => options.UseNpgsql(npgsql => Apply(settings, npgsql)));

        AddInstrumentation<TContext>(builder, settings);
    }

    private static bool IsRegistered<TContext>(IHostApplicationBuilder builder) where TContext : DbContext =>
        builder.Services.Any(service => service.ServiceType == typeof(TContext));

    private static NpgsqlEntityFrameworkCorePostgreSQLSettings ReadSettings<TContext>(IHostApplicationBuilder builder)
    {
        var settings = new NpgsqlEntityFrameworkCorePostgreSQLSettings();
        builder.BindSettings(settings, Section, typeof(TContext).Name);
        return settings;
    }

    private static void Apply(NpgsqlEntityFrameworkCorePostgreSQLSettings settings, NpgsqlDbContextOptionsBuilder npgsql)
    {
        if (!settings.DisableRetry)
            npgsql.EnableRetryOnFailure();
        if (settings.CommandTimeout is { } seconds)
            npgsql.CommandTimeout(seconds);
    }

    private static void AddInstrumentation<TContext>(
        IHostApplicationBuilder builder, NpgsqlEntityFrameworkCorePostgreSQLSettings settings)
        where TContext : DbContext
    {
        if (!settings.DisableHealthChecks)
        {
            builder.TryAddHealthCheck(new HealthCheckRegistration(
                typeof(TContext).Name,
                services => new DbContextHealthCheck<TContext>(services.GetRequiredService<TContext>()),
                failureStatus: null, tags: null));
        }

        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Npgsql"));
        if (!settings.DisableMetrics)
        {
            builder.Services.AddOpenTelemetry()
                .WithMetrics(metrics => metrics.AddMeter("Microsoft.EntityFrameworkCore", "Npgsql"));
        }
    }
}
