namespace Shop.AppHost.LocalServers;

/// <summary>Servers without a container engine. Publishing, and a machine with an engine, know nothing of it.</summary>
internal static class LocalServersExtensions
{
    /// <summary>Runs the PostgreSQL that is installed on this machine, where <c>Servers:Mode</c> says so. Call it when the server is declared in full.</summary>
    public static IResourceBuilder<PostgresServerResource> RunAsProcess(this IResourceBuilder<PostgresServerResource> server) =>
        server.RunAsProcess(new LocalPostgres(server.Resource));

    /// <summary>Runs the RabbitMQ that is installed on this machine, where <c>Servers:Mode</c> says so. Call it when the server is declared in full.</summary>
    public static IResourceBuilder<RabbitMQServerResource> RunAsProcess(this IResourceBuilder<RabbitMQServerResource> server) =>
        server.RunAsProcess(new LocalRabbitMQ(server.Resource));

    /// <summary>Runs the Redis that is installed on this machine, where <c>Servers:Mode</c> says so. Call it when the server is declared in full.</summary>
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
        foreach (var shared in server.Resource.Annotations.Where(annotation => annotation is EndpointAnnotation or HealthCheckAnnotation))
            process.Resource.Annotations.Add(shared);
        foreach (var endpoint in process.Resource.Annotations.OfType<EndpointAnnotation>())
            endpoint.IsProxied = false; // The process listens there itself, without a hop in between.
        foreach (var argument in local.DeclaredArguments)
            process.Resource.Annotations.Add(argument);

        // Aspire's package acts on the server's own events: it makes its databases when the server is ready, for instance.
        process.OnResourceReady((_, ready, cancellationToken) =>
            app.Eventing.PublishAsync(new ResourceReadyEvent(server.Resource, ready.Services), cancellationToken));
        process.OnResourceEndpointsAllocated(async (_, allocated, cancellationToken) =>
        {
            await app.Eventing.PublishAsync(new ConnectionStringAvailableEvent(server.Resource, allocated.Services), cancellationToken);
            foreach (var child in app.Resources.OfType<IResourceWithParent>().Where(child => child.Parent.Name == process.Resource.Name))
                await app.Eventing.PublishAsync(new ConnectionStringAvailableEvent(child, allocated.Services), cancellationToken);
        });
        return server;
    }
}
