namespace Shop.Messaging.Operations;

/// <summary>Whether the broker's statistics are in an answer.</summary>
internal enum StatisticsState
{
    /// <summary>They are.</summary>
    Available,

    /// <summary>The management API did not answer, or refused this service.</summary>
    Unavailable,

    /// <summary>Nobody said where the management API is.</summary>
    NotConfigured,
}

/// <summary>The service's queue, and those that belong to it.</summary>
/// <param name="Queue">The queue's name.</param>
/// <param name="Ready">Messages that wait for a consumer.</param>
/// <param name="Consumers">Consumers of the queue, those of every replica together.</param>
/// <param name="Unacknowledged">Messages that a consumer has in hand; of some seconds ago, and null without statistics.</param>
/// <param name="PublishRate">Messages a second that came in; null without statistics.</param>
/// <param name="DeliverRate">Messages a second that went to consumers; null without statistics.</param>
/// <param name="Retries">Where failed messages wait for their next try, by the wait.</param>
/// <param name="DeadLetters">Messages that were given up; those that an operator looks at just now are missing.</param>
/// <param name="Statistics">Whether the broker's statistics are here.</param>
internal sealed record QueueResponse(
    string Queue, long Ready, long Consumers, long? Unacknowledged, double? PublishRate, double? DeliverRate,
    IReadOnlyList<RetryQueueResponse> Retries, long DeadLetters, StatisticsState Statistics);

/// <summary>A queue where failed messages wait for their next try.</summary>
/// <param name="DelaySeconds">How long each waits.</param>
/// <param name="Messages">How many do.</param>
internal sealed record RetryQueueResponse(double DelaySeconds, long Messages);
