using System.Net;
using System.Text.Json;
using Polly;
using Shop.Orders.Orders;
using Shop.ServiceDefaults;

namespace Shop.Orders.Clients;

/// <summary>Calls to other services, each with a time bound, and with one kind of failure.</summary>
internal static class ServiceCalls
{
    /// <summary>How long one call may take, the token for it included, unless it says otherwise.</summary>
    private static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(5);

    /// <summary>Posts and reads the answer. It is sent once: what may have been done is undone, not repeated.</summary>
    /// <exception cref="OrderRefusedException">The service said no (with its own problem), or cannot be reached (503).</exception>
    public static Task<TAnswer> PostAsync<TAnswer>(
        this HttpClient http, string service, string path, object body, CancellationToken cancellationToken, string? language = null) =>
        http.SendAsync(service, path, body, language, DefaultBound, async (response, bound) =>
            await response.Content.ReadFromJsonAsync<TAnswer>(JsonDefaults.Client, bound) ?? throw new JsonException("The answer is null."),
            cancellationToken);

    /// <summary>Posts where only success or failure matters.</summary>
    /// <inheritdoc cref="PostAsync{TAnswer}"/>
    public static Task PostAsync(
        this HttpClient http, string service, string path, object? body, CancellationToken cancellationToken, TimeSpan? bound = null) =>
        http.SendAsync(service, path, body, language: null, bound ?? DefaultBound, (_, _) => Task.FromResult(true), cancellationToken);

    private static async Task<TAnswer> SendAsync<TAnswer>(
        this HttpClient http, string service, string path, object? body, string? language, TimeSpan longest,
        Func<HttpResponseMessage, CancellationToken, Task<TAnswer>> read, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(longest);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            if (body is not null)
                request.Content = JsonContent.Create(body, options: JsonDefaults.Client);
            if (!string.IsNullOrEmpty(language))
                request.Headers.TryAddWithoutValidation("Accept-Language", language);

            using var response = await http.SendAsync(request, bound.Token);
            if (!response.IsSuccessStatusCode)
                throw await ReadRefusalAsync(service, response, bound.Token);
            return await read(response, bound.Token);
        }
        catch (Exception exception) when (
            exception is HttpRequestException or ExecutionRejectedException or JsonException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            throw OrderRefusedException.Unavailable(service, exception);
        }
    }

    /// <remarks>Only what a buyer can do something about is passed on; the rest is between services, as is an answer for now.</remarks>
    private static async Task<OrderRefusedException> ReadRefusalAsync(string service, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity)
            || response.Headers.RetryAfter is not null)
            return OrderRefusedException.Unavailable(service, new HttpRequestException($"{service} answered {(int)response.StatusCode}."));

        var problem = await response.Content.ReadFromJsonAsync<Dictionary<string, JsonElement>>(JsonDefaults.Client, cancellationToken) ?? [];
        string Text(string member, string byDefault) =>
            problem.TryGetValue(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : byDefault;
        var extensions = problem
            .Where(member => member.Key is not ("type" or "title" or "status" or "detail" or "instance" or "code" or "trace_id"))
            .ToDictionary(member => member.Key, member => (object?)member.Value);
        return new OrderRefusedException((int)response.StatusCode, Text("code", $"{service}_refused"), Text("detail", $"{service} refused."), extensions);
    }
}
