using Shop.TelegramBot.Sessions;
using Shop.TelegramBot.ShopApi;

namespace Shop.TelegramBot.Conversations;

/// <summary>Signing in and out, and the access token for everything else.</summary>
internal sealed partial class AccountDialog(AuthApi auth, ISessionStore sessions, TimeProvider clock, ILogger<AccountDialog> logger)
{
    // Long enough to place an order and to follow it to its end.
    private static readonly TimeSpan LeastValidity = TimeSpan.FromMinutes(2);

    public async Task SignInAsync(Turn turn, Command.Login login, CancellationToken cancellationToken)
    {
        var deleted = await turn.DeleteTypedAsync(cancellationToken);
        var advice = deleted ? "" : "\n" + turn.Texts.DeletePassword;
        try
        {
            var reply = await auth.SignInAsync(turn.ChatId, login.Email, login.Password, cancellationToken);
            turn.Session = turn.Session with { Account = ToAccount(login.Email, reply) };
            await turn.SayAsync(turn.Texts.SignedIn(login.Email) + advice, null, cancellationToken);
        }
        catch (ShopRefusedException refused) when (refused.Status is 400 or 401)
        {
            await turn.SayAsync(turn.Texts.WrongPassword + advice, null, cancellationToken);
        }
    }

    public static async Task ExplainAsync(Turn turn, CancellationToken cancellationToken)
    {
        await turn.DeleteTypedAsync(cancellationToken);
        await turn.SayAsync(turn.Texts.LoginUsage, null, cancellationToken);
    }

    public async Task SignOutAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.Session.Account is { } account) await RevokeAsync(account, cancellationToken);
        turn.Session = turn.Session with { Account = null, Cart = Cart.Empty };
        await turn.SayAsync(turn.Texts.SignedOut, null, cancellationToken);
    }

    /// <summary>A token that is valid for some time yet; null when the person has to sign in, which is said.</summary>
    public async Task<string?> AccessTokenAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.Session.Account is not { } account)
        {
            await turn.SayAsync(turn.Texts.SignInFirst, null, cancellationToken);
            return null;
        }

        if (account.ExpiresAt - clock.GetUtcNow() > LeastValidity) return account.AccessToken;

        var reply = await auth.RefreshAsync(turn.ChatId, account.RefreshToken, cancellationToken);
        turn.Session = turn.Session with { Account = ToAccount(account.Email, reply) };

        // The old refresh token is spent: losing the new one would sign the person out.
        await sessions.SaveAsync(turn.ChatId, turn.Session, cancellationToken);
        return reply.AccessToken;
    }

    /// <summary>Spends the refresh token. Should that fail, the bot forgets it all the same.</summary>
    private async Task RevokeAsync(Account account, CancellationToken cancellationToken)
    {
        try
        {
            await auth.SignOutAsync(account.RefreshToken, cancellationToken);
        }
        catch (Exception failure) when (failure is ShopRefusedException or ShopUnavailableException)
        {
            LogNotRevoked(failure.Message);
        }
    }

    private Account ToAccount(string email, TokenReply reply)
        => new(email, reply.AccessToken, reply.RefreshToken, clock.GetUtcNow().AddSeconds(reply.ExpiresIn));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A refresh token was forgotten without being revoked: {Reason}")]
    private partial void LogNotRevoked(string reason);
}
