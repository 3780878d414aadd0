using Microsoft.Extensions.Options;
using Shop.ServiceDefaults;

namespace Shop.Notifications.Delivery;

/// <summary>Wakes lanes of the delivery worker.</summary>
internal sealed class DeliverySignal(IOptions<DeliveryOptions> options) : WakeSignal(options.Value.Concurrency)
{
    /// <summary>The same, as an action after a commit.</summary>
    public Task SetAsync()
    {
        Set();
        return Task.CompletedTask;
    }
}
