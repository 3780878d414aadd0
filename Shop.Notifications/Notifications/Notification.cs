namespace Shop.Notifications.Notifications;

/// <summary>Where a notification is on its way.</summary>
internal enum NotificationStatus
{
    /// <summary>The delivery worker sends it, now or after a failed attempt.</summary>
    Pending,

    /// <summary>The request that asked for it is sending it.</summary>
    Sending,

    /// <summary>The mail server, or the folder, has it.</summary>
    Sent,

    /// <summary>It was refused for good, or every attempt failed.</summary>
    Failed,
}

/// <summary>A rendered message to one person, and how its delivery goes.</summary>
internal sealed class Notification
{
    /// <summary>The only channel yet.</summary>
    public const string Email = "email";

    public const int MaxErrorLength = 500;

    public required Guid Id { get; init; }
    public Guid? UserId { get; init; }
    public Guid? OrderId { get; init; }
    public required string Channel { get; init; }
    public required string Template { get; init; }
    public required string Language { get; init; }
    public required string Recipient { get; init; }
    public required string Subject { get; init; }
    public required string TextBody { get; init; }
    public required string HtmlBody { get; init; }
    public required NotificationStatus Status { get; init; }

    /// <summary>Attempts begun; an attempt may only record its result while this is still its number.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the next attempt is due; while one is under way, when its lease ends.</summary>
    public required DateTimeOffset NextAttemptAt { get; init; }

    public string? LastError { get; init; }

    /// <summary>The trace that caused it, as W3C traceparent.</summary>
    public string? TraceParent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }
}
