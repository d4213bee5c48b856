using System.Security.Cryptography;
using Identity.Web;

namespace Identity.SecondFactors;

/// <summary>Codes on paper for the day on which the second factor is lost.</summary>
static class RecoveryCodes
{
    /// <summary>How many there are at a time.</summary>
    public const int Count = 10;

    // 24 of 32 letters: 120 bits, so that a fast hash of them tells nothing (ASVS 6.5.2). None of the letters looks like another.
    const int Length = 24;
    const int Group = 4;
    const string Letters = "abcdefghjkmnpqrstuvwxyz023456789";

    /// <summary>A set of new ones.</summary>
    public static IReadOnlyList<string> New() => [.. Enumerable.Range(0, Count).Select(_ => string.Join('-', RandomNumberGenerator.GetString(Letters, Length).Chunk(Group).Select(group => new string(group))))];

    /// <summary>What is kept of one, however it was typed.</summary>
    public static byte[] Hash(string code) => Secret.Hash(Plain(code));

    /// <summary>Whether a text could be one.</summary>
    public static bool IsOne(string text) => text.Length <= 2 * Length && Plain(text).Length == Length;

    static string Plain(string code) => string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
