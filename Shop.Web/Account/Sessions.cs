using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.WebUtilities;
using Shop.Web.Api;

namespace Shop.Web.Account;

/// <summary>Signs visitors in and out, and keeps their access tokens fresh.</summary>
internal sealed partial class Sessions(SessionStore store, AuthClient auth, UserClient users, TimeProvider time, ILogger<Sessions> logger)
{
    public const string SessionClaim = "sid";

    private const int IdBytes = 32;
    private const int MaxWaits = 40;
    private static readonly TimeSpan WaitStep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RenewalTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);

    /// <summary>Opens a session with tokens that Auth just issued, and sets its cookie.</summary>
    public async Task SignInAsync(HttpContext context, IssuedTokens issued)
    {
        var user = await users.VerifyAsync(issued.AccessToken, context.RequestAborted);
        var id = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(IdBytes));
        await store.SaveAsync(id, Keep(issued));

        var identity = new ClaimsIdentity(
            [
                new(SessionClaim, id),
                new("sub", user.UserId),
                new("email", user.Email),
                .. user.Roles.Select(role => new Claim("role", role)),
            ],
            CookieAuthenticationDefaults.AuthenticationScheme, nameType: "email", roleType: "role");
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(identity),
            new AuthenticationProperties { IsPersistent = true });
    }

    /// <summary>Ends the session here and at Auth.</summary>
    public async Task SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (context.User.FindFirst(SessionClaim)?.Value is { } id && await store.FindAsync(id) is { } tokens)
        {
            await store.DeleteAsync(id);
            await RevokeAsync(tokens, context.RequestAborted);
        }
    }

    /// <summary>
    /// The session's tokens, renewed when they are about to expire. A refresh token can be used once, so requests that
    /// come together take turns: one renews, the others wait for what it stores.
    /// </summary>
    /// <returns>Null when the session has ended.</returns>
    public async Task<UserTokens?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var tokens = await store.FindAsync(id);
        for (var wait = 0; tokens is not null && IsStale(tokens) && wait < MaxWaits; wait++)
        {
            var holder = Guid.NewGuid().ToString();
            if (await store.TryLockAsync(id, holder, RenewalTime))
            {
                try
                {
                    return await RenewAsync(id, cancellationToken);
                }
                catch (Exception exception) when (Outage.Is(exception) && tokens.ExpiresAt > time.GetUtcNow())
                {
                    NotRenewed(logger, exception);
                    return tokens; // Good for a moment yet; the next request tries again.
                }
                finally
                {
                    await store.UnlockAsync(id, holder);
                }
            }

            await Task.Delay(WaitStep, time, cancellationToken);
            tokens = await store.FindAsync(id);
        }

        return tokens;
    }

    /// <remarks>Not to be cancelled: a token that Auth gave and nobody kept would end the session.</remarks>
    private async Task<UserTokens?> RenewAsync(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var tokens = await store.FindAsync(id);
        if (tokens is null || !IsStale(tokens))
            return tokens; // Somebody else was quicker.

        var issued = await auth.RefreshAsync(tokens.RefreshToken, CancellationToken.None);
        if (issued is null)
        {
            await store.DeleteAsync(id);
            return null;
        }

        var renewed = Keep(issued);
        await store.SaveAsync(id, renewed);
        return renewed;
    }

    /// <remarks>The session is over either way: nobody else has the token that is left.</remarks>
    private async Task RevokeAsync(UserTokens tokens, CancellationToken cancellationToken)
    {
        try
        {
            await auth.SignOutAsync(tokens.RefreshToken, cancellationToken);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            NotRevoked(logger, exception);
        }
    }

    private bool IsStale(UserTokens tokens) => tokens.ExpiresAt - time.GetUtcNow() < RenewBefore;

    private UserTokens Keep(IssuedTokens issued) =>
        new(issued.AccessToken, time.GetUtcNow() + TimeSpan.FromSeconds(issued.ExpiresIn), issued.RefreshToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A session could not be renewed yet")]
    private static partial void NotRenewed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A session ended here, but not at Auth")]
    private static partial void NotRevoked(ILogger logger, Exception exception);
}
