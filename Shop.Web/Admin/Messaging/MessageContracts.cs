using System.Text.Json.Nodes;

namespace Shop.Web.Admin.Messaging;

/// <summary>The figures of a service's queue, as the service tells them; null is what it does not know.</summary>
public sealed record QueueFigures(
    string Queue, long Ready, long Consumers, long? Unacknowledged, double? PublishRate, double? DeliverRate,
    IReadOnlyList<RetryQueue> Retries, long DeadLetters, string Statistics);

/// <summary>Messages that wait for another try.</summary>
public sealed record RetryQueue(double DelaySeconds, long Messages);

/// <summary>What a service has to say and could not say.</summary>
/// <param name="Pending">Messages that are still to be published.</param>
/// <param name="OldestAt">When the first of them was added.</param>
/// <param name="Parked">Messages that were given up.</param>
public sealed record OutboxFigures(long Pending, DateTimeOffset? OldestAt, long Parked);

/// <summary>The dead letters of a service by cause.</summary>
internal sealed record DeadLetterGroups(string Queue, long Count, long Unseen, IReadOnlyList<DeadLetterGroup> Groups);

internal sealed record DeadLetterGroup(
    string Id, string? Type, string? ErrorType, string? Error, int Count, DateTimeOffset? FirstFailure, DateTimeOffset? LastFailure);

internal sealed record DeadLetter(
    string? MessageId, string? Type, string? Key, string? ErrorType, string? Error, long? Attempts, DateTimeOffset? LastFailure, string Body);

internal sealed record DeadLetterDetails(
    Guid MessageId, string? Type, string? Key, string? TraceId, string Group, string? ErrorType, string? Error, long? Attempts,
    DateTimeOffset? HandledAt, IReadOnlyDictionary<string, JsonNode?> Headers, JsonNode? Body, IReadOnlyList<TimelineEntry> Timeline);

internal sealed record OutboxGroup(string Id, string Type, string? Error, int Count, DateTimeOffset FirstParkedAt, DateTimeOffset LastParkedAt);

internal sealed record OutboxMessage(Guid Id, string Type, string Key, string State, int Attempts, string? LastError, DateTimeOffset AddedAt);

internal sealed record OutboxMessageDetails(
    OutboxMessage Message, string? TraceId, string Group, IReadOnlyDictionary<string, JsonNode?> Headers, JsonNode? Body,
    IReadOnlyList<TimelineEntry> Timeline);

/// <summary>A moment of a message's life.</summary>
/// <param name="At">When.</param>
/// <param name="What">What happened: <c>moment_{what}</c> in the texts.</param>
/// <param name="Where">The service that tells it, when another one than the page is about.</param>
public sealed record TimelineEntry(DateTimeOffset At, string What, string? Where = null);

/// <summary>What a replay did, or would do.</summary>
public sealed record Replay(int Matched, int Replayed, int Remaining, IReadOnlyList<ReplayedMessage> Messages, long Unseen);

/// <summary>One of its messages: a dead letter has a <c>message_id</c>, an outbox row an <c>id</c>.</summary>
public sealed record ReplayedMessage(string? Type, string? Key, string? MessageId, string? Id);

/// <summary>Which messages are meant: one, or a group.</summary>
public sealed record MessageChoice(Guid? Id, string? Group)
{
    /// <summary>Whether it means any.</summary>
    public bool IsEmpty => this is { Id: null, Group: null };

    /// <summary>What a form or an address says; a message goes before its group.</summary>
    public static MessageChoice Of(Guid? id, string? group) => new(id, id is null && !string.IsNullOrEmpty(group) ? group : null);
}
