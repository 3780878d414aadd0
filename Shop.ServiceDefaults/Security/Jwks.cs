using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.Tokens;

namespace Shop.ServiceDefaults.Security;

/// <summary>A JSON Web Key Set of P-256 keys (RFC 7517), as Auth publishes it.</summary>
/// <param name="Keys">The keys that tokens may be signed with.</param>
public sealed record Jwks([property: JsonPropertyName("keys")] IReadOnlyList<Jwk> Keys);

/// <summary>One public P-256 key.</summary>
/// <param name="Kid">The key's id.</param>
/// <param name="X">The point's x, base64url.</param>
/// <param name="Y">The point's y, base64url.</param>
public sealed record Jwk(
    [property: JsonPropertyName("kid")] string Kid,
    [property: JsonPropertyName("x")] string X,
    [property: JsonPropertyName("y")] string Y)
{
    /// <summary>The key type: elliptic curve.</summary>
    [JsonPropertyName("kty")]
    public string Kty { get; init; } = "EC";

    /// <summary>The curve.</summary>
    [JsonPropertyName("crv")]
    public string Crv { get; init; } = "P-256";

    /// <summary>What the key is for: signatures.</summary>
    [JsonPropertyName("use")]
    public string Use { get; init; } = "sig";

    /// <summary>The algorithm it is used with.</summary>
    [JsonPropertyName("alg")]
    public string Alg { get; init; } = "ES256";

    /// <summary>The public half of a key pair.</summary>
    public static Jwk From(ECDsa key, string kid)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new Jwk(kid, Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y));
    }

    /// <summary>The key as the token validator takes it.</summary>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public SecurityKey ToSecurityKey() => new ECDsaSecurityKey(ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(X), Y = Base64UrlEncoder.DecodeBytes(Y) },
    }))
    { KeyId = Kid };
}
