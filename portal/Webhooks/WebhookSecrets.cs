using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Portal.Webhooks;

/// <summary>The secrets with which deliveries are signed (Standard Webhooks): <c>whsec_</c> and 24 to 64 bytes in base64. They are stored encrypted, and shown once.</summary>
public sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    const string Prefix = "whsec_";

    readonly IDataProtector protector = protection.CreateProtector("webhook secrets");

    /// <summary>A new one of 256 bits.</summary>
    public static string New() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether it is a secret as the specification wants it.</summary>
    public static bool IsSound(string secret) => secret.StartsWith(Prefix, StringComparison.Ordinal) && secret.Length <= 200 && Bytes(secret) is { Length: >= 24 and <= 64 };

    /// <summary>The secret as it is stored.</summary>
    public string Protect(string secret) => protector.Protect(secret);

    /// <summary>
    /// The signature of what is sent: a keyed hash of id, time and body for each secret that is good now.
    /// </summary>
    /// <exception cref="CryptographicException">The stored secret cannot be read: the key it was encrypted with is gone.</exception>
    public string Sign(IEnumerable<string> stored, string id, long timestamp, string body)
    {
        var content = Encoding.UTF8.GetBytes(FormattableString.Invariant($"{id}.{timestamp}.{body}"));
        return string.Join(' ', stored.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(Bytes(protector.Unprotect(secret))!, content))));
    }

    static byte[]? Bytes(string secret)
    {
        var bytes = new byte[200];
        return Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var length) ? bytes[..length] : null;
    }
}
