using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>Holds a resource back until what it waits for is there.</summary>
internal sealed class DependencyWaiter(ResourceNotificationService notifications, ResourceLoggerService loggers)
{
    /// <summary>Waits for everything the resource waits for.</summary>
    /// <exception cref="DistributedApplicationException">Something it waits for failed, and it was to fail then as well.</exception>
    public async Task WaitAsync(IResource resource, CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().DistinctBy(wait => (wait.Resource, wait.WaitType)).ToArray();
        var logger = loggers.GetLogger(resource);
        var open = waits.Where(wait => IdsOf(wait.Resource).Any(id => !IsMet(wait, id))).Select(wait => wait.Resource.Name).Distinct().ToArray();
        if (open.Length > 0)
            logger.LogInformation("waits for {Resources}", string.Join(", ", open));

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = waits.SelectMany(wait => IdsOf(wait.Resource).Select(id => WaitAsync(wait, id, logger, failed.Token))).ToList();
        while (tasks.Count > 0)
        {
            var ended = await Task.WhenAny(tasks).ConfigureAwait(false);
            tasks.Remove(ended);
            try
            {
                await ended.ConfigureAwait(false);
            }
            catch
            {
                await failed.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }

    private string[] IdsOf(IResource resource) =>
        notifications.Current.Where(state => state.Resource == resource).Select(state => state.ResourceId).DefaultIfEmpty(resource.Name).ToArray();

    private bool IsMet(WaitAnnotation wait, string id) => notifications.TryGetCurrentState(id, out var state) && IsMet(wait, state.Snapshot);

    private static bool IsMet(WaitAnnotation wait, CustomResourceSnapshot snapshot) => wait.WaitType switch
    {
        WaitType.WaitUntilHealthy => snapshot.HealthStatus == HealthStatus.Healthy && snapshot.ResourceReady is not null,
        WaitType.WaitUntilStarted => snapshot.State?.Text == KnownResourceStates.Running,
        WaitType.WaitForCompletion => ResourceNotificationService.IsUnavailable(snapshot),
    };

    private async Task WaitAsync(WaitAnnotation wait, string id, ILogger logger, CancellationToken cancellationToken)
    {
        var stops = (wait.WaitBehavior ?? notifications.DefaultWaitBehavior) == WaitBehavior.StopOnResourceUnavailable;
        var told = false;
        var change = await notifications.WaitForResourceAsync(
            id,
            change =>
            {
                if (IsMet(wait, change.Snapshot))
                    return true;
                if (!ResourceNotificationService.IsUnavailable(change.Snapshot))
                {
                    told = false;
                    return false;
                }

                if (!stops && !told)
                {
                    told = true;
                    logger.LogWarning("goes on waiting for {Resource}, which {State}", wait.Resource.Name, ResourceNotificationService.DescribeUnavailable(change.Snapshot));
                }

                return stops;
            },
            cancellationToken).ConfigureAwait(false);

        var snapshot = change.Snapshot;
        if (wait.WaitType == WaitType.WaitForCompletion)
        {
            if (snapshot.State?.Text == KnownResourceStates.FailedToStart || snapshot.ExitCode != wait.ExitCode)
                throw new DistributedApplicationException(
                    $"it waits for the completion of '{wait.Resource.Name}' with exit code {wait.ExitCode}, which {ResourceNotificationService.DescribeUnavailable(snapshot)}.");
            return;
        }

        if (ResourceNotificationService.IsUnavailable(snapshot))
            throw new DistributedApplicationException($"it waits for '{wait.Resource.Name}', which {ResourceNotificationService.DescribeUnavailable(snapshot)}.");

        if (wait.WaitType == WaitType.WaitUntilHealthy && snapshot.ResourceReady is { } ready)
        {
            try
            {
                await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new DistributedApplicationException($"it waits for '{wait.Resource.Name}', which could not be made ready: {exception.Message}", exception);
            }
        }
    }
}
