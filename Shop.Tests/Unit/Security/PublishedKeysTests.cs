using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shop.ServiceDefaults.Security;
using Shop.Tests.Support;

namespace Shop.Tests.Unit.Security;

/// <summary>The keys that tokens are checked by, when Auth is away or has new ones.</summary>
public sealed class PublishedKeysTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly StubHandler _auth;
    private readonly PublishedKeys _keys;
    private readonly Dictionary<string, ECDsa> _pairs =
        new[] { "first", "second", "third" }.ToDictionary(kid => kid, _ => ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private List<string> _published = ["first"];
    private bool _away;

    public PublishedKeysTests()
    {
        _auth = new StubHandler(_ => _away
            ? new HttpResponseMessage(HttpStatusCode.NotFound)
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(new Jwks([.. _published.Select(kid => Jwk.From(_pairs[kid], kid))])) });
        _keys = new PublishedKeys(() => new HttpClient(_auth, disposeHandler: false) { BaseAddress = new Uri("http://auth") }, _time);
    }

    [Fact]
    public async Task Without_keys_Auth_is_asked_every_two_seconds_until_it_answers()
    {
        _away = true;
        for (var request = 0; request < 10; request++)
            await Assert.ThrowsAsync<HttpRequestException>(() => _keys.GetConfigurationAsync(default));
        Assert.Single(_auth.Requests);

        _away = false;
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Single((await _keys.GetConfigurationAsync(default)).SigningKeys);
        Assert.Equal(2, _auth.Requests.Count);
    }

    [Fact]
    public async Task A_key_that_is_not_known_is_asked_for_and_the_known_ones_stay_while_Auth_is_away()
    {
        var first = await _keys.GetConfigurationAsync(default);
        _published = ["second", "first"];
        _away = true;
        _time.Advance(TimeSpan.FromSeconds(2));
        for (var request = 0; request < 10; request++)
            await Assert.ThrowsAsync<HttpRequestException>(() => _keys.ContainAsync("second", default));
        Assert.True(await _keys.ContainAsync("first", default));
        Assert.Same(first, await _keys.GetConfigurationAsync(default));
        Assert.Equal(2, _auth.Requests.Count);

        _away = false;
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await _keys.ContainAsync("second", default));
        Assert.False(await _keys.ContainAsync("third", default));
        Assert.Equal(3, _auth.Requests.Count);
    }

    [Fact]
    public async Task A_key_that_is_withdrawn_is_forgotten_within_an_hour()
    {
        await _keys.GetConfigurationAsync(default);
        _published = ["second"];
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(["second"], (await _keys.GetConfigurationAsync(default)).SigningKeys.Select(key => key.KeyId));
    }

    [Fact]
    public async Task Old_keys_hold_while_Auth_is_away_and_are_forgotten_when_it_answers_again()
    {
        await _keys.GetConfigurationAsync(default);
        _published = ["second"];
        _away = true;
        _time.Advance(TimeSpan.FromMinutes(61));
        for (var request = 0; request < 10; request++)
            Assert.Equal(["first"], (await _keys.GetConfigurationAsync(default)).SigningKeys.Select(key => key.KeyId));
        Assert.Equal(2, _auth.Requests.Count);

        _away = false;
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["second"], (await _keys.GetConfigurationAsync(default)).SigningKeys.Select(key => key.KeyId));
    }

    [Fact]
    public async Task A_token_that_cannot_be_checked_now_is_answered_503_and_not_401()
    {
        await using var service = await StartServiceAsync();
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };

        _away = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(client, "first"));
        _time.Advance(TimeSpan.FromSeconds(2));
        _away = false;
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "first"));

        // Auth signs with another key, and nobody can ask it for that.
        _away = true;
        _published = ["second", "first"];
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(client, "second"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "first"));

        _away = false;
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(client, "second"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "second"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(client, "third"));
    }

    public void Dispose()
    {
        _keys.Dispose();
        _auth.Dispose();
        foreach (var pair in _pairs.Values)
            pair.Dispose();
    }

    private async Task<WebApplication> StartServiceAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.AddServiceDefaults();
        builder.Services.AddHttpClient(TokenAuthentication.KeyClient).ConfigurePrimaryHttpMessageHandler(() => _auth);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseServiceDefaults();
        app.MapGet("/door", () => "in").RequireAuthorization();
        await app.StartAsync();
        return app;
    }

    private async Task<HttpStatusCode> AskAsync(HttpClient client, string keyId)
    {
        var options = new TokenOptions();
        var token = new JsonWebTokenHandler().CreateToken(
            JsonSerializer.Serialize(new
            {
                iss = options.Issuer,
                aud = options.Audience,
                sub = "buyer",
                jti = Guid.NewGuid(),
                exp = TimeProvider.System.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds(),
            }),
            new SigningCredentials(new ECDsaSecurityKey(_pairs[keyId]) { KeyId = keyId }, SecurityAlgorithms.EcdsaSha256));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/door") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
