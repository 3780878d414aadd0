using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using Shop.AppHost;
using Shop.AppHost.LocalServers;

namespace Shop.Rig.Setup;

/// <summary>The whole shop on free ports and data that is thrown away, started from its own AppHost.</summary>
internal sealed class ThrowawayShop : IAsyncDisposable
{
    private const string AdminPassword = "Correct-horse-1-battery";
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(4);

    private ThrowawayShop(DistributedApplication app, string mailDirectory) => (App, MailDirectory) = (app, mailDirectory);

    /// <summary>The running application.</summary>
    public DistributedApplication App { get; }

    /// <summary>Where the mails go as files.</summary>
    public string MailDirectory { get; }

    /// <summary>The administrator.</summary>
    public static (string Email, string Password) Admin => ("admin@shop.local", AdminPassword);

    /// <summary>Starts it and waits until every resource is healthy.</summary>
    /// <param name="replicas">Processes of each service.</param>
    /// <param name="configure">Changes the application before it is built: an environment variable more, a proxy in between.</param>
    /// <param name="settings">The AppHost's configuration in addition, as <c>--name=value</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">Something is not healthy in time.</exception>
    public static async Task<ThrowawayShop> StartAsync(
        int replicas = 1, Action<IDistributedApplicationTestingBuilder>? configure = null, IReadOnlyList<string>? settings = null,
        CancellationToken cancellationToken = default)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTime);
        var mail = Directory.CreateTempSubdirectory("shop-mail-").FullName;
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Shop_AppHost>(
            [
                "--Servers:Mode=process", "--LocalServers:ThrowAwayData=true", $"--Parameters:admin-password={AdminPassword}",
                $"--Shop:Replicas={replicas}", $"--Shop:MailDirectory={mail}", .. settings ?? [],
            ],
            (options, _) => options.EnableResourceLogging = false,
            timeout.Token);
        builder.Services.AddLogging(logging => logging.ClearProviders()); // The console is the rig's own.
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Welcome)));
        foreach (var project in builder.Resources.OfType<ProjectResource>())
            ExportNothing(project);
        configure?.Invoke(builder);
        var shop = new ThrowawayShop(await builder.BuildAsync(timeout.Token), mail);
        try
        {
            await shop.App.StartAsync(timeout.Token);
            foreach (var resource in builder.Resources.Where(IsStarted))
                await shop.App.ResourceNotifications.WaitForResourceHealthyAsync(resource.Name, timeout.Token);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on a service starts at once, whether what it needs is there or not: in production nobody waits for that either.</summary>
    public void StartWithoutWaiting()
    {
        foreach (var project in App.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ProjectResource>())
        {
            foreach (var wait in project.Annotations.OfType<WaitAnnotation>().ToList())
                project.Annotations.Remove(wait);
        }
    }

    /// <summary>A client of one service.</summary>
    public HttpClient CreateClient(string service) => new() { BaseAddress = App.GetEndpoint(service, "http") };

    /// <summary>Opens a service's database.</summary>
    public async Task<NpgsqlConnection> OpenDatabaseAsync(string name, CancellationToken cancellationToken = default)
    {
        var connection = new NpgsqlConnection(await App.GetConnectionStringAsync(name, cancellationToken));
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>A connection of the rig's own to the broker, past every proxy.</summary>
    public async Task<IConnection> ConnectToBrokerAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = new Uri((await App.GetConnectionStringAsync("rabbitmq", cancellationToken))!),
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = TimeSpan.FromSeconds(10),
            ClientProvidedName = "rig",
        };
        return await factory.CreateConnectionAsync(cancellationToken);
    }

    private static bool IsStarted(IResource resource) =>
        resource is ProjectResource or ServerProcess && !resource.TryGetLastAnnotation<ExplicitStartupAnnotation>(out _);

    /// <summary>There is no dashboard that would take telemetry, and what is exported to nobody costs the service as much.</summary>
    private static void ExportNothing(ProjectResource project)
    {
        foreach (var exporter in project.Annotations.OfType<OtlpExporterAnnotation>().ToList())
            project.Annotations.Remove(exporter);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        Directory.Delete(MailDirectory, recursive: true);
    }
}
