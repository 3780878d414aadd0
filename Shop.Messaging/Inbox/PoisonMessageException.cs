namespace Shop.Messaging.Inbox;

/// <summary>A message that can never be handled, however often it is tried.</summary>
internal sealed class PoisonMessageException(string message, Exception? inner = null) : Exception(message, inner);
