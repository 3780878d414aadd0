namespace Shop.AppHost.LocalServers;

/// <summary>Has a server's children follow its state, as the orchestrator does for containers alone.</summary>
internal sealed class ChildStates : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _following;

    /// <summary>Begins at once. A hosted service would be too late: the orchestrator, which waits for the children, starts before it.</summary>
    public ChildStates(DistributedApplicationModel model, ResourceNotificationService notifications) =>
        _following = FollowAsync(model, notifications, _stopping.Token);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // Cancelled, now.
        _stopping.Dispose();
    }

    private static async Task FollowAsync(
        DistributedApplicationModel model, ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            if (change.Resource is not ServerProcess process)
                continue;

            var (state, started, stopped) = (change.Snapshot.State, change.Snapshot.StartTimeStamp, change.Snapshot.StopTimeStamp);
            foreach (var child in model.Resources.OfType<IResourceWithParent>().Where(child => child.Parent.Name == process.Name))
            {
                await notifications.PublishUpdateAsync(
                    child, snapshot => snapshot with { State = state, StartTimeStamp = started, StopTimeStamp = stopped });
            }
        }
    }
}
