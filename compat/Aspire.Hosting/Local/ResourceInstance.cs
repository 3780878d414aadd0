using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>One copy of a resource that has a process.</summary>
internal sealed class ResourceInstance : IDisposable
{
    /// <summary>How long a resource may take to stop by itself when a command stops it.</summary>
    public static readonly TimeSpan CommandStopTimeout = TimeSpan.FromSeconds(10);

    private const int LastLines = 20;

    private readonly LocalRun _run;
    private readonly DependencyWaiter _waiter;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly ILogger _logger;
    private CancellationTokenSource _lifetime = new();
    private LocalProcess? _process;
    private volatile bool _stopping;

    public ResourceInstance(IResource resource, string id, string suffix, IReadOnlyDictionary<string, int> targetPorts, LocalRun run, DependencyWaiter waiter)
    {
        Resource = resource;
        Id = id;
        Suffix = suffix;
        TargetPorts = targetPorts;
        _run = run;
        _waiter = waiter;
        _logger = run.Loggers.GetLogger(resource);
    }

    public IResource Resource { get; }

    public string Id { get; }

    /// <summary>What tells this copy from the others.</summary>
    public string Suffix { get; }

    /// <summary>The port its process listens on for each endpoint.</summary>
    public IReadOnlyDictionary<string, int> TargetPorts { get; }

    public bool IsRunning => _process is { Exited.IsCompleted: false };

    /// <summary>Says that the copy exists, before anything waits for it.</summary>
    public void Announce() => Publish(snapshot => snapshot with
    {
        State = KnownResourceStates.NotStarted,
        Urls = [.. (Resource as IResourceWithEndpoints)?.GetEndpoints().Select(endpoint => new UrlSnapshot(endpoint.EndpointName, endpoint.Url, false)) ?? []],
    });

    /// <summary>Waits for what the resource waits for and starts its process. A failure becomes the state of the resource.</summary>
    /// <param name="cancellationToken">Gives up the start.</param>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (IsRunning)
                return;

            _lifetime.Dispose();
            _lifetime = new CancellationTokenSource();
            _stopping = false;
            using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lifetime.Token);
            await StartProcessAsync(starting.Token).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Stops the process, and everything it started.</summary>
    /// <param name="timeout">How long it may take to stop by itself.</param>
    public async Task StopAsync(TimeSpan timeout)
    {
        _stopping = true;
        await _lifetime.CancelAsync().ConfigureAwait(false);
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_process is not { } process)
                return;

            if (!process.Exited.IsCompleted)
                Publish(snapshot => snapshot with { State = KnownResourceStates.Stopping });
            await process.StopAsync(timeout).ConfigureAwait(false);
            await _run.Notifications.WaitForResourceAsync(Id, KnownResourceStates.TerminalStates).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _lifetime.Dispose();
        _gate.Dispose();
    }

    private async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Resource.TryGetAnnotationsOfType<WaitAnnotation>(out _))
                Publish(snapshot => snapshot with { State = KnownResourceStates.Waiting, ExitCode = null });
            await _waiter.WaitAsync(Resource, cancellationToken).ConfigureAwait(false);

            Publish(snapshot => snapshot with { State = KnownResourceStates.Starting, ExitCode = null, ResourceReady = null });
            await _run.Eventing.PublishAsync(new BeforeResourceStartedEvent(Resource, _run.Services), cancellationToken).ConfigureAwait(false);

            var spec = await ProcessSpecs.CreateAsync(this, _run, cancellationToken).ConfigureAwait(false);
            var process = _run.Launcher.Start(spec, (line, isError) => _run.Loggers.Write(Resource.Name, line, isError));
            _process = process;
            var running = new CancellationTokenSource();
            Publish(snapshot => snapshot with
            {
                State = KnownResourceStates.Running,
                StartTimeStamp = _run.Notifications.Time.GetUtcNow().UtcDateTime,
                StopTimeStamp = null,
                HealthReports = HealthMonitor.InitialReports(Resource),
                EnvironmentVariables = [.. spec.Environment.Where(variable => variable.Value is not null).Select(variable => new EnvironmentVariableSnapshot(variable.Key, variable.Value, true))],
                Properties = snapshot.Properties.With(KnownProperties.Executable.Pid, process.Id).With(KnownProperties.Executable.Path, spec.FileName),
            });
            _ = WatchExitAsync(process, running);
            _ = _run.Health.WatchAsync(Resource, Id, TargetPorts, running.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Publish(snapshot => snapshot with { State = KnownResourceStates.NotStarted });
        }
        catch (Exception exception) when (exception is DistributedApplicationException or IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            _logger.LogError("failed to start: {Message}", exception.Message);
            Publish(snapshot => snapshot with { State = KnownResourceStates.FailedToStart });
        }
    }

    private async Task WatchExitAsync(LocalProcess process, CancellationTokenSource running)
    {
        var code = await process.Exited.ConfigureAwait(false);
        await running.CancelAsync().ConfigureAwait(false);
        running.Dispose();

        if (!_stopping && (code != 0 || Resource is ContainerResource))
        {
            var last = _run.Loggers.Last(Resource.Name, LastLines).Select(line => $"    {line.Content}");
            _logger.LogError(
                "ended by itself with exit code {Code}; its last lines:\n{Lines}",
                code.ToString(CultureInfo.InvariantCulture),
                string.Join('\n', last));
        }

        var finished = !_stopping && code == 0 && Resource is not ContainerResource;
        Publish(snapshot => snapshot with
        {
            State = finished ? KnownResourceStates.Finished : KnownResourceStates.Exited,
            ExitCode = code,
            StopTimeStamp = _run.Notifications.Time.GetUtcNow().UtcDateTime,
            ResourceReady = null,
        });
    }

    private void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => _run.Notifications.Publish(Resource, Id, change);
}
