using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Token;

/// <summary>Proof key for code exchange (RFC 7636), method S256 only.</summary>
static class Challenge
{
    /// <summary>43 to 128 unreserved characters: the form of a challenge and of a verifier (4.1, 4.2).</summary>
    public static bool IsWellFormed(string text) =>
        text.Length is >= 43 and <= 128 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' or '~');

    /// <summary>Whether the verifier is the one the challenge was made of (4.6).</summary>
    public static bool IsMetBy(string challenge, string verifier) =>
        IsWellFormed(verifier) && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Of(verifier)),
            Encoding.ASCII.GetBytes(challenge));

    /// <summary>The challenge of a verifier (4.2).</summary>
    public static string Of(string verifier) => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
