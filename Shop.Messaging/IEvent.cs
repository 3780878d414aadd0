namespace Shop.Messaging;

/// <summary>Something that happened in one service and that others may act on.</summary>
public interface IEvent
{
    /// <summary>The event's name, which is also its routing key: <c>order.created</c>.</summary>
    static abstract string Type { get; }

    /// <summary>
    /// The id of what it happened to. Events with the same key reach each consumer in the order they were committed;
    /// on the wire it is the <c>correlation_id</c>.
    /// </summary>
    string Key { get; }
}
