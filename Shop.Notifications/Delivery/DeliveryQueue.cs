using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Shop.Notifications.Notifications;
using Shop.ServiceDefaults;

namespace Shop.Notifications.Delivery;

/// <summary>
/// What the worker of this process has to do. A notification written here is leased to this process as it is written, and
/// handed over when it is committed, so that nobody has to claim it; what finds no room is claimed from the database.
/// </summary>
internal sealed class DeliveryQueue(IOptions<DeliveryOptions> options, TimeProvider time) : WakeSignal(workers: 1)
{
    /// <summary>Few enough to be sent while their leases hold.</summary>
    private const int MaxWaiting = 64;

    private readonly ConcurrentQueue<(Notification Notification, long Since)> _waiting = [];

    /// <summary>Whether a notification that is written now should be leased to this process.</summary>
    public bool HasRoom => _waiting.Count < MaxWaiting;

    /// <summary>Hands over a notification that is leased to this process and committed.</summary>
    public Task AddAsync(Notification notification)
    {
        _waiting.Enqueue((notification, time.GetTimestamp()));
        return SignalAsync();
    }

    /// <summary>Wakes the worker: there is something in the database for anybody.</summary>
    public Task SignalAsync()
    {
        Set();
        return Task.CompletedTask;
    }

    /// <summary>Takes what was handed over, at most so many. What has waited too long is left to whoever claims it when its lease ends.</summary>
    public IReadOnlyList<Notification> Take(int most)
    {
        List<Notification> taken = [];
        while (taken.Count < most && _waiting.TryDequeue(out var waiting))
        {
            if (time.GetElapsedTime(waiting.Since) < options.Value.Lease / 2)
                taken.Add(waiting.Notification);
        }
        return taken;
    }
}
