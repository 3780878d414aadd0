using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>Says how long each resource took to become healthy, and all of them.</summary>
internal sealed class StartReport(ResourceNotificationService notifications, ResourceLoggerService loggers)
{
    /// <summary>Reports until everything is healthy.</summary>
    /// <param name="resources">The resources that are started with the application.</param>
    /// <param name="cancellationToken">Ends the report.</param>
    public async Task WriteAsync(IReadOnlyList<IResource> resources, CancellationToken cancellationToken)
    {
        var logger = loggers.GetLogger(ResourceConsole.AppHost);
        var begun = notifications.Time.GetTimestamp();
        var open = resources.ToHashSet();
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!open.Contains(change.Resource) || !IsDone(change.Resource))
                    continue;

                open.Remove(change.Resource);
                logger.LogInformation("{Resource} is healthy after {Seconds} s", change.Resource.Name, Seconds(begun));
                if (open.Count == 0)
                {
                    logger.LogInformation("all {Count} resources are healthy after {Seconds} s", resources.Count, Seconds(begun));
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application stops before all was healthy.
        }
    }

    private bool IsDone(IResource resource) => notifications.Current.Where(state => state.Resource == resource).All(state =>
        state.Snapshot is { HealthStatus: HealthStatus.Healthy, ResourceReady: not null } || state.Snapshot.State?.Text == KnownResourceStates.Finished);

    private string Seconds(long begun) => notifications.Time.GetElapsedTime(begun).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
