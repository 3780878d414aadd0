using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using StackExchange.Redis;

namespace Shop.TelegramBot.Sessions;

/// <summary>Sessions in Redis, encrypted, forgotten a month after the last message.</summary>
internal sealed partial class RedisSessionStore(IConnectionMultiplexer redis, IDataProtectionProvider protection, ILogger<RedisSessionStore> logger)
    : ISessionStore
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    private readonly IDataProtector _protector = protection.CreateProtector("Shop.TelegramBot.Sessions");

    public async Task<ChatSession> LoadAsync(long chatId, CancellationToken cancellationToken)
    {
        byte[]? stored = await redis.GetDatabase().StringGetAsync(Key(chatId)).WaitAsync(cancellationToken);
        if (stored is null) return new ChatSession();
        try
        {
            return JsonSerializer.Deserialize<ChatSession>(_protector.Unprotect(stored)) ?? new ChatSession();
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or JsonException)
        {
            // The keys were lost or the shape has changed: the person signs in again.
            LogUnreadable(unreadable, chatId);
            return new ChatSession();
        }
    }

    public async Task SaveAsync(long chatId, ChatSession session, CancellationToken cancellationToken)
    {
        var stored = _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(session));
        await redis.GetDatabase().StringSetAsync(Key(chatId), stored, KeepFor).WaitAsync(cancellationToken);
    }

    private static string Key(long chatId) => $"telegram:session:{chatId}";

    [LoggerMessage(Level = LogLevel.Warning, Message = "The session of chat {ChatId} cannot be read and starts anew.")]
    private partial void LogUnreadable(Exception unreadable, long chatId);
}
