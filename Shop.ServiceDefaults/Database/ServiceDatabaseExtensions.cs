using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shop.ServiceDefaults.Idempotency;

namespace Shop.ServiceDefaults.Database;

/// <summary>A service's own database: its context, its migrations, its idempotency keys.</summary>
public static class ServiceDatabaseExtensions
{
    /// <summary>Statements that each connection keeps prepared; more than a service has that come again.</summary>
    private const int MaxPrepared = 100;

    /// <summary>
    /// Adds the context on this connection and brings the schema up to date before the service answers its first request.
    /// The service's migrations are its embedded <c>Migrations/NNNN_name.sql</c>.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">The name of the connection string.</param>
    /// <param name="savepoints">
    /// Whether a save that fails leaves its transaction usable, for a service that answers to what failed. Elsewhere it fails
    /// the whole transaction, and two statements around each save would be for nothing.
    /// </param>
    public static void AddServiceDatabase<TContext>(
        this IHostApplicationBuilder builder, string connectionName, bool savepoints = false) where TContext : DbContext
    {
        // Retries at this level would replay half of a business transaction; the caller or the broker repeats the whole of it.
        builder.AddNpgsqlDbContext<TContext>(connectionName, settings =>
        {
            settings.DisableRetry = true;
            settings.ConnectionString = settings.ConnectionString is { Length: > 0 } connection ? Tuned(connection) : null;
        },
        options => options.UseNpgsql(npgsql => npgsql.ConfigureDataSource(source => source.ConfigureSpanNames())));
        builder.Services.ConfigureDbContext<TContext>(options => options.AddInterceptors(AfterCommitInterceptor.Instance));
        if (!savepoints)
            builder.Services.ConfigureDbContext<TContext>(options => options.AddInterceptors(NoSavepoints.Instance));

        builder.Services.AddMigrations(typeof(ServiceDatabaseExtensions).Assembly);
        builder.Services.AddMigrations(typeof(TContext).Assembly);
        builder.Services.AddHostedService(services => new MigrationRunner(
            services.GetServices<MigrationSource>(),
            () => CreateConnection(builder.Configuration, connectionName),
            services.GetRequiredService<ILogger<MigrationRunner>>()));
        builder.Services.AddHostedService<IdempotencyCleanup<TContext>>();
    }

    /// <summary>Adds the SQL migrations embedded in an assembly; sources run in the order they were added.</summary>
    public static IServiceCollection AddMigrations(this IServiceCollection services, Assembly assembly) =>
        services.AddSingleton(new MigrationSource(assembly));

    /// <summary>
    /// Has the statements that come again prepared, which saves the server from parsing and planning them each time, and a
    /// connection that returns to the pool left as it is: nothing here sets anything on a session. What the connection string
    /// itself says comes later and so stands, as for a pooler that cannot do this.
    /// </summary>
    private static string Tuned(string connectionString) => $"Max Auto Prepare={MaxPrepared};No Reset On Close=true;{connectionString}";

    /// <remarks>Unpooled: it is used once.</remarks>
    private static NpgsqlConnection CreateConnection(IConfiguration configuration, string connectionName) =>
        new(new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(connectionName)) { Pooling = false }.ConnectionString);
}
