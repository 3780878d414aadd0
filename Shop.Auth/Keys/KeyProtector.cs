using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Shop.Auth.Keys;

/// <summary>Encrypts private keys at rest with AES-256-GCM, bound to the key's id. The form is nonce, tag, ciphertext.</summary>
internal sealed class KeyProtector(IOptions<AuthOptions> options)
{
    private const int KeyBytes = 32;
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(options.Value.KeyEncryptionKey), KeyBytes, info: "shop-auth signing keys"u8.ToArray());

    public byte[] Protect(byte[] plain, string kid)
    {
        var result = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = result.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(nonce, plain, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(kid));
        return result;
    }

    /// <exception cref="InvalidOperationException">It was encrypted with another key, or changed since.</exception>
    public byte[] Unprotect(byte[] sealedKey, string kid)
    {
        if (sealedKey.Length <= NonceBytes + TagBytes)
            throw Unreadable(kid, null);

        var plain = new byte[sealedKey.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        try
        {
            aes.Decrypt(sealedKey.AsSpan(0, NonceBytes), sealedKey.AsSpan(NonceBytes + TagBytes),
                sealedKey.AsSpan(NonceBytes, TagBytes), plain, Encoding.UTF8.GetBytes(kid));
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw Unreadable(kid, exception);
        }

        return plain;
    }

    private static InvalidOperationException Unreadable(string kid, Exception? cause) =>
        new($"Signing key {kid} cannot be decrypted: Auth:KeyEncryptionKey is not the one it was stored with. Give that one back, or have a "
            + "new signing key made: UPDATE signing_keys SET active = false WHERE active. Tokens that are out stay good until they expire.", cause);
}
