using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Shop.AppHost.Operations;

/// <summary>Who acts when somebody presses a button of the dashboard: a user of the shop, signed in like any other.</summary>
/// <param name="auth">Where to sign in.</param>
/// <param name="email">The address.</param>
/// <param name="password">The password.</param>
internal sealed class ShopUser(EndpointReference auth, IValueProvider email, IValueProvider password)
{
    /// <summary>How long one request may take; filling the catalogue takes the longest.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>A client of one service that acts for this user.</summary>
    /// <exception cref="HttpRequestException">A service does not answer, or refuses.</exception>
    public async Task<HttpClient> SignInAsync(EndpointReference service, CancellationToken cancellationToken)
    {
        using var visitor = new HttpClient { BaseAddress = new Uri(auth.Url), Timeout = Patience };
        using var response = await visitor.PostAsJsonAsync(
            "/auth/token",
            new { email = await email.GetValueAsync(cancellationToken), password = await password.GetValueAsync(cancellationToken) },
            cancellationToken);
        var answer = await ReadAsync(response, cancellationToken);
        var client = new HttpClient { BaseAddress = new Uri(service.Url), Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string?)answer["access_token"]);
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        return client;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="HttpRequestException">It is a refusal; the message has what the service says of it.</exception>
    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.IsSuccessStatusCode)
            return JsonNode.Parse(text)!;
        var message = $"{response.RequestMessage?.RequestUri} answers {(int)response.StatusCode}: {text}";
        throw new HttpRequestException(message, inner: null, response.StatusCode);
    }
}
