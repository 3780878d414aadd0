namespace Shop.ServiceDefaults;

/// <summary>Wakes sleeping workers of this process, one for each signal. Signals beyond the number of workers melt into one.</summary>
/// <param name="workers">How many may sleep at a time.</param>
public abstract class WakeSignal(int workers) : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, workers);
    private readonly Lock _gate = new();

    /// <summary>Wakes a worker, now or as soon as one sleeps.</summary>
    public void Set()
    {
        lock (_gate)
        {
            if (_signal.CurrentCount < workers)
                _signal.Release();
        }
    }

    /// <summary>Waits for a signal, at most this long.</summary>
    /// <returns>Whether there was one.</returns>
    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) => _signal.WaitAsync(timeout, cancellationToken);

    /// <inheritdoc />
    public void Dispose()
    {
        _signal.Dispose();
        GC.SuppressFinalize(this);
    }
}
