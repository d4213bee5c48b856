using System.Buffers.Text;
using System.Security.Cryptography;

namespace Portal.Quotes;

/// <summary>The secret in the address of an offer: 256 random bits. Whoever has it may read and answer one revision; the database keeps its hash alone.</summary>
public static class OfferSecret
{
    const int Bytes = 32;

    /// <summary>A new one, and what is kept of it.</summary>
    public static (string Secret, byte[] Hash) New() => Of(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The one that belongs to <paramref name="seed"/>, always the same; for the demo only, whose passwords are public as well.</summary>
    public static (string Secret, byte[] Hash) From(string seed) => Of(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(seed)));

    /// <summary>The hash of what stood in an address; null for what never was a secret.</summary>
    public static byte[]? HashOf(string secret)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        // Written in one way only: other letters at the end that mean the same bytes are somebody's trying.
        return secret.Length == 43 && Base64Url.IsValid(secret, out var length) && length == Bytes && Base64Url.TryDecodeFromChars(secret, bytes, out _) && Base64Url.EncodeToString(bytes) == secret
            ? SHA256.HashData(bytes)
            : null;
    }

    /// <summary>The address that somebody at the customer opens.</summary>
    public static string Address(string portal, string secret) => $"{portal}/offers/{secret}";

    static (string Secret, byte[] Hash) Of(byte[] bytes) => (Base64Url.EncodeToString(bytes), SHA256.HashData(bytes));
}
