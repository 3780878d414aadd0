namespace Shop.Messaging;

/// <summary>Something that happened in one service and that others may act on.</summary>
public interface IEvent
{
    /// <summary>The event's name, which is also its routing key: <c>order.created</c>.</summary>
    static abstract string Type { get; }

    /// <summary>
    /// The id of what it happened to; on the wire the <c>correlation_id</c>. Events with the same key are published in the
    /// order they were added, but a retry or a second replica of the consumer may change the order in which they are handled.
    /// </summary>
    string Key { get; }
}
