namespace Shop.AppHost;

/// <summary>Has our dashboard show the messages of the shop; Microsoft's has no such page.</summary>
internal static class DashboardMessages
{
    private const string Dashboard = "aspire-dashboard";
    private const string Client = "dashboard";
    private const string Section = "DASHBOARD__MESSAGES";

    /// <summary>Gives the dashboard the addresses of the broker and of the services with operator endpoints, and an identity of its own for them.</summary>
    public static void AddDashboardMessages(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> auth, IResourceBuilder<RabbitMQServerResource> broker, IReadOnlyList<IResourceBuilder<ProjectResource>> services)
    {
        // It is there when it is a process of ours, and not when it is off or Microsoft's.
        if (builder.Resources.OfType<ExecutableResource>().FirstOrDefault(resource => resource.Name == Dashboard) is not { } dashboard)
            return;

        var secret = builder.AddGeneratedSecret($"service-secret-{Client}");
        auth.WithEnvironment($"Auth__Clients__{Client}__Secret", secret);
        var addressed = builder.CreateResourceBuilder(dashboard)
            .WithEnvironment($"{Section}__BROKER__URL", broker.GetEndpoint("management"))
            .WithEnvironment($"{Section}__BROKER__PASSWORD", ReferenceExpression.Create($"{broker.Resource.PasswordParameter}"))
            .WithEnvironment($"{Section}__TOKEN__URL", ReferenceExpression.Create($"{auth.GetEndpoint("http")}/auth/token"))
            .WithEnvironment($"{Section}__TOKEN__CLIENTID", Client)
            .WithEnvironment($"{Section}__TOKEN__CLIENTSECRET", secret);
        foreach (var service in services)
            addressed.WithEnvironment($"{Section}__SERVICES__{service.Resource.Name}", service.GetEndpoint("http"));
    }
}
