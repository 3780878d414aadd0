using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Knows the state of every resource, and tells when it changes.</summary>
public class ResourceNotificationService
{
    private readonly ConcurrentDictionary<string, ResourceEvent> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _publishing = new();
    private event Action<ResourceEvent>? Changed;

    internal ResourceNotificationService(WaitBehavior defaultWaitBehavior, TimeProvider time)
    {
        DefaultWaitBehavior = defaultWaitBehavior;
        Time = time;
    }

    internal WaitBehavior DefaultWaitBehavior { get; }

    internal TimeProvider Time { get; }

    internal IEnumerable<ResourceEvent> Current => _states.Values;

    /// <summary>Waits until a resource runs, or reaches another state.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="targetState">The state; Running when not given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the state is reached.</returns>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until a resource reaches one of some states.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="targetStates">The states.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The state that was reached.</returns>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var states = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reached = await WaitForResourceAsync(
            resourceName,
            change => change.Snapshot.State is { } state && states.Contains(state.Text),
            cancellationToken).ConfigureAwait(false);
        return reached.Snapshot.State!.Text;
    }

    /// <summary>Waits until something holds for a resource.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="predicate">What must hold.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The change with which it held.</returns>
    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var found = new TaskCompletionSource<ResourceEvent>(TaskCreationOptions.RunContinuationsAsynchronously);

        void Check(ResourceEvent change)
        {
            try
            {
                if (IsNamed(change, resourceName) && predicate(change))
                    found.TrySetResult(change);
            }
            catch (Exception exception)
            {
                found.TrySetException(exception);
                throw;
            }
        }

        Changed += Check;
        try
        {
            foreach (var change in _states.Values)
                Check(change);
            return await found.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Changed -= Check;
        }
    }

    /// <summary>Waits until a resource is healthy and the handlers of its ready event have ended.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The change with which it was.</returns>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <summary>Waits until a resource is healthy and the handlers of its ready event have ended.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="waitBehavior">What happens when the resource fails.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The change with which it was.</returns>
    /// <exception cref="DistributedApplicationException">The resource failed, and the wait was to stop then.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var change = await WaitForResourceAsync(
            resourceName,
            change => (change.Snapshot.HealthStatus == HealthStatus.Healthy && change.Snapshot.ResourceReady is not null)
                || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsUnavailable(change.Snapshot)),
            cancellationToken).ConfigureAwait(false);

        if (IsUnavailable(change.Snapshot))
            throw new DistributedApplicationException(
                $"Stopped waiting for resource '{resourceName}' to become healthy because it {DescribeUnavailable(change.Snapshot)}.");

        await change.Snapshot.ResourceReady!.WaitAsync(cancellationToken).ConfigureAwait(false);
        return change;
    }

    /// <summary>Watches all changes, beginning with the present states.</summary>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>The changes.</returns>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A watcher that falls behind loses the oldest changes, not the newest state.
        var changes = Channel.CreateBounded<ResourceEvent>(new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest });
        void Write(ResourceEvent change) => changes.Writer.TryWrite(change);

        Changed += Write;
        try
        {
            foreach (var change in _states.Values)
                Write(change);
            await foreach (var change in changes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return change;
        }
        finally
        {
            Changed -= Write;
        }
    }

    /// <summary>The state of a resource.</summary>
    /// <param name="resourceId">The id of a copy, or the name of a resource that has only one.</param>
    /// <param name="resourceEvent">The state.</param>
    /// <returns>Whether the resource is known.</returns>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        if (_states.TryGetValue(resourceId, out resourceEvent))
            return true;

        var named = _states.Values.Where(change => IsNamed(change, resourceId)).Take(2).ToArray();
        resourceEvent = named.Length == 1 ? named[0] : null;
        return resourceEvent is not null;
    }

    /// <summary>Changes the state of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="stateFactory">Makes the new state from the present one.</param>
    /// <returns>A completed task.</returns>
    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return PublishUpdateAsync(resource, resource.Name, stateFactory);
    }

    /// <summary>Changes the state of one copy of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="resourceId">The id of the copy.</param>
    /// <param name="stateFactory">Makes the new state from the present one.</param>
    /// <returns>A completed task.</returns>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        Publish(resource, resourceId, stateFactory);
        return Task.CompletedTask;
    }

    internal CustomResourceSnapshot Publish(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_publishing)
        {
            var present = _states.TryGetValue(resourceId, out var known)
                ? known.Snapshot
                : new CustomResourceSnapshot
                {
                    ResourceType = resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal),
                    Properties = [],
                    CreationTimeStamp = Time.GetUtcNow().UtcDateTime,
                };
            var next = stateFactory(present);
            if (known is null || next != present)
            {
                var change = new ResourceEvent(resource, resourceId, next);
                _states[resourceId] = change;
                Changed?.Invoke(change);
            }

            return next;
        }
    }

    internal static bool IsUnavailable(CustomResourceSnapshot snapshot) =>
        snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);

    internal static string DescribeUnavailable(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.FailedToStart ? "failed to start"
        : snapshot.ExitCode is { } code ? $"is in state '{snapshot.State?.Text}' with exit code {code}"
        : $"is in state '{snapshot.State?.Text}'";

    private static bool IsNamed(ResourceEvent change, string name) =>
        string.Equals(change.Resource.Name, name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(change.ResourceId, name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>How to read the properties of a snapshot.</summary>
internal static class SnapshotProperties
{
    public static ImmutableArray<ResourcePropertySnapshot> With(this ImmutableArray<ResourcePropertySnapshot> properties, string name, object? value) =>
        [.. properties.Where(property => property.Name != name), new ResourcePropertySnapshot(name, value)];
}
