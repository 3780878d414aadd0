using Microsoft.Extensions.Configuration;

namespace Shop.AppHost;

/// <summary>What several services of the shop are given in the same way.</summary>
internal static class ServiceExtensions
{
    private const int SecretLength = 32;

    /// <summary>Sections of the AppHost's configuration that every service gets as they are.</summary>
    private static readonly string[] SharedSections = ["RateLimits", "Messaging"];

    /// <summary>Settings that every service must agree on.</summary>
    private static readonly string[] SharedSettings = ["AUTH_JWT_ALGORITHM", "AUTH_JWT_SECRET"];

    /// <summary>A secret that is generated once and kept outside the repository, unless <c>Parameters:{name}</c> is given.</summary>
    public static IResourceBuilder<ParameterResource> AddGeneratedSecret(
        this IDistributedApplicationBuilder builder, string name, string description) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = SecretLength, Special = false }, secret: true, persist: true)
            .WithDescription(description);

    /// <summary>The value of a parameter, when one is configured; an environment variable has no hyphen in its name.</summary>
    public static string? GivenParameter(this IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];

    /// <summary>The service's own database.</summary>
    public static IResourceBuilder<ProjectResource> WithDatabase(this IResourceBuilder<ProjectResource> service, ServiceDatabase database) =>
        service.WithReference(database.ConnectionString).WaitFor(database.ConnectionString);

    /// <summary>The broker that carries the events, and where it tells how many it has.</summary>
    public static IResourceBuilder<ProjectResource> WithBroker(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<RabbitMQServerResource> broker) =>
        service.WithReference(broker).WaitFor(broker).WithEnvironment("Messaging__ManagementUrl", broker.GetEndpoint("management"));

    /// <summary>Auth, which checks tokens, and the credentials that the service has there.</summary>
    public static IResourceBuilder<ProjectResource> WithServiceIdentity(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> auth)
    {
        var name = service.Resource.Name;
        var secret = service.ApplicationBuilder.AddGeneratedSecret($"service-secret-{name}", $"The secret by which {name} signs in at auth.");
        auth.WithEnvironment($"Auth__Clients__{name}__Secret", secret);
        return service
            .WithReference(auth)
            .WithEnvironment("ServiceAuth__ClientId", name)
            .WithEnvironment("ServiceAuth__ClientSecret", secret);
    }

    /// <summary>The health check, the number of replicas, and the settings that all services share.</summary>
    public static IResourceBuilder<ProjectResource> AsShopService(this IResourceBuilder<ProjectResource> service)
    {
        var configuration = service.ApplicationBuilder.Configuration;
        var shared = SharedSections.SelectMany(section => configuration.GetSection(section).AsEnumerable())
            .Concat(SharedSettings.Select(name => KeyValuePair.Create(name, configuration[name])));
        foreach (var (name, value) in shared)
        {
            if (value is not null)
                service.WithEnvironment(name.Replace(":", "__", StringComparison.Ordinal), value);
        }

        return service
            .WithReplicas(service.ApplicationBuilder.GetReplicas())
            .WithHttpHealthCheck("/health");
    }

    /// <summary>Processes of each service: <c>Shop:Replicas</c>.</summary>
    public static int GetReplicas(this IDistributedApplicationBuilder builder) => builder.Configuration.GetValue("Shop:Replicas", 1);

    /// <summary>A link in the dashboard to a page of the service, in the place of its bare address.</summary>
    public static IResourceBuilder<ProjectResource> WithPage(this IResourceBuilder<ProjectResource> service, string name, string path = "") =>
        service.WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = (name, url.Url + path));

    /// <summary>Where e-mails go as files without a mail server: <c>Shop:MailDirectory</c>, or <c>.shop/mail</c> beside the solution.</summary>
    public static string GetMailDirectory(this IDistributedApplicationBuilder builder) =>
        Path.GetFullPath(builder.Configuration["Shop:MailDirectory"] ?? Path.Combine(builder.AppHostDirectory, "..", ".shop", "mail"));
}
