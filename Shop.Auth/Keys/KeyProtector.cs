using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Shop.ServiceDefaults.Security;

namespace Shop.Auth.Keys;

/// <summary>Encrypts private keys at rest with AES-256-GCM, bound to the key's id.</summary>
internal sealed class KeyProtector(IOptions<AuthOptions> options)
{
    private const int KeyBytes = 32;

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(options.Value.KeyEncryptionKey), KeyBytes, info: "shop-auth signing keys"u8.ToArray());

    public byte[] Protect(byte[] plain, string kid) => SealedBox.Seal(_key, plain, Encoding.UTF8.GetBytes(kid));

    /// <exception cref="InvalidOperationException">It was encrypted with another key, or changed since.</exception>
    public byte[] Unprotect(byte[] sealedKey, string kid)
    {
        try
        {
            return SealedBox.Open(_key, sealedKey, Encoding.UTF8.GetBytes(kid));
        }
        catch (CryptographicException exception)
        {
            throw Unreadable(kid, exception);
        }
    }

    private static InvalidOperationException Unreadable(string kid, Exception cause) =>
        new($"Signing key {kid} cannot be decrypted: Auth:KeyEncryptionKey is not the one it was stored with. Give that one back, or have a "
            + "new signing key made: UPDATE signing_keys SET active = false WHERE active. Tokens that are out stay good until they expire.", cause);
}
