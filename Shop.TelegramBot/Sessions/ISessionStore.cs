namespace Shop.TelegramBot.Sessions;

/// <summary>Keeps sessions across restarts.</summary>
internal interface ISessionStore
{
    /// <summary>The session of a chat; an empty one when there is none.</summary>
    Task<ChatSession> LoadAsync(long chatId, CancellationToken cancellationToken);

    Task SaveAsync(long chatId, ChatSession session, CancellationToken cancellationToken);
}
