using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

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
/// <param name="Headers">The headers that the message has, or will have, on the wire.</param>
/// <param name="Body">The event.</param>
/// <param name="Timeline">What happened to it, and what will, in order.</param>
internal sealed record OutboxMessageDetails(
    OutboxMessageSummary Message, IReadOnlyDictionary<string, string> Headers, JsonNode? Body, IReadOnlyList<TimelineEntry> Timeline);

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
/// <param name="DryRun">Only say which they are.</param>
internal sealed record OutboxReplayRequest(
    [MaxLength(OutboxReplayRequest.MaxIds)] IReadOnlyList<Guid>? Ids = null,
    [StringLength(200, MinimumLength = 1)] string? Type = null,
    [StringLength(1_000, MinimumLength = 1)] string? Error = null,
    bool DryRun = false) : IValidatableObject
{
    /// <summary>The most ids in one request.</summary>
    public const int MaxIds = 1_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Ids is not { Count: > 0 } && Type is null && Error is null)
            yield return new ValidationResult("Say which: ids, type or error.", [nameof(Ids)]);
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
