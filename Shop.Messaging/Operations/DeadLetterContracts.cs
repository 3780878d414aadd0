using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;

namespace Shop.Messaging.Operations;

/// <summary>A queue's dead letters, by cause.</summary>
/// <param name="Queue">The queue they could not be handled from.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Unseen">How many of them were not looked at and are in no group: one look goes through 1,000.</param>
/// <param name="Groups">The groups, largest first.</param>
internal sealed record DeadLetterGroups(string Queue, long Count, long Unseen, IReadOnlyList<DeadLetterGroup> Groups);

/// <summary>Dead letters of one type that failed for one reason.</summary>
/// <param name="Id">Names the group wherever one can say which dead letters are meant.</param>
/// <param name="Type">The event.</param>
/// <param name="ErrorType">The exception's type, or <c>delivery_limit</c> where the process died of it.</param>
/// <param name="Error">The first line of the error, ids left out.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstFailure">When the first of them failed first.</param>
/// <param name="LastFailure">When the last of them failed last.</param>
internal sealed record DeadLetterGroup(
    string Id, string? Type, string? ErrorType, string? Error, int Count, DateTimeOffset? FirstFailure, DateTimeOffset? LastFailure);

/// <summary>Which dead letters are listed. Several conditions hold together.</summary>
/// <param name="Type">Messages of this type.</param>
/// <param name="ErrorType">Messages that failed with this type of error.</param>
/// <param name="Group">Messages of this group.</param>
/// <param name="Search">Messages that have this id, key or trace.</param>
internal sealed record DeadLetterFilter(
    [FromQuery(Name = "type")] string? Type = null, [FromQuery(Name = "error_type")] string? ErrorType = null,
    [FromQuery(Name = "group")] string? Group = null, [FromQuery(Name = "search")] string? Search = null)
{
    public bool Matches(DeadLetter letter) =>
        (Type is null || letter.Type == Type)
        && (ErrorType is null || letter.ErrorType == ErrorType)
        && (Group is null || letter.GroupId == Group)
        && (Search is null || letter.IsAbout(Search));
}

/// <summary>A dead letter in a list.</summary>
/// <param name="MessageId">The message's id; what was not published by the shop may have none.</param>
/// <param name="Type">The event.</param>
/// <param name="Key">What it happened to.</param>
/// <param name="ErrorType">The exception's type.</param>
/// <param name="Error">The first line of the error.</param>
/// <param name="Attempts">How often it failed.</param>
/// <param name="FirstFailure">When it failed first.</param>
/// <param name="LastFailure">When it failed last.</param>
/// <param name="Body">The beginning of its body, as text.</param>
internal sealed record DeadLetterSummary(
    string? MessageId, string? Type, string? Key, string? ErrorType, string? Error, long? Attempts,
    DateTimeOffset? FirstFailure, DateTimeOffset? LastFailure, string Body)
{
    private const int MaxBody = 1_000;

    public static DeadLetterSummary Of(DeadLetter letter) => new(
        letter.MessageId, letter.Type, letter.Key, letter.ErrorType, letter.ErrorLine, letter.Attempts, letter.FirstFailure, letter.LastFailure,
        letter.BodyText() is { Length: > MaxBody } text ? text[..MaxBody] : letter.BodyText());
}

/// <summary>One dead letter.</summary>
/// <param name="MessageId">The message's id.</param>
/// <param name="Type">The event.</param>
/// <param name="Key">What it happened to.</param>
/// <param name="TraceId">The trace that it belongs to.</param>
/// <param name="Group">The group that it is in.</param>
/// <param name="ErrorType">The exception's type.</param>
/// <param name="Error">The exception with its stack trace.</param>
/// <param name="Attempts">How often it failed.</param>
/// <param name="FirstFailure">When it failed first.</param>
/// <param name="LastFailure">When it failed last.</param>
/// <param name="HandledAt">When this service handled a copy of it after all; such a dead letter may be replayed, and changes nothing.</param>
/// <param name="Headers">The message's headers, <c>traceparent</c> among them.</param>
/// <param name="Body">The event, or the text that is none.</param>
/// <param name="Timeline">What happened to it, in order.</param>
internal sealed record DeadLetterDetails(
    Guid MessageId, string? Type, string? Key, string? TraceId, string Group, string? ErrorType, string? Error, long? Attempts,
    DateTimeOffset? FirstFailure, DateTimeOffset? LastFailure, DateTimeOffset? HandledAt,
    IReadOnlyDictionary<string, object?> Headers, JsonNode? Body, IReadOnlyList<TimelineEntry> Timeline);

/// <summary>Which dead letters are to be handled again. Several conditions hold together; one is required.</summary>
/// <param name="MessageIds">These messages.</param>
/// <param name="Type">Messages of this type.</param>
/// <param name="ErrorType">Messages that failed with this type of error.</param>
/// <param name="Group">Messages of this group.</param>
/// <param name="DryRun">Only say which they are.</param>
internal sealed record DeadLetterReplayRequest(
    [MaxLength(DeadLetterQueue.MaxSeen)] IReadOnlyList<Guid>? MessageIds = null,
    [StringLength(200, MinimumLength = 1)] string? Type = null,
    [StringLength(500, MinimumLength = 1)] string? ErrorType = null,
    [StringLength(100, MinimumLength = 1)] string? Group = null,
    bool DryRun = false) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MessageIds is not { Count: > 0 } && Type is null && ErrorType is null && Group is null)
            yield return new ValidationResult("Say which: message_ids, type, error_type or group.", [nameof(MessageIds)]);
    }

    /// <summary>Tells the dead letters that are meant.</summary>
    public Func<DeadLetter, bool> Choose()
    {
        var ids = MessageIds is { Count: > 0 } ? MessageIds.ToHashSet() : null;
        var filter = new DeadLetterFilter(Type, ErrorType, Group);
        return letter => (ids is null || (letter.Id is { } id && ids.Contains(id))) && filter.Matches(letter);
    }
}
