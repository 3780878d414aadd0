using Microsoft.Extensions.Logging;

namespace Shop.Messaging.Operations;

/// <summary>Who had what sent again.</summary>
internal static partial class OperatorLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{User} replayed {Count} parked outbox messages (type {Type}, error {Error}, {Ids} ids)")]
    public static partial void OutboxReplayed(ILogger logger, string? user, int count, string? type, string? error, int ids);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{User} replayed {Count} of {Matched} dead letters to {Queue} (type {Type}, error type {ErrorType}, {Ids} ids)")]
    public static partial void DeadLettersReplayed(
        ILogger logger, string? user, int count, int matched, string queue, string? type, string? errorType, int ids);

    [LoggerMessage(Level = LogLevel.Information, Message = "{User} replays {Type} {MessageId} to {Queue}")]
    public static partial void DeadLetterReplayed(ILogger logger, string? user, string? type, string? messageId, string queue);
}
