using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using StackExchange.Redis;

namespace Shop.Web.Account;

/// <summary>Keeps the tokens of every session, encrypted, in Redis, where all replicas find them. The cookie has only the session's id.</summary>
internal sealed partial class SessionStore(IConnectionMultiplexer redis, IDataProtectionProvider protection, ILogger<SessionStore> logger)
{
    /// <summary>As long as a refresh token lives.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly IDataProtector _protector = protection.CreateProtector("Shop.Web.Sessions");

    public Task SaveAsync(string id, UserTokens tokens) =>
        redis.GetDatabase().StringSetAsync(Key(id), _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(tokens)), Lifetime);

    public async Task<UserTokens?> FindAsync(string id)
    {
        byte[]? stored = await redis.GetDatabase().StringGetAsync(Key(id));
        try
        {
            return stored is null ? null : JsonSerializer.Deserialize<UserTokens>(_protector.Unprotect(stored));
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or JsonException)
        {
            Unreadable(logger, unreadable); // The keys were lost or the shape has changed: the user signs in again.
            return null;
        }
    }

    public Task DeleteAsync(string id) => redis.GetDatabase().KeyDeleteAsync(Key(id));

    /// <summary>Takes the right to renew a session's tokens; it runs out by itself when the holder dies.</summary>
    public Task<bool> TryLockAsync(string id, string holder, TimeSpan time) => redis.GetDatabase().LockTakeAsync(LockKey(id), holder, time);

    public Task UnlockAsync(string id, string holder) => redis.GetDatabase().LockReleaseAsync(LockKey(id), holder);

    private static RedisKey Key(string id) => $"web:session:{id}";

    private static RedisKey LockKey(string id) => $"web:session:{id}:renewal";

    [LoggerMessage(Level = LogLevel.Warning, Message = "A session cannot be read and has ended")]
    private static partial void Unreadable(ILogger logger, Exception exception);
}
