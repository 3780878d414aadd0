using System.Collections.Concurrent;
using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Local;

/// <summary>Checks the health of what runs: often while it comes up, seldom once it is well.</summary>
internal sealed class HealthMonitor(
    IOptions<HealthCheckServiceOptions> options,
    IServiceProvider services,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealthyDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);
    private const double Growth = 1.15;

    private readonly ConcurrentDictionary<IResource, Readiness> _ready = new();

    public static ImmutableArray<HealthReportSnapshot> InitialReports(IResource resource) =>
        [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => new HealthReportSnapshot(check.Key, null, null, null))];

    /// <summary>Watches one running copy of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="id">The copy.</param>
    /// <param name="ports">The port of the copy for each endpoint.</param>
    /// <param name="whileRunning">Cancelled when the copy has stopped.</param>
    public async Task WatchAsync(IResource resource, string id, IReadOnlyDictionary<string, int> ports, CancellationToken whileRunning)
    {
        var readiness = _ready.GetOrAdd(resource, _ => new Readiness());
        readiness.Enter();
        try
        {
            var checks = resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).ToArray();
            var delay = FirstDelay;
            while (!whileRunning.IsCancellationRequested)
            {
                var reports = await Task.WhenAll(checks.Select(key => CheckAsync(key, ports, whileRunning))).ConfigureAwait(false);
                var healthy = reports.All(report => report.Status == HealthStatus.Healthy);
                var ready = healthy ? readiness.Get(() => PublishReadyAsync(resource)) : null;
                notifications.Publish(resource, id, snapshot => whileRunning.IsCancellationRequested ? snapshot : snapshot with
                {
                    HealthReports = [.. reports],
                    ResourceReady = snapshot.ResourceReady ?? ready,
                });
                if (checks.Length == 0)
                    return;

                await Task.Delay(healthy ? HealthyDelay : delay, whileRunning).ConfigureAwait(false);
                delay = healthy ? FirstDelay : TimeSpan.FromTicks(Math.Min((long)(delay.Ticks * Growth), LongestDelay.Ticks));
            }
        }
        catch (OperationCanceledException) when (whileRunning.IsCancellationRequested)
        {
            // The copy has stopped.
        }
        finally
        {
            if (resource.TryGetAnnotationsOfType<HealthCheckAnnotation>(out _) || whileRunning.IsCancellationRequested)
                readiness.Leave();
        }
    }

    private async Task PublishReadyAsync(IResource resource)
    {
        try
        {
            await eventing.PublishAsync(new ResourceReadyEvent(resource, services), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            loggers.GetLogger(resource).LogError("could not be made ready: {Message}", exception.Message);
            throw;
        }
    }

    private async Task<HealthReportSnapshot> CheckAsync(string key, IReadOnlyDictionary<string, int> ports, CancellationToken cancellationToken)
    {
        var at = notifications.Time.GetUtcNow().UtcDateTime;
        if (options.Value.Registrations.FirstOrDefault(known => known.Name == key) is not { } registration)
            return new HealthReportSnapshot(key, HealthStatus.Unhealthy, $"There is no health check with key '{key}'.", null) { LastRunAt = at };

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CheckTimeout);
        try
        {
            var check = registration.Factory(services);
            var result = check is HttpEndpointHealthCheck http && ports.TryGetValue(http.EndpointName, out var port)
                ? await http.CheckAsync(port, limit.Token).ConfigureAwait(false)
                : await check.CheckHealthAsync(new HealthCheckContext { Registration = registration }, limit.Token).ConfigureAwait(false);
            return new HealthReportSnapshot(key, result.Status, result.Description, result.Exception?.Message) { LastRunAt = at };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever a check throws means that the resource is not healthy; the text says why.
            return new HealthReportSnapshot(key, HealthStatus.Unhealthy, exception.Message, exception.GetType().Name) { LastRunAt = at };
        }
    }

    /// <summary>The ready event of a resource: once for all copies, again when all had stopped.</summary>
    private sealed class Readiness
    {
        private readonly Lock _lock = new();
        private int _copies;
        private Task? _ready;

        public void Enter()
        {
            lock (_lock)
            {
                if (_copies++ == 0)
                    _ready = null;
            }
        }

        public void Leave()
        {
            lock (_lock)
                _copies--;
        }

        public Task Get(Func<Task> publish)
        {
            lock (_lock)
                return _ready ??= Task.Run(publish);
        }
    }
}
