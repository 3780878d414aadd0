using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Aspire.Hosting.Testing;
using Shop.Rig.Setup;

namespace Shop.Rig.Chaos.Load;

/// <summary>
/// A client as a careful one is: a failure of the moment, be it a broken connection, a timeout or an answer that says so, is
/// followed by the same request with the same key, for a bounded time.
/// </summary>
internal sealed class ShopClient : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromSeconds(3);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Dictionary<string, HttpClient> _services;
    private readonly Journal _journal;
    private readonly Tally _tally;

    public ShopClient(ThrowawayShop shop, Journal journal, Tally tally)
    {
        (_journal, _tally) = (journal, tally);
        _services = Names.Services.ToDictionary(service => service, service => new HttpClient(
            new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, PooledConnectionLifetime = ConnectionLifetime, UseCookies = false })
        {
            BaseAddress = shop.App.GetEndpoint(service, "http"),
            Timeout = RequestTimeout,
        });
    }

    /// <summary>Makes a request with a key of its own until it is answered.</summary>
    /// <returns>Null when it was not answered in time; what became of it is not known then.</returns>
    public Task<Answer?> PostAsync(string service, string path, string? token, object body, TimeSpan patience, CancellationToken cancellationToken) =>
        PostAsync(NewRequest(service, path, token, body), patience, cancellationToken);

    public static KeyedRequest NewRequest(string service, string path, string? token, object body) =>
        new(service, path, token, Guid.NewGuid().ToString(), JsonSerializer.Serialize(body, Json));

    /// <summary>Makes a request until it is answered.</summary>
    public async Task<Answer?> PostAsync(KeyedRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        _journal.Ask(request);
        var answer = await UntilAnsweredAsync(request.Service, () => new HttpRequestMessage(HttpMethod.Post, request.Path)
        {
            Content = new StringContent(request.Body, Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", request.Key } },
        }, request.Token, patience, cancellationToken);
        if (answer is not null)
            _journal.Tell(request.Key, answer);
        return answer;
    }

    /// <summary>Signs in: a request without a key, for each sign-in is another session.</summary>
    public Task<Answer?> SignInAsync(string email, string password, TimeSpan patience, CancellationToken cancellationToken) =>
        UntilAnsweredAsync(Names.Auth, () => new HttpRequestMessage(HttpMethod.Post, "/auth/token")
        {
            Content = new StringContent(JsonSerializer.Serialize(new { Email = email, Password = password }, Json), Encoding.UTF8, "application/json"),
        }, null, patience, cancellationToken);

    /// <summary>Reads until it is answered.</summary>
    public Task<Answer?> GetAsync(string service, string path, string token, TimeSpan patience, CancellationToken cancellationToken) =>
        UntilAnsweredAsync(service, () => new HttpRequestMessage(HttpMethod.Get, path), token, patience, cancellationToken);

    public void Dispose()
    {
        foreach (var service in _services.Values)
            service.Dispose();
    }

    private async Task<Answer?> UntilAnsweredAsync(
        string service, Func<HttpRequestMessage> newRequest, string? token, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var attempt = 0; !cancellationToken.IsCancellationRequested; attempt++)
        {
            if (attempt > 0)
                _tally.Add("requests repeated");
            if (await TryAsync(service, newRequest, token) is { } answer)
                return answer;
            var pause = TimeSpan.FromMilliseconds(Math.Min(250 << Math.Min(attempt, 4), 4_000));
            if (TimeProvider.System.GetElapsedTime(begun) + pause > patience)
                break;
            await Waits.ForAsync(pause, cancellationToken);
        }

        _tally.Add("requests given up");
        return null;
    }

    private async Task<Answer?> TryAsync(string service, Func<HttpRequestMessage> newRequest, string? token)
    {
        using var request = newRequest();
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            // What was begun is waited for: an answer that nobody reads proves nothing.
            using var response = await _services[service].SendAsync(request, CancellationToken.None);
            var answer = new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(CancellationToken.None))
            {
                At = DateTime.UtcNow,
                IsReplay = response.Headers.Contains("Idempotency-Replayed"),
            };
            if (!IsMomentary(response))
                return answer;
            _tally.Add($"answers {answer.Status}");
            if (response.StatusCode == HttpStatusCode.InternalServerError)
                _journal.InternalErrors.Add($"{request.Method} {service}{request.RequestUri} {answer.Body}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            _tally.Add(exception is OperationCanceledException ? "answers that never came" : "connections that broke");
        }

        return null;
    }

    /// <remarks>With Retry-After whatever it is, as the 409 of a request that is still at work.</remarks>
    private static bool IsMomentary(HttpResponseMessage response) =>
        (int)response.StatusCode is >= 500 or 408 or 429 || response.Headers.RetryAfter is not null;
}
