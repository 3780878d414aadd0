using Shop.Messaging.Contracts;

namespace Shop.Messaging.Topology;

/// <summary>
/// Who hears of what. Every service declares all of it when it starts, so that an event is kept for a consumer
/// that has never run yet.
/// </summary>
public static class ShopTopology
{
    /// <summary>The topic exchange that every event goes through.</summary>
    public const string Exchange = "shop_events";

    /// <summary>The queue of payments.</summary>
    public const string PaymentQueue = "payment_queue";

    /// <summary>The queue of notifications.</summary>
    public const string NotificationQueue = "notification_queue";

    /// <summary>The queue of orders.</summary>
    public const string OrderQueue = "order_queue";

    /// <summary>The queue of the catalogue.</summary>
    public const string CatalogQueue = "catalog_queue";

    /// <summary>The queues and the events bound to each.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Bindings { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        [PaymentQueue] = [UserRegistered.Type, OrderCreated.Type, OrderCancelled.Type, OrderExpired.Type],
        [NotificationQueue] = [UserRegistered.Type, OrderCreated.Type, PaymentProcessed.Type, PaymentFailed.Type, PaymentRefunded.Type],
        [OrderQueue] = [PaymentPending.Type, PaymentProcessed.Type, PaymentFailed.Type, PaymentRefunded.Type, NotificationSent.Type],
        [CatalogQueue] = [PaymentProcessed.Type, PaymentFailed.Type, OrderCancelled.Type, OrderExpired.Type],
    };

    private static readonly HashSet<string> Consumed = [.. Bindings.Values.SelectMany(types => types)];

    /// <summary>Whether some queue is bound to the event; if so, an event that reaches no queue is an error.</summary>
    public static bool HasConsumer(string type) => Consumed.Contains(type);

    /// <summary>Where messages lie that the queue's consumer could not handle.</summary>
    public static string DeadLetterQueue(string queue) => $"{queue}.dead";
}
