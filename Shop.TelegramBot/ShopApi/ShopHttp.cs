using System.Net.Http.Headers;
using Shop.ServiceDefaults;

namespace Shop.TelegramBot.ShopApi;

/// <summary>How the bot speaks to the shop's APIs: snake_case JSON, bearer tokens, problem details.</summary>
internal static class ShopHttp
{
    private const int MaxReason = 500;

    public static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

    public static HttpRequestMessage Post<T>(string path, T body) => new(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: JsonDefaults.Client) };

    public static HttpRequestMessage SignedBy(this HttpRequestMessage request, string accessToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return request;
    }

    /// <summary>Sends a request and reads its answer.</summary>
    /// <exception cref="ShopRefusedException">The answer is 4xx.</exception>
    /// <exception cref="ShopUnavailableException">There is no answer, or it is 5xx, or it cannot be read.</exception>
    public static async Task<TAnswer> SendAsync<TAnswer>(
        this HttpClient http,
        HttpRequestMessage request,
        Func<HttpResponseMessage, CancellationToken, Task<TAnswer?>> read,
        CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                using var response = await http.SendAsync(request, cancellationToken);
                if ((int)response.StatusCode >= 500) throw new ShopUnavailableException($"{request.RequestUri} answered {(int)response.StatusCode}");
                if (!response.IsSuccessStatusCode) throw await RefusalAsync(response, cancellationToken);
                return await read(response, cancellationToken) ?? throw new ShopUnavailableException($"{request.RequestUri} answered nothing");
            }
            catch (Exception failure) when (failure is not (ShopRefusedException or ShopUnavailableException) && !cancellationToken.IsCancellationRequested)
            {
                // Refused connections, timeouts and open circuits have types of their own; for the customer they are the same.
                throw new ShopUnavailableException($"{request.RequestUri} did not answer", failure);
            }
        }
    }

    public static Task<TAnswer> SendAsync<TAnswer>(this HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
        => http.SendAsync(request, (response, stop) => response.Content.ReadFromJsonAsync<TAnswer>(JsonDefaults.Client, stop), cancellationToken);

    private static async Task<ShopRefusedException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
        var problem = isProblem ? await response.Content.ReadFromJsonAsync<Problem>(JsonDefaults.Client, cancellationToken) : null;
        var fields = problem?.Errors?.Values.SelectMany(messages => messages).Take(5) ?? [];
        var reason = string.Join(' ', new[] { problem?.Detail ?? problem?.Title }.Concat(fields).Where(part => !string.IsNullOrWhiteSpace(part)));
        return new ShopRefusedException((int)response.StatusCode, problem?.Code, reason.Length == 0 ? null : reason[..Math.Min(reason.Length, MaxReason)]);
    }

    private sealed record Problem(string? Code, string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}
