using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Shop.Tests.Integration.Security;

/// <summary>Tokens that Auth did not sign, or signed for another time, open nothing in any service.</summary>
[Collection(ShopGroup.Name)]
public sealed class TokenTests(ShopFixture shop)
{
    public static TheoryData<string, string> Doors => new()
    {
        { "auth", "/auth/verify" },
        { "orders", "/orders" },
        { "payments", "/payments" },
        { "notifications", "/notifications" },
        { "catalog", "/reservations/0198a3b2-0000-7000-8000-000000000000/commit" },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_good_token_is_let_in_and_each_bad_one_is_refused(string service, string path)
    {
        var token = (await shop.RegisterCustomerAsync()).Token;
        Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync(service, path, token));

        foreach (var (name, forged) in Forgeries(token))
        {
            var status = await StatusAsync(service, path, forged);
            Assert.True(status == HttpStatusCode.Unauthorized, $"{name}: {(int)status}");
        }
    }

    /// <summary>The token made worse in every way that does not need Auth's private key.</summary>
    private static IEnumerable<(string Name, string Token)> Forgeries(string token)
    {
        var parts = token.Split('.');
        var header = Decode(parts[0]);
        var payload = Decode(parts[1]);

        yield return ("no signature", $"{parts[0]}.{parts[1]}.");
        yield return ("signature of another payload", $"{parts[0]}.{Encode(With(payload, "role", "admin"))}.{parts[2]}");
        foreach (var none in new[] { "none", "None", "NONE", "" })
            yield return ($"alg '{none}'", $"{Encode(With(header, "alg", none))}.{parts[1]}.");
        yield return ("HS256 with an empty key", Hmac(With(header, "alg", "HS256"), payload, []));
        yield return ("HS256 with the key id as the key", Hmac(With(header, "alg", "HS256"), payload, Encoding.UTF8.GetBytes((string?)header["kid"] ?? "")));

        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        yield return ("signed with another key under Auth's key id", Sign(header, payload, own));
        yield return ("signed with another key under an unknown key id", Sign(With(header, "kid", "unknown"), payload, own));
        yield return ("garbage", "not-a-token");
    }

    private async Task<HttpStatusCode> StatusAsync(string service, string path, string token)
    {
        using var client = shop.CreateClient(service);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var post = path.StartsWith("/reservations", StringComparison.Ordinal);
        using var response = post ? await client.PostAsJsonAsync(path, new { }) : await client.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }

    private static JsonObject With(JsonObject json, string name, string value)
    {
        var copy = json.DeepClone().AsObject();
        copy[name] = value;
        return copy;
    }

    private static string Sign(JsonObject header, JsonObject payload, ECDsa key)
    {
        var text = $"{Encode(header)}.{Encode(payload)}";
        return $"{text}.{Base64Url(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    private static string Hmac(JsonObject header, JsonObject payload, byte[] key)
    {
        var text = $"{Encode(header)}.{Encode(payload)}";
        return $"{text}.{Base64Url(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)))}";
    }

    private static JsonObject Decode(string part) =>
        JsonSerializer.Deserialize<JsonObject>(System.Buffers.Text.Base64Url.DecodeFromChars(part))!;

    private static string Encode(JsonObject json) => Base64Url(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
