using Aspire;
using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connects to Redis.</summary>
public static class AspireRedisExtensions
{
    private const string Section = "Aspire:StackExchange:Redis";
    private const string ActivitySourceName = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    /// <summary>
    /// Registers a singleton <see cref="IConnectionMultiplexer"/>, with a health check named
    /// <c>StackExchange.Redis</c> and tracing. Reads <c>Aspire:StackExchange:Redis</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">On first use: the connection string is missing.</exception>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder, string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        builder.AddRedisClientBuilder(connectionName, configureSettings, configureOptions);

    /// <summary>
    /// Registers a singleton <see cref="IConnectionMultiplexer"/> under the key <paramref name="name"/>, with a health
    /// check named <c>StackExchange.Redis_{name}</c>. Reads <c>Aspire:StackExchange:Redis</c> and its subsection
    /// <paramref name="name"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">On first use: the connection string is missing.</exception>
    public static void AddKeyedRedisClient(
        this IHostApplicationBuilder builder, string name,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        builder.AddKeyedRedisClientBuilder(name, configureSettings, configureOptions);

    /// <summary>As <see cref="AddRedisClient"/>, returning a builder for what uses the client.</summary>
    public static AspireRedisClientBuilder AddRedisClientBuilder(
        this IHostApplicationBuilder builder, string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        return AddClient(builder, connectionName, serviceKey: null, configureSettings, configureOptions);
    }

    /// <summary>As <see cref="AddKeyedRedisClient"/>, returning a builder for what uses the client.</summary>
    public static AspireRedisClientBuilder AddKeyedRedisClientBuilder(
        this IHostApplicationBuilder builder, string name,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return AddClient(builder, name, serviceKey: name, configureSettings, configureOptions);
    }

    private static AspireRedisClientBuilder AddClient(
        IHostApplicationBuilder builder, string connectionName, string? serviceKey,
        Action<StackExchangeRedisSettings>? configureSettings, Action<ConfigurationOptions>? configureOptions)
    {
        var settings = new StackExchangeRedisSettings();
        builder.BindSettings(settings, Section, connectionName);
        if (builder.Configuration.GetConnectionString(connectionName) is { } connectionString)
            settings.ConnectionString = connectionString;
        configureSettings?.Invoke(settings);

        var optionsName = serviceKey ?? Options.Options.DefaultName;
        var section = builder.Configuration.GetSection(Section);

        IConnectionMultiplexer Connect(IServiceProvider services)
        {
            var options = RedisConfiguration.Parse(settings.ConnectionString);
            section.GetSection("ConfigurationOptions").Bind(options);
            section.GetSection($"{connectionName}:ConfigurationOptions").Bind(options);
            foreach (var configure in services.GetServices<IConfigureOptions<ConfigurationOptions>>())
            {
                if (configure is IConfigureNamedOptions<ConfigurationOptions> named)
                    named.Configure(optionsName, options);
                else if (serviceKey is null)
                    configure.Configure(options);
            }
            configureOptions?.Invoke(options);

            if (options.EndPoints.Count == 0)
            {
                throw new InvalidOperationException(
                    $"No endpoints specified. Ensure a valid connection string was provided in 'ConnectionStrings:{connectionName}' or for the '{Section}:ConnectionString' configuration key.");
            }
            return ConnectionMultiplexer.Connect(options);
        }

        if (serviceKey is null)
            builder.Services.AddSingleton(Connect);
        else
            builder.Services.AddKeyedSingleton(serviceKey, (services, _) => Connect(services));

        if (!settings.DisableHealthChecks)
        {
            builder.TryAddHealthCheck(new HealthCheckRegistration(
                serviceKey is null ? "StackExchange.Redis" : $"StackExchange.Redis_{connectionName}",
                services => new RedisHealthCheck(() => serviceKey is null
                    ? services.GetRequiredService<IConnectionMultiplexer>()
                    : services.GetRequiredKeyedService<IConnectionMultiplexer>(serviceKey)),
                failureStatus: null, tags: null));
        }

        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(ActivitySourceName));

        return new AspireRedisClientBuilder(builder, settings, serviceKey);
    }
}
