using System.Security.Cryptography;

namespace Shop.ServiceDefaults.Security;

/// <summary>AES-256-GCM as the shop stores it: nonce, tag, ciphertext.</summary>
public static class SealedBox
{
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    /// <summary>Encrypts with a fresh nonce.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="plain">What to encrypt.</param>
    /// <param name="context">What the box belongs to; it opens only for the same.</param>
    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context = default)
    {
        var box = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes), context);
        return box;
    }

    /// <summary>Decrypts what <see cref="Seal"/> made.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key or for another context, or changed since.</exception>
    public static byte[] Open(byte[] key, ReadOnlySpan<byte> box, ReadOnlySpan<byte> context = default)
    {
        if (box.Length < NonceBytes + TagBytes)
            throw new CryptographicException("The box is too short to be one.");

        var plain = new byte[box.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(box[..NonceBytes], box[(NonceBytes + TagBytes)..], box.Slice(NonceBytes, TagBytes), plain, context);
        return plain;
    }
}
