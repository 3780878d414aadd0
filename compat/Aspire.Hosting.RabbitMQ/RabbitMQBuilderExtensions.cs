using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.RabbitMQ;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Adds RabbitMQ brokers.</summary>
public static class RabbitMQBuilderExtensions
{
    /// <summary>Adds a broker.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="userName">The name of its user; <c>guest</c> when not given.</param>
    /// <param name="password">The password of its user; generated and kept when not given.</param>
    /// <param name="port">The port it listens on; a free one when not given.</param>
    /// <returns>The broker.</returns>
    public static IResourceBuilder<RabbitMQServerResource> AddRabbitMQ(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var passwordParameter = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var broker = new RabbitMQServerResource(name, userName?.Resource, passwordParameter);

        var key = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, new RabbitMQHealthCheck(broker), null, null));
        return builder.AddResource(broker)
            .WithEndpoint(port: port, targetPort: 5672, name: RabbitMQServerResource.PrimaryEndpointName)
            .WithAnnotation(new LocalRabbitMQ(broker))
            .WithHealthCheck(key);
    }

    /// <summary>Turns the management plugin on.</summary>
    /// <param name="builder">The broker.</param>
    /// <returns>The broker.</returns>
    public static IResourceBuilder<RabbitMQServerResource> WithManagementPlugin(this IResourceBuilder<RabbitMQServerResource> builder) => builder.WithManagementPlugin(port: null);

    /// <summary>Turns the management plugin on.</summary>
    /// <param name="builder">The broker.</param>
    /// <param name="port">The port of its page; a free one when not given.</param>
    /// <returns>The broker.</returns>
    public static IResourceBuilder<RabbitMQServerResource> WithManagementPlugin(this IResourceBuilder<RabbitMQServerResource> builder, int? port)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithHttpEndpoint(port: port, targetPort: 15672, name: RabbitMQServerResource.ManagementEndpointName);
    }

    /// <summary>Keeps the data in a volume.</summary>
    /// <param name="builder">The broker.</param>
    /// <param name="name">The name of the volume; that of the resource when not given.</param>
    /// <param name="isReadOnly">Whether it may not be written.</param>
    /// <returns>The broker.</returns>
    public static IResourceBuilder<RabbitMQServerResource> WithDataVolume(this IResourceBuilder<RabbitMQServerResource> builder, string? name = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ContainerMountAnnotation(name, "/var/lib/rabbitmq", ContainerMountType.Volume, isReadOnly));
    }
}
