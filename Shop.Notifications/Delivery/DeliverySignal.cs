using Microsoft.Extensions.Options;

namespace Shop.Notifications.Delivery;

/// <summary>Wakes lanes of the delivery worker, one for each signal, and never more than there are.</summary>
internal sealed class DeliverySignal(IOptions<DeliveryOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, options.Value.Concurrency);
    private readonly Lock _gate = new();

    /// <summary>Wakes a lane, now or as soon as one sleeps.</summary>
    public void Set()
    {
        lock (_gate)
        {
            if (_signal.CurrentCount < options.Value.Concurrency)
                _signal.Release();
        }
    }

    /// <summary>The same, as an action after a commit.</summary>
    public Task SetAsync()
    {
        Set();
        return Task.CompletedTask;
    }

    /// <summary>Waits for a signal, at most this long.</summary>
    public Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) => _signal.WaitAsync(timeout, cancellationToken);

    public void Dispose() => _signal.Dispose();
}
