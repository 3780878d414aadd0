using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aspire.Dashboard.Messages;

/// <summary>What the operator endpoints of a service answer, as far as it is shown.</summary>
internal static class OperatorContracts
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}

/// <summary>A row of an outbox.</summary>
public sealed record OutboxMessage(
    Guid Id, string Type, string Key, string State, int Attempts, string? LastError,
    DateTimeOffset AddedAt, DateTimeOffset? NextAttemptAt, DateTimeOffset? PublishedAt, DateTimeOffset? ParkedAt);

/// <summary>One row of an outbox with what is in it.</summary>
public sealed record OutboxMessageDetails(OutboxMessage Message, IReadOnlyDictionary<string, string> Headers, JsonNode? Body, IReadOnlyList<TimelineEntry> Timeline);

/// <summary>A moment of a message's life.</summary>
public sealed record TimelineEntry(DateTimeOffset At, string What);

/// <summary>The dead letters of a queue by cause.</summary>
public sealed record DeadLetterGroups(string Queue, long Count, long Unseen, IReadOnlyList<DeadLetterGroup> Groups);

/// <summary>Dead letters that failed for one reason.</summary>
public sealed record DeadLetterGroup(string? Type, string? ErrorType, string? Error, int Count, DateTimeOffset? FirstFailure, DateTimeOffset? LastFailure);

/// <summary>A dead letter in a list.</summary>
public sealed record DeadLetter(
    string? MessageId, string? Type, string? Key, string? ErrorType, string? Error, long? Attempts, DateTimeOffset? FirstFailure, DateTimeOffset? LastFailure, string Body);

/// <summary>One dead letter with what is in it.</summary>
public sealed record DeadLetterDetails(
    Guid MessageId, string? Type, string? Key, string? ErrorType, string? Error, long? Attempts,
    DateTimeOffset? FirstFailure, DateTimeOffset? LastFailure, DateTimeOffset? HandledAt,
    IReadOnlyDictionary<string, JsonNode?> Headers, JsonNode? Body, IReadOnlyList<TimelineEntry> Timeline);

/// <summary>What a replay did, or would do.</summary>
public sealed record Replay<TMessage>(bool DryRun, int Matched, int Replayed, int Remaining, IReadOnlyList<TMessage> Messages, long Unseen);

/// <summary>A page of a list, and how long the whole is.</summary>
public sealed record Listed<TMessage>(IReadOnlyList<TMessage> Items, long Total);

/// <summary>Which messages are meant: one, or all of a type and kind of error.</summary>
public sealed record MessageChoice(Guid? Id = null, string? Type = null, string? ErrorType = null)
{
    public bool IsEmpty => this is { Id: null, Type: null or "", ErrorType: null or "" };
}
