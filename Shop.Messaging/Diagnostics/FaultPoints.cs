using System.Diagnostics;

namespace Shop.Messaging.Diagnostics;

/// <summary>What is told at a fault point.</summary>
/// <param name="MessageIds">The messages that have come this far, by the AMQP <c>message_id</c>.</param>
/// <param name="Type">Their type, when it is one message.</param>
/// <param name="Queue">The queue they were consumed from; for failed ones the one they are sent on to.</param>
public sealed record FaultPoint(IReadOnlyList<string> MessageIds, string? Type = null, string? Queue = null);

/// <summary>
/// The moments between two steps of which a crash may leave one done and the other not. Whoever wants to see, or to test, what
/// happens there subscribes to the <see cref="DiagnosticListener"/>; it costs a null check when nobody does.
/// The payload of each event is a <see cref="FaultPoint"/>.
/// </summary>
public static class FaultPoints
{
    /// <summary>The listener's name.</summary>
    public const string ListenerName = "Shop.Messaging";

    /// <summary>An outbox row is claimed and about to be published.</summary>
    public const string OutboxBeforePublish = "outbox.before_publish";

    /// <summary>It was handed to the client and is not yet confirmed.</summary>
    public const string OutboxAfterPublish = "outbox.after_publish";

    /// <summary>The broker confirmed it; its row is not yet marked.</summary>
    public const string OutboxAfterConfirm = "outbox.after_confirm";

    /// <summary>The rows are marked as published.</summary>
    public const string OutboxAfterComplete = "outbox.after_complete";

    /// <summary>The messages are handled; their transaction is not yet committed.</summary>
    public const string InboxBeforeCommit = "inbox.before_commit";

    /// <summary>The transaction of the message is committed; it is not yet acknowledged. Once for each message.</summary>
    public const string InboxAfterCommit = "inbox.after_commit";

    /// <summary>The messages are about to be acknowledged.</summary>
    public const string InboxBeforeAck = "inbox.before_ack";

    /// <summary>The acknowledgement was handed to the client.</summary>
    public const string InboxAfterAck = "inbox.after_ack";

    /// <summary>A message that failed is about to be sent on to a retry or dead-letter queue, or back to its own.</summary>
    public const string FailedBeforePublish = "failed.before_publish";

    /// <summary>A failed message was sent on to a retry or dead-letter queue and confirmed; the original is not yet acknowledged.</summary>
    public const string FailedAfterConfirm = "failed.after_confirm";

    private static readonly DiagnosticListener Listener = new(ListenerName);

    /// <summary>Tells of one message.</summary>
    internal static void Reach(string name, string? messageId, string? type = null, string? queue = null)
    {
        if (Listener.IsEnabled(name))
            Listener.Write(name, new FaultPoint([messageId ?? ""], type, queue));
    }

    /// <summary>Tells of several messages.</summary>
    internal static void Reach<T>(string name, IEnumerable<T> messages, Func<T, string?> messageId, string? queue = null)
    {
        if (Listener.IsEnabled(name))
            Listener.Write(name, new FaultPoint([.. messages.Select(message => messageId(message) ?? "")], Queue: queue));
    }
}
