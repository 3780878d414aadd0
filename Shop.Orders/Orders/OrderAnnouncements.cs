using Shop.Messaging;

namespace Shop.Orders.Orders;

/// <summary>Tells the others of an order's changes.</summary>
internal static class OrderAnnouncements
{
    /// <summary>Adds an event on the order's latest change, and notes with the change that it was told.</summary>
    public static void Announce<TEvent>(this IOutbox outbox, Order order, TEvent message) where TEvent : IEvent =>
        order.NoteAnnounced(TEvent.Type, outbox.Add(message));
}
