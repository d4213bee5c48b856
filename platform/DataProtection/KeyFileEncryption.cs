using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.DataProtection;

/// <summary>The key that encrypts the key ring at rest; it comes from a file and never enters the database.</summary>
/// <param name="secret">The content of the file.</param>
sealed class KeyFile(string secret)
{
    // One step of HKDF turns whatever form the secret has into exactly the key AES wants.
    readonly byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "partner portal data protection key ring"u8.ToArray());

    public string Encrypt(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var sealedBytes = new byte[12 + plain.Length + 16];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, 12));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(sealedBytes.AsSpan(0, 12), plain, sealedBytes.AsSpan(12, plain.Length), sealedBytes.AsSpan(12 + plain.Length));
        return Convert.ToBase64String(sealedBytes);
    }

    public string Decrypt(string text)
    {
        var sealedBytes = Convert.FromBase64String(text);
        var plain = new byte[sealedBytes.Length - 28];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(sealedBytes.AsSpan(0, 12), sealedBytes.AsSpan(12, plain.Length), sealedBytes.AsSpan(12 + plain.Length), plain);
        return Encoding.UTF8.GetString(plain);
    }
}

/// <summary>Encrypts the secret part of a key before it is stored (AES-256-GCM).</summary>
sealed class KeyFileEncryptor(KeyFile file) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
        new(new XElement("encryptedKey", new XElement("value", file.Encrypt(plaintextElement.ToString(SaveOptions.DisableFormatting)))), typeof(KeyFileDecryptor));
}

/// <summary>Reads what <see cref="KeyFileEncryptor"/> wrote; Data Protection finds it by the name stored with the key.</summary>
sealed class KeyFileDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(services.GetRequiredService<KeyFile>().Decrypt(encryptedElement.Element("value")!.Value));
}
