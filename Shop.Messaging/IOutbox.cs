namespace Shop.Messaging;

/// <summary>Where events are left to be published: they commit with the business rows of the same DbContext, or not at all.</summary>
public interface IOutbox
{
    /// <summary>Adds an event. It is published after the DbContext's changes are saved and committed.</summary>
    /// <returns>The message's id, by which it is known everywhere.</returns>
    Guid Add<TEvent>(TEvent message) where TEvent : IEvent;
}
