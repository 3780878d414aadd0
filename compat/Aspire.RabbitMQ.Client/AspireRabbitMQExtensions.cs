using Aspire;
using Aspire.RabbitMQ.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connects to RabbitMQ.</summary>
public static class AspireRabbitMQExtensions
{
    private const string Section = "Aspire:RabbitMQ:Client";

    /// <summary>
    /// Registers a singleton <see cref="IConnection"/> that is opened, with retries, while the host starts;
    /// with a health check named <c>RabbitMQ.Client</c> and tracing. Reads <c>Aspire:RabbitMQ:Client</c>.
    /// Without a connection string the client tries localhost.
    /// </summary>
    public static void AddRabbitMQClient(
        this IHostApplicationBuilder builder, string connectionName,
        Action<RabbitMQClientSettings>? configureSettings = null,
        Action<ConnectionFactory>? configureConnectionFactory = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        AddClient(builder, connectionName, serviceKey: null, configureSettings, configureConnectionFactory);
    }

    /// <summary>
    /// Registers a singleton <see cref="IConnection"/> under the key <paramref name="name"/>, with a health check
    /// named <c>RabbitMQ.Client_{name}</c>. Reads <c>Aspire:RabbitMQ:Client</c> and its subsection <paramref name="name"/>.
    /// </summary>
    public static void AddKeyedRabbitMQClient(
        this IHostApplicationBuilder builder, string name,
        Action<RabbitMQClientSettings>? configureSettings = null,
        Action<ConnectionFactory>? configureConnectionFactory = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        AddClient(builder, name, serviceKey: name, configureSettings, configureConnectionFactory);
    }

    private static void AddClient(
        IHostApplicationBuilder builder, string connectionName, string? serviceKey,
        Action<RabbitMQClientSettings>? configureSettings, Action<ConnectionFactory>? configureConnectionFactory)
    {
        var settings = new RabbitMQClientSettings();
        builder.BindSettings(settings, Section, connectionName);
        if (builder.Configuration.GetConnectionString(connectionName) is { } connectionString)
            settings.ConnectionString = connectionString;
        configureSettings?.Invoke(settings);

        var section = builder.Configuration.GetSection(Section);
        IConnectionFactory CreateFactory(IServiceProvider services)
        {
            var factory = new ConnectionFactory();
            section.GetSection("ConnectionFactory").Bind(factory);
            section.GetSection($"{connectionName}:ConnectionFactory").Bind(factory);
            if (!string.IsNullOrEmpty(settings.ConnectionString))
                factory.Uri = new Uri(settings.ConnectionString);
            configureConnectionFactory?.Invoke(factory);
            return factory;
        }

        IConnection Connect(IServiceProvider services, IConnectionFactory factory) =>
            RabbitMQConnector.Connect(factory, settings.MaxConnectRetryCount,
                services.GetRequiredService<ILoggerFactory>().CreateLogger("RabbitMQ.Client"));

        if (serviceKey is null)
        {
            builder.Services.AddSingleton(CreateFactory);
            builder.Services.AddSingleton(services => Connect(services, services.GetRequiredService<IConnectionFactory>()));
        }
        else
        {
            builder.Services.AddKeyedSingleton(serviceKey, (services, _) => CreateFactory(services));
            builder.Services.AddKeyedSingleton(serviceKey,
                (services, key) => Connect(services, services.GetRequiredKeyedService<IConnectionFactory>(key)));
        }

        if (!settings.DisableAutoActivation)
            builder.Services.AddSingleton<IHostedService>(services => new RabbitMQActivation(services, serviceKey));

        if (!settings.DisableHealthChecks)
        {
            builder.TryAddHealthCheck(new HealthCheckRegistration(
                serviceKey is null ? "RabbitMQ.Client" : $"RabbitMQ.Client_{connectionName}",
                services => new RabbitMQHealthCheck(() => serviceKey is null
                    ? services.GetRequiredService<IConnection>()
                    : services.GetRequiredKeyedService<IConnection>(serviceKey)),
                failureStatus: null, tags: null));
        }

        if (!settings.DisableTracing)
        {
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
                .AddSource(RabbitMQConnector.ActivitySourceName)
                .AddSource("RabbitMQ.Client.*"));
        }
    }
}
