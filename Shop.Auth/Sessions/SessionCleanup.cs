using Shop.Auth.Data;
using Shop.ServiceDefaults.Database;

namespace Shop.Auth.Sessions;

/// <summary>Deletes what can no longer be redeemed or recognized as reused.</summary>
internal sealed class SessionCleanup(IServiceScopeFactory scopes, TimeProvider time, ILogger<SessionCleanup> logger)
    : PeriodicCleanup<AuthDbContext>(TimeSpan.FromHours(1), scopes, time, logger)
{
    private readonly TimeProvider _time = time;

    /// <inheritdoc />
    protected override IEnumerable<FormattableString> Deletes()
    {
        var now = _time.GetUtcNow();
        yield return $"""
            DELETE FROM refresh_tokens WHERE ctid = ANY (ARRAY(SELECT ctid FROM refresh_tokens WHERE expires_at < {now} LIMIT {SetSize}))
            """;
        yield return $"""
            DELETE FROM sessions WHERE ctid = ANY (ARRAY(SELECT ctid FROM sessions WHERE expires_at < {now} LIMIT {SetSize}))
            """;
    }
}
