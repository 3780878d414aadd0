using System.Globalization;
using Shop.ServiceDefaults.RateLimiting;

namespace Shop.TelegramBot.ShopApi;

/// <summary>The auth service, asked in the bot's own name. It is told the chat, so that attempts are limited for each chat and not for all of them.</summary>
internal sealed class AuthApi(HttpClient http)
{
    public Task<TokenReply> SignInAsync(long chatId, string email, string password, CancellationToken cancellationToken)
        => http.SendAsync<TokenReply>(OnBehalfOf(chatId, ShopHttp.Post("/auth/token", new Credentials(email, password))), cancellationToken);

    /// <summary>Exchanges a refresh token for new tokens; the old one is spent.</summary>
    public Task<TokenReply> RefreshAsync(long chatId, string refreshToken, CancellationToken cancellationToken)
        => http.SendAsync<TokenReply>(OnBehalfOf(chatId, ShopHttp.Post("/auth/refresh", new RefreshRequest(refreshToken))), cancellationToken);

    public Task SignOutAsync(string refreshToken, CancellationToken cancellationToken)
        => http.SendAsync(
            ShopHttp.Post("/auth/logout", new RefreshRequest(refreshToken)),
            (response, _) => Task.FromResult<object?>(response.StatusCode),
            cancellationToken);

    private static HttpRequestMessage OnBehalfOf(long chatId, HttpRequestMessage request)
    {
        request.Headers.Add(RateLimitExtensions.ForwardedForHeader, string.Create(CultureInfo.InvariantCulture, $"telegram:{chatId}"));
        return request;
    }
}
