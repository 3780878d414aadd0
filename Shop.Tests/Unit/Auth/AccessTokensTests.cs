using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Shop.Auth;
using Shop.Auth.Keys;
using Shop.Auth.Sessions;
using Shop.ServiceDefaults.Security;
using Shop.Tests.Support;

namespace Shop.Tests.Unit.Auth;

public sealed class AccessTokensTests : IDisposable
{
    private const string Secret = "a secret of at least thirty-two bytes";
    private readonly ManualTime _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly KeyRing _ring;

    public AccessTokensTests()
    {
        var options = Options.Create(new AuthOptions { KeyEncryptionKey = "one key of enough characters" });
        _ring = new KeyRing(_services.GetRequiredService<IServiceScopeFactory>(), new KeyProtector(options), _time, NullLogger<KeyRing>.Instance);
    }

    public void Dispose()
    {
        _ring.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task A_token_says_who_may_do_what_and_until_when()
    {
        var (_, payload, _) = await IssueAsync(new TokenSubject("subject", "ann@example.com", ["manager"], ["catalog.write", "payments.refund"]));

        Assert.Equal("subject", (string?)payload["sub"]);
        Assert.Equal("ann@example.com", (string?)payload["email"]);
        Assert.Equal("shop-auth", (string?)payload["iss"]);
        Assert.Equal("shop", (string?)payload["aud"]);
        Assert.Equal(["manager"], payload["role"]!.AsArray().Select(role => (string?)role));
        Assert.Equal(["catalog.write", "payments.refund"], payload["permission"]!.AsArray().Select(permission => (string?)permission));
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds(), (long)payload["iat"]!);
        Assert.Equal(_time.GetUtcNow().AddMinutes(15).ToUnixTimeSeconds(), (long)payload["exp"]!);
        Assert.NotNull((string?)payload["jti"]);
    }

    [Fact]
    public async Task A_service_has_no_address_and_every_token_its_own_id()
    {
        var (_, first, _) = await IssueAsync(new TokenSubject("orders", null, ["service"], []));
        var (_, second, _) = await IssueAsync(new TokenSubject("orders", null, ["service"], []));

        Assert.False(first.ContainsKey("email"));
        Assert.NotEqual((string?)first["jti"], (string?)second["jti"]);
    }

    [Fact]
    public async Task With_a_shared_secret_the_token_is_an_hmac_of_it()
    {
        var (header, _, token) = await IssueAsync(new TokenSubject("subject", null, [], []));
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]));

        Assert.Equal("HS256", (string?)header["alg"]);
        Assert.Equal(Base64UrlEncoder.Encode(signature), token[(token.LastIndexOf('.') + 1)..]);
    }

    private async Task<(JsonObject Header, JsonObject Payload, string Token)> IssueAsync(TokenSubject subject)
    {
        var tokens = new AccessTokens(_ring, Options.Create(new TokenOptions { Algorithm = "HS256", Secret = Secret }), Options.Create(new AuthOptions()), _time);
        var token = await tokens.IssueAsync(subject, CancellationToken.None);
        var parts = token.Split('.');
        return (Parse(parts[0]), Parse(parts[1]), token);
    }

    private static JsonObject Parse(string part) => JsonNode.Parse(Base64UrlEncoder.DecodeBytes(part))!.AsObject();
}
