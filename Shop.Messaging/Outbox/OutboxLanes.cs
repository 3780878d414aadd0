namespace Shop.Messaging.Outbox;

/// <summary>Spreads keys over lanes, each of which one relay at a time publishes in order.</summary>
internal static class OutboxLanes
{
    /// <summary>As many as the migration inserts into <c>outbox_lanes</c>.</summary>
    public const int Count = 16;

    /// <summary>The key's lane.</summary>
    public static short Of(string key) => (short)(StableHash.Of(key) % Count);
}
