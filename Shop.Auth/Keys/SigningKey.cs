namespace Shop.Auth.Keys;

/// <summary>A P-256 key pair that tokens are or were signed with.</summary>
internal sealed class SigningKey
{
    public required string Kid { get; init; }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>PKCS #8, DER, encrypted by <see cref="KeyProtector"/>.</summary>
    public required byte[] PrivateKey { get; init; }

    /// <summary>Whether new tokens are signed with it; at most one key is active.</summary>
    public bool Active { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
