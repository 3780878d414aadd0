using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Shop.AppHost.LocalServers;

/// <summary>Servers without a container engine. Publishing, and a machine with an engine, know nothing of it.</summary>
internal static class LocalServersExtensions
{
    /// <summary>Runs the PostgreSQL that is installed on this machine, where <c>Servers:Mode</c> says so.</summary>
    /// <param name="server">The server, declared in full.</param>
    public static IResourceBuilder<PostgresServerResource> RunAsProcess(this IResourceBuilder<PostgresServerResource> server) =>
        server.RunAsProcess(new LocalPostgres(server.Resource));

    /// <summary>Runs the RabbitMQ that is installed on this machine, where <c>Servers:Mode</c> says so.</summary>
    /// <param name="server">The server, declared in full.</param>
    public static IResourceBuilder<RabbitMQServerResource> RunAsProcess(this IResourceBuilder<RabbitMQServerResource> server) =>
        server.RunAsProcess(new LocalRabbitMQ(server.Resource));

    /// <summary>Runs the Redis that is installed on this machine, where <c>Servers:Mode</c> says so.</summary>
    /// <param name="server">The server, declared in full.</param>
    public static IResourceBuilder<RedisResource> RunAsProcess(this IResourceBuilder<RedisResource> server) =>
        server.RunAsProcess(new LocalRedis(server.Resource));

    private static IResourceBuilder<T> RunAsProcess<T>(this IResourceBuilder<T> server, LocalServer local) where T : IResourceWithConnectionString
    {
        var app = server.ApplicationBuilder;
        var servers = ServerSet.Of(app);
        if (!app.ExecutionContext.IsRunMode || !servers.RunAsProcesses)
            return server;

        app.Resources.Remove(server.Resource);
        var process = app.AddResource(servers.Add(local));

        // The same objects, so that the server's own connection string, and all that refers to it, is right.
        foreach (var endpoint in server.Resource.Annotations.OfType<EndpointAnnotation>())
        {
            endpoint.IsProxied = false; // The process listens there itself, without a hop in between.
            process.Resource.Annotations.Add(endpoint);
        }

        foreach (var argument in local.DeclaredArguments)
            process.Resource.Annotations.Add(argument);

        // Not the declared server's own check and events: what is published of it would be a second row of its name in the dashboard.
        var key = $"{local.Name}_process_check";
        app.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, new ServerHealthCheck(local), failureStatus: null, tags: null));
        foreach (var old in server.Resource.Annotations.OfType<HealthCheckAnnotation>().ToList())
            server.Resource.Annotations.Remove(old);
        process.WithHealthCheck(key);
        server.WithHealthCheck(key); // Its children are as healthy as it is.
        process.OnResourceReady((resource, ready, cancellationToken) => local.CreateAsync(ChildrenOf(resource), cancellationToken));
        process.OnResourceEndpointsAllocated(async (resource, allocated, cancellationToken) =>
        {
            foreach (var child in ChildrenOf(resource))
                await app.Eventing.PublishAsync(new ConnectionStringAvailableEvent(child, allocated.Services), cancellationToken);
        });
        return server;

        IEnumerable<IResource> ChildrenOf(ServerProcess resource) =>
            app.Resources.OfType<IResourceWithParent>().Where(child => child.Parent.Name == resource.Name);
    }
}
