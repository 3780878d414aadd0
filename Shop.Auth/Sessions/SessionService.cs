using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Shop.Auth.Accounts;
using Shop.Auth.Data;
using Shop.ServiceDefaults.Database;

namespace Shop.Auth.Sessions;

/// <summary>Opens, refreshes and ends sessions.</summary>
internal sealed partial class SessionService(
    AuthDbContext db, AccessTokens accessTokens, IOptions<AuthOptions> options, TimeProvider time, ILogger<SessionService> logger)
{
    private const int TokenBytes = 32;

    /// <summary>Adds a session; the caller saves.</summary>
    /// <returns>Its first refresh token.</returns>
    public string Open(User user)
    {
        var now = time.GetUtcNow();
        var session = new Session { UserId = user.Id, CreatedAt = now, ExpiresAt = now + Lifetime };
        db.Sessions.Add(session);
        return AddToken(session);
    }

    /// <summary>Opens and saves a session, and answers with its tokens.</summary>
    public async Task<TokenResponse> SignInAsync(User user, CancellationToken cancellationToken)
    {
        var refreshToken = Open(user);
        await db.SaveChangesAsync(cancellationToken);
        return await AnswerAsync(user, refreshToken, cancellationToken);
    }

    /// <returns>New tokens, or null when the old one is not good (any more).</returns>
    public async Task<TokenResponse?> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var (user, next) = await db.InTransactionAsync(() => RotateAsync(Hash(refreshToken), cancellationToken), cancellationToken);
        return user is null || next is null ? null : await AnswerAsync(user, next, cancellationToken);
    }

    /// <summary>Ends the session that the token belongs to, if any.</summary>
    public async Task EndAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var hash = Hash(refreshToken);
        await db.Sessions
            .Where(session => session.RevokedAt == null && db.RefreshTokens.Any(token => token.TokenHash == hash && token.SessionId == session.Id))
            .ExecuteUpdateAsync(update => update.SetProperty(session => session.RevokedAt, time.GetUtcNow()), cancellationToken);
    }

    public async Task<TokenResponse> AnswerAsync(User user, string refreshToken, CancellationToken cancellationToken)
    {
        var roles = await db.UserRoles.Where(held => held.UserId == user.Id)
            .Join(db.Roles, held => held.Role, role => role.Name, (_, role) => new { role.Name, role.Permissions })
            .ToListAsync(cancellationToken);
        var accessToken = await accessTokens.IssueAsync(new TokenSubject(
            user.Id.ToString(), user.Email, [.. roles.Select(role => role.Name)],
            [.. roles.SelectMany(role => role.Permissions).Distinct()]), cancellationToken);
        return new TokenResponse(accessToken, (int)accessTokens.Lifetime.TotalSeconds, refreshToken);
    }

    private TimeSpan Lifetime => TimeSpan.FromDays(options.Value.RefreshTokenDays);

    private async Task<(User? User, string? RefreshToken)> RotateAsync(byte[] hash, CancellationToken cancellationToken)
    {
        // Locking the session makes two uses of one token take turns, so that the second is seen as the reuse it is.
        var session = await db.Sessions.FromSql($"""
            SELECT * FROM sessions WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = {hash}) FOR UPDATE
            """).SingleOrDefaultAsync(cancellationToken);
        if (session is null)
            return default;

        var token = await db.RefreshTokens.SingleAsync(token => token.TokenHash == hash, cancellationToken);
        var verdict = session.Redeem(token, time.GetUtcNow());
        if (verdict == RefreshVerdict.Reused)
            Reused(logger, session.Id, session.UserId);

        var next = verdict == RefreshVerdict.Redeemed ? AddToken(session) : null;
        await db.SaveChangesAsync(cancellationToken);
        var user = next is null ? null : await db.Users.SingleAsync(user => user.Id == session.UserId, cancellationToken);
        return (user, next);
    }

    private string AddToken(Session session)
    {
        var token = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(TokenBytes));
        session.ExpiresAt = time.GetUtcNow() + Lifetime;
        db.RefreshTokens.Add(new RefreshToken { TokenHash = Hash(token), SessionId = session.Id, ExpiresAt = session.ExpiresAt });
        return token;
    }

    /// <remarks>A plain hash suffices: the token is 256 random bits, which nobody can guess through.</remarks>
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A refresh token of session {SessionId} of user {UserId} was used twice; the session is revoked")]
    private static partial void Reused(ILogger logger, Guid sessionId, Guid userId);
}
