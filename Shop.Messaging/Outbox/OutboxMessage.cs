namespace Shop.Messaging.Outbox;

/// <summary>A row of the outbox, as it is added with the business rows. The relay's own columns are left to the database.</summary>
public sealed class OutboxMessage
{
    /// <summary>The order in which rows were added.</summary>
    public long Sequence { get; private set; }

    /// <summary>The AMQP <c>message_id</c>: UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The routing key.</summary>
    public required string Type { get; init; }

    /// <summary>What the event happened to; see <see cref="IEvent.Key"/>.</summary>
    public required string Key { get; init; }

    /// <summary>A hash of the key, 0 to <see cref="OutboxLanes.Count"/> - 1.</summary>
    public required short Lane { get; init; }

    /// <summary>The event's JSON.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>W3C trace context of the request that the event comes from.</summary>
    public string? TraceParent { get; init; }

    /// <summary>W3C trace state.</summary>
    public string? TraceState { get; init; }
}
