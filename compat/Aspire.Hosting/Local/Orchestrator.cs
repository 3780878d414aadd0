using System.Globalization;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>Starts the resources of the application in the order of their waits, and stops them in reverse.</summary>
internal sealed class Orchestrator(
    DistributedApplicationModel model,
    LocalSettings settings,
    IConfiguration configuration,
    IHostEnvironment environment,
    DistributedApplicationExecutionContext executionContext,
    IDistributedApplicationEventing eventing,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    HealthMonitor health,
    StartReport report,
    IServiceProvider services) : IHostedService, IAsyncDisposable
{
    /// <summary>How long everything together may take to stop.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(9);

    // What services may take of it; the rest is for the servers, which have data to write.
    private static readonly TimeSpan ServiceStopTimeout = TimeSpan.FromSeconds(4.5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Ports _ports = new();
    private readonly List<ResourceInstance> _instances = [];
    private readonly List<ReplicaProxy> _proxies = [];
    private readonly List<Task> _running = [];
    private readonly ILogger _logger = loggers.GetLogger(ResourceConsole.AppHost);
    private DataDirectory? _data;
    private bool _stopped;

    public ResourceInstance? FindInstance(string resourceId) =>
        _instances.FirstOrDefault(instance => string.Equals(instance.Id, resourceId, StringComparison.OrdinalIgnoreCase));

    /// <summary>Makes sure that the servers are installed and takes the data directory.</summary>
    /// <exception cref="DistributedApplicationException">What a person has to put right.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
        RequireInstalledServers();
        _data = await DataDirectory.OpenAsync(settings.DataDirectory, settings.ThrowAwayData, cancellationToken).ConfigureAwait(false);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_data is null)
            throw new InvalidOperationException("The application is prepared before it is started.");

        var run = new LocalRun
        {
            Services = services,
            Configuration = configuration,
            ExecutionContext = executionContext,
            Eventing = eventing,
            Notifications = notifications,
            Loggers = loggers,
            Health = health,
            Data = _data,
            Launcher = new ProcessLauncher(_data),
            Ports = _ports,
            Dashboard = model.Resources.OfType<DashboardResource>().SingleOrDefault(),
            IsDevelopment = environment.IsDevelopment(),
        };
        var waiter = new DependencyWaiter(notifications, loggers);
        foreach (var resource in model.Resources.Where(HasProcess))
            AddInstances(resource, run, waiter);
        foreach (var instance in _instances)
            instance.Announce();
        foreach (var resource in model.Resources.OfType<IResourceWithConnectionString>())
            await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), cancellationToken).ConfigureAwait(false);

        // All are known before the first starts, since it may wait for any of them.
        var passive = new PassiveResources(model, run, waiter, _stopping.Token);
        passive.Announce();
        _running.Add(report.WriteAsync([.. model.Resources.Where(StartsWithApplication)], _stopping.Token));
        _running.AddRange(passive.Start());
        _running.AddRange(_instances.Where(instance => StartsWithApplication(instance.Resource)).Select(instance => instance.StartAsync(_stopping.Token)));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped)
            return;

        _stopped = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        var begun = notifications.Time.GetTimestamp();
        var stops = new Dictionary<IResource, Task>();
        await Task.WhenAll(_instances.Select(instance => StopInOrder(instance.Resource))).ConfigureAwait(false);
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync().ConfigureAwait(false);
        if (_data is not null)
            await _data.DisposeAsync().ConfigureAwait(false);

        Task StopInOrder(IResource resource)
        {
            if (stops.TryGetValue(resource, out var known))
                return known;

            // Two resources may refer to each other; the second of them does not wait for the first.
            stops[resource] = Task.CompletedTask;
            return stops[resource] = StopAfterAsync([.. DependentsOf(resource).Select(StopInOrder)], resource);
        }

        async Task StopAfterAsync(Task[] dependents, IResource resource)
        {
            await Task.WhenAll(dependents).ConfigureAwait(false);
            var limit = resource is ContainerResource ? StopTimeout - TimeSpan.FromSeconds(1) : ServiceStopTimeout;
            var left = limit - notifications.Time.GetElapsedTime(begun);
            await Task.WhenAll(_instances.Where(instance => instance.Resource == resource)
                .Select(instance => instance.StopAsync(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(100)))).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var instance in _instances)
            instance.Dispose();
        _stopping.Dispose();
    }

    private static bool HasProcess(IResource resource) => resource is ProjectResource or ExecutableResource or ContainerResource;

    private static bool StartsWithApplication(IResource resource) =>
        resource is not IResourceWithoutLifetime && !resource.TryGetLastAnnotation<ExplicitStartupAnnotation>(out _);

    private void RequireInstalledServers()
    {
        var missing = model.Resources.SelectMany(resource => resource.Annotations.OfType<LocalServer>())
            .Where(server => !server.IsInstalled).Select(server => server.Package).Distinct().ToArray();
        if (missing.Length > 0)
            throw new DistributedApplicationException(
                $"Not installed on this machine: {string.Join(", ", missing)}. On Debian and Ubuntu install with:\n\n"
                + $"    sudo apt-get install --no-install-recommends {string.Join(' ', missing)}\n\n"
                + "Elsewhere install these servers with your package manager, or run in containers with -p:PackageSet=full.");
    }

    private void AddInstances(IResource resource, LocalRun run, DependencyWaiter waiter)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToArray();
        var count = resource is ProjectResource ? resource.GetReplicaCount() : 1;
        foreach (var endpoint in endpoints)
        {
            if (count > 1 && (!endpoint.IsProxied || endpoint.TargetPort is not null))
                throw new DistributedApplicationException(
                    $"Resource '{resource.Name}' uses multiple replicas and a proxy-less or fixed-port endpoint '{endpoint.Name}'. These features do not work together.");

            // Servers listen on one address; a project listens on every address of localhost.
            var address = resource is ContainerResource ? "127.0.0.1" : "localhost";
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, address, TakePort(resource, endpoint));
        }

        var copies = new List<ResourceInstance>();
        for (var i = 0; i < count; i++)
        {
            var suffix = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz", 8);
            var ports = endpoints.ToDictionary(endpoint => endpoint.Name, endpoint => TargetPort(resource, endpoint, count), StringComparer.OrdinalIgnoreCase);
            copies.Add(new ResourceInstance(resource, $"{resource.Name}-{suffix}", suffix, ports, run, waiter));
        }

        _instances.AddRange(copies);
        foreach (var endpoint in endpoints.Where(endpoint => copies.Any(copy => copy.TargetPorts[endpoint.Name] != endpoint.AllocatedEndpoint!.Port)))
            _proxies.Add(new ReplicaProxy(endpoint.AllocatedEndpoint!.Port, [.. copies.Select(copy => (new Func<bool>(() => copy.IsRunning), copy.TargetPorts[endpoint.Name]))]));
    }

    private int TakePort(IResource resource, EndpointAnnotation endpoint)
    {
        // What the process decides itself cannot be changed here.
        if (resource is not ContainerResource && !endpoint.IsProxied && endpoint.TargetPort is { } fixedPort)
            return fixedPort;
        if (settings.RandomizePorts || endpoint.Port is not { } declared)
            return _ports.TakeAny();
        if (_ports.TryTake(declared))
            return declared;

        var other = _ports.TakeAny();
        _logger.LogWarning(
            "port {Declared} of {Resource} is taken by another program; it uses {Other} instead",
            declared.ToString(CultureInfo.InvariantCulture), resource.Name, other.ToString(CultureInfo.InvariantCulture));
        return other;
    }

    private int TargetPort(IResource resource, EndpointAnnotation endpoint, int count) =>
        count > 1 ? _ports.TakeAny()
        : resource is not ContainerResource && endpoint.TargetPort is { } target ? target
        : endpoint.AllocatedEndpoint!.Port;

    // Who waits for, refers to, or lives in a resource, and has a process. To the dashboard projects send their last telemetry.
    private IEnumerable<IResource> DependentsOf(IResource resource) =>
        resource is DashboardResource ? model.Resources.OfType<ProjectResource>() : Users(resource, []).Where(HasProcess).Distinct();

    private IEnumerable<IResource> Users(IResource resource, HashSet<IResource> seen)
    {
        foreach (var user in model.Resources.Where(user => user != resource && Uses(user, resource) && seen.Add(user)))
        {
            yield return user;
            if (!HasProcess(user))
            {
                foreach (var further in Users(user, seen))
                    yield return further;
            }
        }
    }

    private static bool Uses(IResource user, IResource used) =>
        user.Annotations.OfType<WaitAnnotation>().Any(wait => wait.Resource == used)
        || user.Annotations.OfType<ResourceRelationshipAnnotation>().Any(relationship => relationship.Resource == used)
        || (user is IResourceWithParent child && child.Parent == used);
}
