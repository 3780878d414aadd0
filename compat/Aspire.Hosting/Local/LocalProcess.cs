using System.Diagnostics;

namespace Aspire.Hosting.Local;

/// <summary>A running process, with all that it started.</summary>
internal sealed class LocalProcess
{
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly bool _stopsLikePostgres;
    private readonly string _registration;

    public LocalProcess(Process process, bool stopsLikePostgres, string registration)
    {
        _process = process;
        _stopsLikePostgres = stopsLikePostgres;
        _registration = registration;
        Id = process.Id;
        Exited = WaitAsync();
    }

    public int Id { get; }

    /// <summary>Ends with the exit code when the process has ended, its output is read, and nothing that it started is left.</summary>
    public Task<int> Exited { get; }

    /// <summary>Asks the process to stop, and forces it when it does not in time.</summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        if (!Exited.IsCompleted && timeout > TimeSpan.Zero)
        {
            Native.Kill(Id, _stopsLikePostgres ? Native.SigInt : Native.SigTerm);
            if (!await HasExitedAsync(timeout).ConfigureAwait(false) && _stopsLikePostgres)
            {
                Native.Kill(Id, Native.SigQuit);
                await HasExitedAsync(KillTime).ConfigureAwait(false);
            }
        }

        if (!Exited.IsCompleted)
        {
            // By itself as well: in its first moment the process has no group of its own yet.
            Native.Kill(-Id, Native.SigKill);
            Native.Kill(Id, Native.SigKill);
        }

        await Exited.ConfigureAwait(false);
    }

    private async Task<bool> HasExitedAsync(TimeSpan timeout)
    {
        await Task.WhenAny(Exited, Task.Delay(timeout)).ConfigureAwait(false);
        return Exited.IsCompleted;
    }

    private async Task<int> WaitAsync()
    {
        using var exited = _process;
        var leader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => leader.TrySetResult();
        if (_process.HasExited)
            leader.TrySetResult();
        await leader.Task.ConfigureAwait(false);

        // The group belongs to the process: what is left of it would be an orphan, and would hold its output open.
        var begun = TimeProvider.System.GetTimestamp();
        while (ProcessGroup.IsAlive(Id) && TimeProvider.System.GetElapsedTime(begun) < KillTime)
        {
            Native.Kill(-Id, Native.SigKill);
            await Task.Delay(Poll).ConfigureAwait(false);
        }

        using var reading = new CancellationTokenSource(KillTime);
        try
        {
            await _process.WaitForExitAsync(reading.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            // A process in another session holds the output open; the exit code is known nevertheless.
        }

        File.Delete(_registration);
        return _process.ExitCode;
    }
}
