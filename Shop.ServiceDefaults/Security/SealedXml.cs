using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Shop.ServiceDefaults.Security;

/// <summary>Encrypts data-protection keys at rest with the key that the configuration gives.</summary>
internal sealed class SealedXml(IOptions<SharedDataProtectionOptions> options) : IXmlEncryptor, IXmlDecryptor
{
    private const string ElementName = "sealed";
    private const int KeyBytes = 32;

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(options.Value.Key), KeyBytes, info: "shop data-protection keys"u8.ToArray());

    /// <summary>How data protection makes the decryptor that a stored key names.</summary>
    public SealedXml(IServiceProvider services)
        : this(services.GetRequiredService<IOptions<SharedDataProtectionOptions>>())
    {
    }

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        return new EncryptedXmlInfo(new XElement(ElementName, Convert.ToBase64String(SealedBox.Seal(_key, plain))), typeof(SealedXml));
    }

    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(Encoding.UTF8.GetString(SealedBox.Open(_key, Convert.FromBase64String(encryptedElement.Value))));
}
