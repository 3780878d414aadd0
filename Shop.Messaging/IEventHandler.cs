namespace Shop.Messaging;

/// <summary>
/// Acts on an event, once. It runs inside a database transaction that also records the message in the inbox and commits
/// what the handler changed in the DbContext and added to the <see cref="IOutbox"/>: it need not save or commit.
/// An exception rolls all of it back, and the message is tried again later.
/// </summary>
/// <typeparam name="TEvent">The event.</typeparam>
public interface IEventHandler<in TEvent> where TEvent : IEvent
{
    /// <summary>Acts on the event.</summary>
    Task HandleAsync(TEvent message, CancellationToken cancellationToken);
}
