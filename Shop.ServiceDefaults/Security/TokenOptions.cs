namespace Shop.ServiceDefaults.Security;

/// <summary>How tokens are checked, from the configuration section <c>Auth</c>, or <c>AUTH_JWT_*</c> where named.</summary>
public sealed class TokenOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Auth";

    /// <summary>Where Auth answers; a service-discovery name by default.</summary>
    public Uri Url { get; set; } = new("http://auth");

    /// <summary>The <c>iss</c> of every token.</summary>
    public string Issuer { get; set; } = "shop-auth";

    /// <summary>The <c>aud</c> of every token.</summary>
    public string Audience { get; set; } = "shop";

    /// <summary><c>ES256</c>, or <c>HS256</c> (from <c>AUTH_JWT_ALGORITHM</c>).</summary>
    public string Algorithm { get; set; } = "ES256";

    /// <summary>The shared secret of HS256, at least 32 bytes (from <c>AUTH_JWT_SECRET</c>).</summary>
    public string? Secret { get; set; }

    /// <summary>Whether tokens are signed with the shared secret.</summary>
    public bool IsSymmetric => string.Equals(Algorithm, "HS256", StringComparison.OrdinalIgnoreCase);
}
