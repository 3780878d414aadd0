using System.Net;
using System.Net.Http.Headers;
using Shop.ServiceDefaults;
using Shop.ServiceDefaults.RateLimiting;
using Shop.Web.Api;

namespace Shop.Web.Account;

internal sealed record IssuedTokens(string AccessToken, int ExpiresIn, string RefreshToken);

internal sealed record VerifiedUser(string UserId, string Email, IReadOnlyList<string> Roles);

internal sealed record UserProfile(Guid Id, string Email, string? Name, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt);

/// <summary>Auth, asked in the storefront's own name and on behalf of the visitor's address.</summary>
internal sealed class AuthClient(HttpClient http, IHttpContextAccessor accessor)
{
    public Task<IssuedTokens> RegisterAsync(string email, string password, string? name, CancellationToken cancellationToken) =>
        PostAsync("/auth/register", new { email, password, name }, cancellationToken);

    public Task<IssuedTokens> SignInAsync(string email, string password, CancellationToken cancellationToken) =>
        PostAsync("/auth/token", new { email, password }, cancellationToken);

    /// <returns>New tokens, or null when the session has ended.</returns>
    public async Task<IssuedTokens?> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        try
        {
            return await PostAsync("/auth/refresh", new { refresh_token = refreshToken }, cancellationToken);
        }
        catch (ApiException problem) when (problem.Status == (int)HttpStatusCode.Unauthorized)
        {
            return null;
        }
    }

    public async Task SignOutAsync(string refreshToken, CancellationToken cancellationToken)
    {
        using var request = Request("/auth/logout", new { refresh_token = refreshToken });
        using var response = await http.SendAsync(request, cancellationToken);
        await response.EnsureSuccessAsync(cancellationToken);
    }

    private async Task<IssuedTokens> PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var request = Request(path, body);
        using var response = await http.SendAsync(request, cancellationToken);
        return await response.ReadAsync<IssuedTokens>(cancellationToken);
    }

    private HttpRequestMessage Request(string path, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: JsonDefaults.Client) };
        if (accessor.HttpContext?.Connection.RemoteIpAddress is { } address)
            request.Headers.Add(RateLimitExtensions.ForwardedForHeader, address.ToString());
        return request;
    }
}

/// <summary>Auth, asked in the user's name.</summary>
internal sealed class UserClient(HttpClient http)
{
    /// <summary>What a token that Auth just issued says of its user.</summary>
    public async Task<VerifiedUser> VerifyAsync(string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/verify");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var response = await http.SendAsync(request, cancellationToken);
        return await response.ReadAsync<VerifiedUser>(cancellationToken);
    }

    public async Task<UserProfile?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"/users/{id}", cancellationToken);
        return await response.FindAsync<UserProfile>(cancellationToken);
    }
}
