namespace Shop.TelegramBot.ShopApi;

/// <summary>The auth service.</summary>
internal sealed class AuthApi(HttpClient http)
{
    public Task<TokenReply> SignInAsync(string email, string password, CancellationToken cancellationToken)
        => http.SendAsync<TokenReply>(ShopHttp.Post("/auth/token", new Credentials(email, password)), cancellationToken);

    /// <summary>Exchanges a refresh token for new tokens; the old one is spent.</summary>
    public Task<TokenReply> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
        => http.SendAsync<TokenReply>(ShopHttp.Post("/auth/refresh", new RefreshRequest(refreshToken)), cancellationToken);

    public Task SignOutAsync(string refreshToken, string accessToken, CancellationToken cancellationToken)
        => http.SendAsync(
            ShopHttp.Post("/auth/logout", new RefreshRequest(refreshToken)).SignedBy(accessToken),
            (response, _) => Task.FromResult<object?>(response.StatusCode),
            cancellationToken);
}
