using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Web;

/// <summary>Random handles (codes, session keys, links) and the form in which they are kept.</summary>
static class Secret
{
    /// <summary>A new one: 256 random bits, 43 characters that fit into an address.</summary>
    public static string New() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    /// <summary>A random name that is no secret, 128 bits.</summary>
    public static string NewName() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));

    /// <summary>What the database keeps of it. The secret is random, so a fast hash tells nothing.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
