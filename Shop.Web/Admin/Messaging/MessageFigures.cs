namespace Shop.Web.Admin.Messaging;

/// <summary>How many messages wait where.</summary>
/// <param name="Queues">The queue of each service that has one.</param>
/// <param name="Outboxes">The outbox of each service.</param>
/// <param name="At">When they were asked.</param>
public sealed record MessageFigures(
    IReadOnlyList<Answer<QueueFigures>> Queues, IReadOnlyList<Answer<OutboxFigures>> Outboxes, DateTimeOffset At)
{
    /// <summary>Asks every service at once.</summary>
    internal static async Task<MessageFigures> ReadAsync(OperatorClient services, TimeProvider time, CancellationToken cancellationToken)
    {
        var queues = Answers.AskAllAsync(MessageService.Consumers, services.ReadQueueAsync, Answers.Patience, cancellationToken);
        var outboxes = Answers.AskAllAsync(MessageService.All, services.ReadOutboxAsync, Answers.Patience, cancellationToken);
        return new MessageFigures(await queues, await outboxes, time.GetUtcNow());
    }
}
