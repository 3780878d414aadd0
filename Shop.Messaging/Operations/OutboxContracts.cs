using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;

namespace Shop.Messaging.Operations;

/// <summary>What became of an outbox row.</summary>
internal enum OutboxState
{
    /// <summary>It is still to be published.</summary>
    Pending,

    /// <summary>It was given up: the broker refused it too often.</summary>
    Parked,

    /// <summary>The broker has it.</summary>
    Published,
}

/// <summary>Which rows are listed. Several conditions hold together.</summary>
/// <param name="State">What became of them: <c>pending</c>, <c>parked</c> or <c>published</c>.</param>
/// <param name="Type">Messages of this type.</param>
/// <param name="Key">Messages about this.</param>
/// <param name="Group">Parked messages of this group.</param>
/// <param name="Search">Messages that have this id, key or trace.</param>
internal sealed record OutboxFilter(
    [FromQuery(Name = "state")] string? State = null, [FromQuery(Name = "type")] string? Type = null,
    [FromQuery(Name = "key")] string? Key = null, [FromQuery(Name = "group")] string? Group = null,
    [FromQuery(Name = "search")] string? Search = null);

/// <summary>Parked rows of one type that the broker refused for one reason.</summary>
/// <param name="Id">Names the group wherever one can say which rows are meant.</param>
/// <param name="Type">The event.</param>
/// <param name="Error">Why the last publish failed.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstParkedAt">When the first of them was given up.</param>
/// <param name="LastParkedAt">When the last of them was.</param>
internal sealed record OutboxGroup(string Id, string Type, string? Error, int Count, DateTimeOffset FirstParkedAt, DateTimeOffset LastParkedAt);

/// <summary>An outbox row in a list.</summary>
/// <param name="Id">The message's id, by which consumers recognize it.</param>
/// <param name="Type">The event.</param>
/// <param name="Key">What it happened to.</param>
/// <param name="State">What became of it.</param>
/// <param name="Attempts">Publishes counted so far.</param>
/// <param name="LastError">Why the last of them failed.</param>
/// <param name="AddedAt">When it was added.</param>
/// <param name="NextAttemptAt">When it is published next, or again; null unless it is pending.</param>
/// <param name="PublishedAt">When the broker's confirm was noted.</param>
/// <param name="ParkedAt">When it was given up.</param>
internal sealed record OutboxMessageSummary(
    Guid Id, string Type, string Key, OutboxState State, int Attempts, string? LastError,
    DateTimeOffset AddedAt, DateTimeOffset? NextAttemptAt, DateTimeOffset? PublishedAt, DateTimeOffset? ParkedAt);

/// <summary>One outbox row.</summary>
/// <param name="Message">As in the list.</param>
/// <param name="TraceId">The trace that it belongs to.</param>
/// <param name="Group">The group that it is in when it is parked.</param>
/// <param name="Headers">The headers that the message has, or will have, on the wire.</param>
/// <param name="Body">The event.</param>
/// <param name="Timeline">What happened to it, and what will, in order.</param>
internal sealed record OutboxMessageDetails(
    OutboxMessageSummary Message, string? TraceId, string Group,
    IReadOnlyDictionary<string, string> Headers, JsonNode? Body, IReadOnlyList<TimelineEntry> Timeline);

/// <summary>A moment of a message's life.</summary>
/// <param name="At">When.</param>
/// <param name="What">What happened, or is to happen, as a snake_case name.</param>
internal sealed record TimelineEntry(DateTimeOffset At, string What)
{
    /// <summary>The moments that are known, in order.</summary>
    public static IReadOnlyList<TimelineEntry> Of(params IEnumerable<(DateTimeOffset? At, string What)> moments) =>
        [.. moments.Where(moment => moment.At is not null).OrderBy(moment => moment.At).Select(moment => new TimelineEntry(moment.At!.Value, moment.What))];
}

/// <summary>Which parked rows are to be published after all. Several conditions hold together; one is required.</summary>
/// <param name="Ids">These messages.</param>
/// <param name="Type">Messages of this type.</param>
/// <param name="Error">Messages whose last error contains this.</param>
/// <param name="Group">Messages of this group.</param>
/// <param name="DryRun">Only say which they are.</param>
internal sealed record OutboxReplayRequest(
    [MaxLength(OutboxReplayRequest.MaxIds)] IReadOnlyList<Guid>? Ids = null,
    [StringLength(200, MinimumLength = 1)] string? Type = null,
    [StringLength(1_000, MinimumLength = 1)] string? Error = null,
    [StringLength(100, MinimumLength = 1)] string? Group = null,
    bool DryRun = false) : IValidatableObject
{
    /// <summary>The most ids in one request.</summary>
    public const int MaxIds = 1_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Ids is not { Count: > 0 } && Type is null && Error is null && Group is null)
            yield return new ValidationResult("Say which: ids, type, error or group.", [nameof(Ids)]);
    }
}

/// <summary>What a replay did, or would do.</summary>
/// <typeparam name="TMessage">The messages.</typeparam>
/// <param name="DryRun">Whether nothing was done.</param>
/// <param name="Matched">The messages that were found, within the bound of one call.</param>
/// <param name="Replayed">How many of them are on their way; 0 in a dry run.</param>
/// <param name="Remaining">How many that match are left for another call.</param>
/// <param name="Messages">The first of them.</param>
/// <param name="Unseen">Messages that were not looked at, because one call looks at so many.</param>
internal sealed record ReplayResponse<TMessage>(
    bool DryRun, int Matched, int Replayed, int Remaining, IReadOnlyList<TMessage> Messages, long Unseen = 0)
{
    /// <summary>The most messages that an answer names.</summary>
    public const int MaxListed = 100;
}
