namespace Shop.Web.Account;

/// <summary>The tokens of a signed-in user; they stay on the server.</summary>
internal sealed record UserTokens(string AccessToken, DateTimeOffset ExpiresAt, string RefreshToken);
