using System.Diagnostics;
using System.Text;
using Shop.Messaging.Outbox;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Diagnostics;

/// <summary>
/// The spans of a message's way, named by OpenTelemetry's messaging conventions. The trace context is kept in the outbox row,
/// so that the publish, and through the message's headers the consumer, belong to the trace of the request that caused them.
/// </summary>
internal static class MessagingActivity
{
    /// <summary>The header with the trace and the span that a message comes from.</summary>
    public const string TraceParentHeader = "traceparent";

    private const string TraceStateHeader = "tracestate";
    private static readonly ActivitySource Source = new("Shop.Messaging");

    /// <summary>Starts the span of publishing an outbox row.</summary>
    public static Activity? StartSend(PendingMessage message)
    {
        var activity = Source.StartActivity($"send {message.Type}", ActivityKind.Producer, Parent(message.TraceParent, message.TraceState));
        if (activity is not { IsAllDataRequested: true })
            return activity;

        return activity.Describe("send", $"{ShopTopology.Exchange}:{message.Type}", message.Type, message.Id.ToString(), message.Key)
            .SetTag("shop.outbox.attempt", message.Attempts + 1);
    }

    /// <summary>Starts the span of handling a message.</summary>
    public static Activity? StartProcess(string queue, string? type, string? id, string? key, IDictionary<string, object?>? headers)
    {
        var activity = Source.StartActivity($"process {type}", ActivityKind.Consumer, Parent(Text(headers, TraceParentHeader), Text(headers, TraceStateHeader)));
        return activity is { IsAllDataRequested: true }
            ? activity.Describe("process", $"{ShopTopology.Exchange}:{type}:{queue}", type, id, key)
            : activity;
    }

    /// <summary>Writes the trace context into a message's headers.</summary>
    public static void Inject(Dictionary<string, object?> headers, string? traceParent, string? traceState)
    {
        if (traceParent is not null)
            headers[TraceParentHeader] = traceParent;
        if (!string.IsNullOrEmpty(traceState))
            headers[TraceStateHeader] = traceState;
    }

    /// <summary>The id of the trace that a message belongs to; null when it names none.</summary>
    public static string? TraceIdOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, out var context) ? context.TraceId.ToHexString() : null;

    /// <summary>Notes why the span failed.</summary>
    public static void Fail(this Activity? activity, Exception exception)
    {
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
        activity?.AddException(exception);
        activity?.SetTag("error.type", exception.GetType().FullName);
    }

    private static Activity Describe(this Activity activity, string operation, string destination, string? type, string? id, string? key) => activity
        .SetTag("messaging.system", "rabbitmq")
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.destination.name", destination)
        .SetTag("messaging.rabbitmq.destination.routing_key", type)
        .SetTag("messaging.message.id", id)
        .SetTag("messaging.message.conversation_id", key);

    private static ActivityContext Parent(string? traceParent, string? traceState) =>
        ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var context) ? context : default;

    private static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var value) ? value switch
        {
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            string text => text,
            _ => null,
        } : null;
}
