using Aspire.Hosting.Local;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command ended.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>Whether it did what it should.</summary>
    public required bool Success { get; init; }

    /// <summary>Whether it was cancelled.</summary>
    public bool Canceled { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Message { get; init; }
}

/// <summary>Starts, stops and restarts resources.</summary>
public class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly Func<Orchestrator> _orchestrator;

    internal ResourceCommandService(ResourceNotificationService notifications, Func<Orchestrator> orchestrator)
    {
        _notifications = notifications;
        _orchestrator = orchestrator;
    }

    /// <summary>Runs a command on one copy of a resource.</summary>
    /// <param name="resourceId">The id of the copy, or the name of a resource that has only one.</param>
    /// <param name="commandName">One of <see cref="KnownResourceCommands"/>.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
    /// <returns>How it ended.</returns>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        _notifications.TryGetCurrentState(resourceId, out var state)
            ? ExecuteAsync(state.Resource, state.ResourceId, commandName, cancellationToken)
            : Task.FromResult(new ExecuteCommandResult { Success = false, Message = $"Resource '{resourceId}' not found." });

    /// <summary>Runs a command on every copy of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="commandName">One of <see cref="KnownResourceCommands"/>.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
    /// <returns>How it ended.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        var ids = _notifications.Current.Where(state => state.Resource == resource).Select(state => state.ResourceId).ToArray();
        var results = await Task.WhenAll(ids.Select(id => ExecuteAsync(resource, id, commandName, cancellationToken))).ConfigureAwait(false);
        return results.FirstOrDefault(result => !result.Success) ?? new ExecuteCommandResult { Success = true };
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(IResource resource, string resourceId, string commandName, CancellationToken cancellationToken)
    {
        if (_orchestrator().FindInstance(resourceId) is not { } instance)
            return NotAvailable();

        try
        {
            // "resource-start" and so on are the older names of the same commands.
            switch (commandName.Replace("resource-", "", StringComparison.Ordinal))
            {
                case "start":
                    await instance.StartAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case "stop":
                    await instance.StopAsync(ResourceInstance.CommandStopTimeout).WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case "restart":
                    await instance.StopAsync(ResourceInstance.CommandStopTimeout).WaitAsync(cancellationToken).ConfigureAwait(false);
                    await instance.StartAsync(cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    return NotAvailable();
            }

            return new ExecuteCommandResult { Success = true };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new ExecuteCommandResult { Success = false, Canceled = true };
        }
        catch (DistributedApplicationException exception)
        {
            return new ExecuteCommandResult { Success = false, Message = exception.Message };
        }

        ExecuteCommandResult NotAvailable() =>
            new() { Success = false, Message = $"Command '{commandName}' not available for resource '{resource.Name}'." };
    }
}
