using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Shop.Messaging.Inbox;

/// <summary>A message from the broker, with a body of its own: the client's buffer is reused.</summary>
internal sealed record Delivery(ulong Tag, bool Redelivered, IReadOnlyBasicProperties Properties, byte[] Body)
{
    public static Delivery From(BasicDeliverEventArgs delivered) =>
        new(delivered.DeliveryTag, delivered.Redelivered, delivered.BasicProperties, delivered.Body.ToArray());

    public string? Type => Properties.Type;

    public string? Key => Properties.CorrelationId;

    /// <exception cref="PoisonMessageException">The message has no id, so that a repetition of it could not be told.</exception>
    public Guid Id => Guid.TryParse(Properties.MessageId, out var id) ? id : throw new PoisonMessageException("The message has no message_id.");

    /// <summary>Whether it failed before, or was in hand when a process died: it may be what killed it, and is handled alone.</summary>
    public bool IsSuspect => Redelivered || Properties.Headers?.ContainsKey(FailedDeliveries.AttemptsHeader) == true;

    /// <summary>The span of handling it, in the trace that it came from; null when nobody looks.</summary>
    public Activity? Activity { get; set; }
}
