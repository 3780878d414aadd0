using Shop.Messaging.Contracts;
using Shop.Messaging.Topology;

namespace Shop.Rig.Chaos;

/// <summary>The events of the shop.</summary>
internal static class EventTypes
{
    /// <summary>Those that some queue is bound to, and those that nobody hears yet.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. ShopTopology.Bindings.Values.SelectMany(types => types).Append(OrderConfirmed.Type).Append(ProductChanged.Type).Append(StockChanged.Type).Distinct()];

    /// <summary>The one event that a single queue hears: taking that binding away leaves it nowhere to go.</summary>
    public static string Lonely => NotificationSent.Type;

    /// <summary>The queues that hear an event.</summary>
    public static IEnumerable<string> QueuesOf(string type) => ShopTopology.Bindings.Where(binding => binding.Value.Contains(type)).Select(binding => binding.Key);

    /// <summary>The queue of a service.</summary>
    public static string QueueOf(string service) => service switch
    {
        Names.Catalog => ShopTopology.CatalogQueue,
        Names.Orders => ShopTopology.OrderQueue,
        Names.Payments => ShopTopology.PaymentQueue,
        Names.Notifications => ShopTopology.NotificationQueue,
        _ => throw new ArgumentException($"{service} has no queue.", nameof(service)),
    };
}
