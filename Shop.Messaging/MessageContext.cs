namespace Shop.Messaging;

/// <summary>The message that a handler is handling, for handlers that note where their work came from. Injected as it is.</summary>
public sealed class MessageContext
{
    /// <summary>The message.</summary>
    /// <exception cref="InvalidOperationException">No message is being handled in this scope.</exception>
    public HandledMessage Message
    {
        get => field ?? throw new InvalidOperationException("No message is being handled.");
        internal set;
    }
}

/// <summary>A message as its consumer knows it.</summary>
/// <param name="Id">Its id, the same as in the sender's outbox.</param>
/// <param name="Type">The event.</param>
/// <param name="ReceivedAt">When it was handled.</param>
public sealed record HandledMessage(Guid Id, string Type, DateTimeOffset ReceivedAt);
