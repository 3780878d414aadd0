using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>Gives a state to the resources that have no process: parameters, connection strings, and what lives in a server.</summary>
internal sealed class PassiveResources(DistributedApplicationModel model, LocalRun run, DependencyWaiter waiter, CancellationToken stopping)
{
    private static readonly Dictionary<string, int> NoPorts = [];

    public void Announce()
    {
        foreach (var resource in Passive())
            Publish(resource, snapshot => snapshot with { State = KnownResourceStates.NotStarted });
    }

    public IEnumerable<Task> Start() => Passive().Select(resource => resource switch
    {
        ParameterResource parameter => ResolveAsync(parameter),
        IResourceWithParent child => FollowParentAsync(child),
        _ => BecomeAvailableAsync(resource),
    }).ToArray();

    private IEnumerable<IResource> Passive() =>
        model.Resources.Where(resource => resource is not (ProjectResource or ExecutableResource or ContainerResource));

    private async Task ResolveAsync(ParameterResource parameter)
    {
        try
        {
            await parameter.GetValueAsync(stopping).ConfigureAwait(false);
            await RunAsync(parameter, stopping).ConfigureAwait(false);
        }
        catch (MissingParameterValueException exception)
        {
            run.Loggers.GetLogger(parameter).LogWarning("{Message}", exception.Message);
            Publish(parameter, snapshot => snapshot with { State = KnownResourceStates.ValueMissing });
        }
    }

    private async Task BecomeAvailableAsync(IResource resource)
    {
        try
        {
            Publish(resource, snapshot => snapshot with { State = KnownResourceStates.Waiting });
            await waiter.WaitAsync(resource, stopping).ConfigureAwait(false);
            await RunAsync(resource, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The application stops before what it waits for was there.
        }
        catch (DistributedApplicationException exception)
        {
            run.Loggers.GetLogger(resource).LogError("failed to start: {Message}", exception.Message);
            Publish(resource, snapshot => snapshot with { State = KnownResourceStates.FailedToStart });
        }
    }

    /// <summary>What lives in a server runs when the server does.</summary>
    private async Task FollowParentAsync(IResourceWithParent child)
    {
        CancellationTokenSource? running = null;
        try
        {
            while (true)
            {
                // Made ready, the parent has what lives in it.
                var parent = await run.Notifications.WaitForResourceAsync(child.Parent.Name, change => change.Snapshot.ResourceReady is not null, stopping).ConfigureAwait(false);
                await parent.Snapshot.ResourceReady!.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                stopping.ThrowIfCancellationRequested();
                running = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                var watch = RunAsync(child, running.Token);

                var ended = await run.Notifications.WaitForResourceAsync(
                    child.Parent.Name, change => change.Snapshot.State?.Text != KnownResourceStates.Running, stopping).ConfigureAwait(false);
                await running.CancelAsync().ConfigureAwait(false);
                await watch.ConfigureAwait(false);
                running.Dispose();
                running = null;
                Publish(child, snapshot => snapshot with { State = ended.Snapshot.State, ExitCode = ended.Snapshot.ExitCode, ResourceReady = null });
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The application stops.
        }
        finally
        {
            running?.Dispose();
        }
    }

    private Task RunAsync(IResource resource, CancellationToken whileRunning)
    {
        Publish(resource, snapshot => snapshot with
        {
            State = KnownResourceStates.Running,
            ExitCode = null,
            StartTimeStamp = run.Notifications.Time.GetUtcNow().UtcDateTime,
            HealthReports = HealthMonitor.InitialReports(resource),
            ResourceReady = null,
        });
        return run.Health.WatchAsync(resource, resource.Name, NoPorts, whileRunning);
    }

    private void Publish(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => run.Notifications.Publish(resource, resource.Name, change);
}
