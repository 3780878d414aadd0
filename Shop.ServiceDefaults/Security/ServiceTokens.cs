using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Shop.ServiceDefaults.Security;

/// <summary>A service's own credentials at Auth, from the configuration section <c>ServiceAuth</c>.</summary>
public sealed class ServiceAuthOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "ServiceAuth";

    /// <summary>The client id: the service's name.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The client secret.</summary>
    public string ClientSecret { get; set; } = "";
}

/// <summary>Calls to other services of the shop, in this service's own name.</summary>
public static class ServiceTokenExtensions
{
    private const string TokenClient = "service-token";

    /// <summary>Adds a typed client of another service that sends this service's own token.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="service">The other service's name in service discovery.</param>
    public static IHttpClientBuilder AddServiceClient<TClient>(this IHostApplicationBuilder builder, string service) where TClient : class
    {
        builder.Services.AddOptions<ServiceAuthOptions>().BindConfiguration(ServiceAuthOptions.Section)
            .Validate(o => o is { ClientId.Length: > 0, ClientSecret.Length: > 0 }, "ServiceAuth:ClientId and ServiceAuth:ClientSecret are required.")
            .ValidateOnStart();
        builder.Services.AddHttpClient(TokenClient, (services, http) =>
            http.BaseAddress = services.GetRequiredService<IOptions<TokenOptions>>().Value.Url);
        builder.Services.TryAddSingleton(services => new ServiceTokenSource(
            () => services.GetRequiredService<IHttpClientFactory>().CreateClient(TokenClient),
            services.GetRequiredService<IOptions<ServiceAuthOptions>>(),
            services.GetRequiredService<TimeProvider>()));
        builder.Services.TryAddTransient<ServiceTokenHandler>();

        return builder.Services.AddHttpClient<TClient>(http => http.BaseAddress = new Uri($"http://{service}"))
            .AddHttpMessageHandler<ServiceTokenHandler>();
    }
}

/// <summary>Keeps one token and renews it before it runs out.</summary>
internal sealed class ServiceTokenSource(Func<HttpClient> createClient, IOptions<ServiceAuthOptions> options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(60);

    /// <summary>A token this young that is refused would not be better for being renewed.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _renewal = new(1, 1);
    private volatile ServiceToken? _token;

    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        if (_token is { } current && time.GetUtcNow() < current.RenewAt)
            return current.Value;

        await _renewal.WaitAsync(cancellationToken);
        try
        {
            if (_token is { } renewed && time.GetUtcNow() < renewed.RenewAt)
                return renewed.Value;

            using var form = new FormUrlEncodedContent([
                new("grant_type", "client_credentials"),
                new("client_id", options.Value.ClientId),
                new("client_secret", options.Value.ClientSecret)]);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/token") { Content = form };
            // Asking for a token twice is harmless, so the call may be retried.
            request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
            using var response = await createClient().SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            var token = await response.Content.ReadFromJsonAsync<TokenResponse>(JsonDefaults.Client, cancellationToken)
                ?? throw new HttpRequestException("Auth answered without a token.");

            var now = time.GetUtcNow();
            _token = new ServiceToken(token.AccessToken, now, now + TimeSpan.FromSeconds(token.ExpiresIn) - RenewBefore);
            return token.AccessToken;
        }
        finally
        {
            _renewal.Release();
        }
    }

    /// <summary>Forgets a token that was refused: its key or its client may have been revoked.</summary>
    /// <returns>Whether another token can be had.</returns>
    public bool Drop(string refused)
    {
        if (_token is not { } current || current.Value != refused)
            return true;
        if (time.GetUtcNow() - current.ObtainedAt < Trusted)
            return false;
        Interlocked.CompareExchange(ref _token, null, current);
        return true;
    }

    public void Dispose() => _renewal.Dispose();

    private sealed record ServiceToken(string Value, DateTimeOffset ObtainedAt, DateTimeOffset RenewAt);

    private sealed record TokenResponse(string AccessToken, int ExpiresIn);
}

internal sealed class ServiceTokenHandler(ServiceTokenSource tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(cancellationToken);
        var response = await SendAsync(request, token, cancellationToken);
        // A refused request was not carried out, so it may be sent again, once.
        if (response.StatusCode != HttpStatusCode.Unauthorized || !tokens.Drop(token))
            return response;

        response.Dispose();
        return await SendAsync(request, await tokens.GetAsync(cancellationToken), cancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string token, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return base.SendAsync(request, cancellationToken);
    }
}
