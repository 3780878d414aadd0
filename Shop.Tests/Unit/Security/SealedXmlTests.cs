using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.Extensions.Options;
using Shop.ServiceDefaults.Security;

namespace Shop.Tests.Unit.Security;

public sealed class SealedXmlTests
{
    private static readonly XElement Key = XElement.Parse("<masterKey><value>top secret</value></masterKey>");

    [Fact]
    public void What_is_stored_is_ciphertext_that_the_same_key_opens()
    {
        var sealedKey = With("one key of enough characters").Encrypt(Key).EncryptedElement;

        Assert.DoesNotContain("secret", sealedKey.ToString(), StringComparison.Ordinal);
        Assert.True(XNode.DeepEquals(Key, With("one key of enough characters").Decrypt(sealedKey)));
    }

    [Fact]
    public void Another_key_or_a_change_is_noticed()
    {
        var sealedKey = With("one key of enough characters").Encrypt(Key).EncryptedElement;
        var changed = Convert.FromBase64String(sealedKey.Value);
        changed[^1] ^= 1;

        Assert.ThrowsAny<CryptographicException>(() => With("another key of enough characters").Decrypt(sealedKey));
        Assert.ThrowsAny<CryptographicException>(() => With("one key of enough characters").Decrypt(new XElement("sealed", Convert.ToBase64String(changed))));
        Assert.ThrowsAny<CryptographicException>(() => With("one key of enough characters").Decrypt(new XElement("sealed", "AAAA")));
    }

    private static SealedXml With(string key) => new(Options.Create(new SharedDataProtectionOptions { Key = key }));
}
