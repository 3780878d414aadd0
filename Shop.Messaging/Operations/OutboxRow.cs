using System.Linq.Expressions;

namespace Shop.Messaging.Operations;

/// <summary>The whole of an outbox row; the model maps only what is written with the business rows.</summary>
internal sealed class OutboxRow
{
    public long Sequence { get; init; }

    public Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Key { get; init; }

    public required byte[] Payload { get; init; }

    /// <summary>Rows of one type and one error have one.</summary>
    public required string Group { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public int Attempts { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset AddedAt { get; init; }

    public DateTimeOffset NextAttemptAt { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    public DateTimeOffset? ParkedAt { get; init; }

    /// <remarks>An expression, so that a list does not read the payloads.</remarks>
    public static Expression<Func<OutboxRow, OutboxMessageSummary>> Summary { get; } = row => new OutboxMessageSummary(
        row.Id,
        row.Type,
        row.Key,
        row.PublishedAt != null ? OutboxState.Published : row.ParkedAt != null ? OutboxState.Parked : OutboxState.Pending,
        row.Attempts,
        row.LastError,
        row.AddedAt,
        row.PublishedAt == null && row.ParkedAt == null ? row.NextAttemptAt : null,
        row.PublishedAt,
        row.ParkedAt);
}
