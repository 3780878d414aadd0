using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using Aspire.Dashboard.Telemetry;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Messages;

/// <summary>Puts the dashboard's own token on each request; one is kept until shortly before it runs out.</summary>
internal sealed class OperatorToken(IOptions<MessagesOptions> options, OwnTraces traces, TimeProvider time) : DelegatingHandler
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _renewal = new(1, 1);
    private volatile Token? _token;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await GetAsync(cancellationToken));
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            _token = null; // The keys may be new ones; the next request asks again.
        return response;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _renewal.Dispose();
        base.Dispose(disposing);
    }

    private async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        await _renewal.WaitAsync(cancellationToken);
        try
        {
            if (_token is { } known && time.GetUtcNow() < known.RenewAt)
                return known.Value;

            var credentials = options.Value.Token;
            using var request = new HttpRequestMessage(HttpMethod.Post, credentials.Url);
            request.Headers.Add("traceparent", traces.Next());
            request.Content = new FormUrlEncodedContent(
                [new("grant_type", "client_credentials"), new("client_id", credentials.ClientId), new("client_secret", credentials.ClientSecret)]);
            using var response = await base.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            var token = (await response.Content.ReadFromJsonAsync<TokenResponse>(cancellationToken))!;
            _token = new Token(token.AccessToken, time.GetUtcNow() + TimeSpan.FromSeconds(token.ExpiresIn) - RenewBefore);
            return token.AccessToken;
        }
        finally
        {
            _renewal.Release();
        }
    }

    private sealed record Token(string Value, DateTimeOffset RenewAt);

    private sealed record TokenResponse([property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);
}
