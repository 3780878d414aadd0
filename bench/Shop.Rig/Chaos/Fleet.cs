using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Shop.Rig.Setup;

namespace Shop.Rig.Chaos;

/// <summary>The processes of the shop: which there are, and how to stop and start them.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly DistributedApplication _app;
    private readonly ConcurrentDictionary<string, ResourceEvent> _states = [];
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _starting = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;

    public Fleet(DistributedApplication app)
    {
        _app = app;
        _watching = WatchAsync();
    }

    /// <summary>The ids of the copies of a resource, always in the same order.</summary>
    public IReadOnlyList<string> CopiesOf(string resource) =>
        [.. _states.Values.Where(state => state.Resource.Name == resource).Select(state => state.ResourceId).Order(StringComparer.Ordinal)];

    /// <summary>The process of a copy; null when it does not run.</summary>
    public int? ProcessOf(string copy) =>
        _states.TryGetValue(copy, out var state) && state.Snapshot.State?.Text == KnownResourceStates.Running
            ? state.Snapshot.ProcessId()
            : null;

    /// <summary>Ends a copy at once, with all that it started.</summary>
    /// <returns>The process, if it ran.</returns>
    public int? Kill(string copy) =>
        ProcessOf(copy) is { } process && (Signals.Send(-process, Signals.Kill) || Signals.Send(process, Signals.Kill)) ? process : null;

    /// <summary>Stops a copy where it stands, with all that it started, for a while.</summary>
    /// <returns>Whether it ran.</returns>
    public async Task<bool> FreezeAsync(string copy, TimeSpan duration, CancellationToken healing)
    {
        if (ProcessOf(copy) is not { } process)
            return false;

        var tree = Signals.TreeOf(process);
        foreach (var id in tree)
            Signals.Send(id, Signals.Stop);
        await Waits.ForAsync(duration, healing);
        foreach (var id in tree)
            Signals.Send(id, Signals.Continue);
        return true;
    }

    /// <summary>Waits until the application knows that a process that was killed has ended.</summary>
    /// <exception cref="TimeoutException">It lives.</exception>
    public async Task UntilEndedAsync(string copy, int process)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (ProcessOf(copy) == process)
        {
            if (TimeProvider.System.GetElapsedTime(begun) > EndTime)
                throw new TimeoutException($"Process {process} of {copy} was killed and runs still.");
            await Task.Delay(Poll);
        }
    }

    /// <summary>
    /// Starts a copy that has ended, again and again until it is healthy: what it needs may itself be down. While everything
    /// is broken around it that may be later than this waits.
    /// </summary>
    /// <returns>Whether it is healthy.</returns>
    public async Task<bool> StartAsync(string copy, CancellationToken cancellationToken)
    {
        var gate = _starting.GetOrAdd(copy, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            var begun = TimeProvider.System.GetTimestamp();
            while (!IsHealthy(copy))
            {
                if (TimeProvider.System.GetElapsedTime(begun) > StartTime)
                    return false;
                if (HasEnded(copy))
                    await _app.ResourceCommands.ExecuteCommandAsync(copy, KnownResourceCommands.StartCommand, cancellationToken);
                await Task.Delay(Poll, cancellationToken);
            }

            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Starts a copy when nothing is broken any more.</summary>
    /// <exception cref="TimeoutException">It does not become healthy.</exception>
    public async Task RequireAsync(string copy, CancellationToken cancellationToken)
    {
        // A start of the time when everything was broken may have used up its own wait.
        const int Attempts = 3;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await StartAsync(copy, cancellationToken))
                return;
        }

        throw new TimeoutException($"{copy} does not become healthy: {Describe(copy)}.");
    }

    /// <summary>Stops a copy as an operator would, and starts it again.</summary>
    /// <returns>Whether it ran.</returns>
    public async Task<bool> RestartAsync(string copy, CancellationToken cancellationToken)
    {
        if (ProcessOf(copy) is null)
            return false;
        await _app.ResourceCommands.ExecuteCommandAsync(copy, KnownResourceCommands.StopCommand, cancellationToken);
        await StartAsync(copy, cancellationToken);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        foreach (var gate in _starting.Values)
            gate.Dispose();
    }

    private bool IsHealthy(string copy) => _states.TryGetValue(copy, out var state) && state.Snapshot.HealthStatus == HealthStatus.Healthy;

    private bool HasEnded(string copy) =>
        _states.TryGetValue(copy, out var state) && state.Snapshot.State is { } now && KnownResourceStates.TerminalStates.Contains(now.Text);

    private string Describe(string copy) => _states.TryGetValue(copy, out var state)
        ? $"{state.Snapshot.State?.Text}, {string.Join("; ", state.Snapshot.HealthReports.Select(report => $"{report.Name}: {report.Status} {report.Description}"))}"
        : "unknown";

    private async Task WatchAsync()
    {
        await foreach (var change in _app.ResourceNotifications.WatchAsync(_stopping.Token))
            _states[change.ResourceId] = change;
    }
}
