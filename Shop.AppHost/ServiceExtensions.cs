namespace Shop.AppHost;

/// <summary>What several services of the shop are given in the same way.</summary>
internal static class ServiceExtensions
{
    private const int SecretLength = 32;

    /// <summary>A secret that is generated once and kept outside the repository, unless <c>Parameters:{name}</c> is given.</summary>
    public static IResourceBuilder<ParameterResource> AddGeneratedSecret(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = SecretLength, Special = false }, secret: true, persist: true);

    /// <summary>The value of a parameter, when one is configured; an environment variable has no hyphen in its name.</summary>
    public static string? GivenParameter(this IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];

    /// <summary>The service's own database.</summary>
    public static IResourceBuilder<ProjectResource> WithDatabase(this IResourceBuilder<ProjectResource> service, IResourceBuilder<ConnectionStringResource> database) =>
        service.WithReference(database).WaitFor(database);

    /// <summary>The broker that carries the events.</summary>
    public static IResourceBuilder<ProjectResource> WithBroker(this IResourceBuilder<ProjectResource> service, IResourceBuilder<RabbitMQServerResource> broker) =>
        service.WithReference(broker).WaitFor(broker);

    /// <summary>Auth, which checks tokens, and the credentials that the service has there.</summary>
    public static IResourceBuilder<ProjectResource> WithServiceIdentity(this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> auth)
    {
        var name = service.Resource.Name;
        var secret = service.ApplicationBuilder.AddGeneratedSecret($"service-secret-{name}");
        auth.WithEnvironment($"Auth__Clients__{name}__Secret", secret);
        return service
            .WithReference(auth)
            .WithEnvironment("ServiceAuth__ClientId", name)
            .WithEnvironment("ServiceAuth__ClientSecret", secret);
    }
}
