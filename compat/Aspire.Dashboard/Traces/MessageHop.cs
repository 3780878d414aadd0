using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Traces;

/// <summary>A span that hands a message to the broker, or that takes one from it.</summary>
/// <param name="IsSend">Whether the message leaves an outbox; otherwise it enters an inbox.</param>
/// <param name="Message">Its type, such as <c>order.created</c>.</param>
/// <param name="Place">The exchange or the queue.</param>
/// <param name="WaitedFrom">Since when the message waited: in the outbox for the relay, or in the broker for the consumer.</param>
public sealed record MessageHop(bool IsSend, string Message, string Place, long WaitedFrom)
{
    /// <summary>What the span is on the way of a message, if anything.</summary>
    /// <param name="span">The span.</param>
    /// <param name="parent">The span above it, when that is here.</param>
    public static MessageHop? Of(Span span, Span? parent)
    {
        if (span.Kind is not (SpanKind.Producer or SpanKind.Consumer) || span.Attributes["messaging.system"] is null)
            return null;

        // "exchange:routing key" of a send, "exchange:routing key:queue" of a delivery.
        var destination = (span.Attributes["messaging.destination.name"] ?? "").Split(':');
        var isSend = span.Kind == SpanKind.Producer;
        var waitedFrom = parent is null || parent.End > span.Start ? span.Start : parent.End;
        return new MessageHop(
            isSend,
            span.Attributes["messaging.rabbitmq.destination.routing_key"] ?? span.Name,
            isSend ? destination[0] : destination[^1],
            waitedFrom);
    }
}
