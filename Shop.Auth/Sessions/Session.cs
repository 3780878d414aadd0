namespace Shop.Auth.Sessions;

/// <summary>A sign-in, and the family of refresh tokens that grew from it.</summary>
internal sealed class Session
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid UserId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>
    /// Uses up one of the session's tokens. A token that was used before is in two hands, one of them a thief's:
    /// the whole session ends, and with it the token that the other hand holds.
    /// </summary>
    public RefreshVerdict Redeem(RefreshToken token, DateTimeOffset now)
    {
        if (RevokedAt is not null)
            return RefreshVerdict.Revoked;
        if (token.UsedAt is not null)
        {
            Revoke(now);
            return RefreshVerdict.Reused;
        }

        if (token.ExpiresAt <= now)
            return RefreshVerdict.Expired;

        token.UsedAt = now;
        return RefreshVerdict.Redeemed;
    }

    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;
}

/// <summary>A refresh token, by its hash. It can be redeemed once.</summary>
internal sealed class RefreshToken
{
    public required byte[] TokenHash { get; init; }

    public required Guid SessionId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}

internal enum RefreshVerdict
{
    Redeemed,
    Reused,
    Revoked,
    Expired,
}
