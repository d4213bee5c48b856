using System.Security.Cryptography;

namespace Platform.Database;

/// <summary>
/// The number of a record as people, addresses and the API know it: a prefix and twelve random characters,
/// <c>PO-7K3M-9Q2X-V4TD</c>. It tells nothing about how many there are or when it was made (60 random bits), and leaves out
/// the letters that are mistaken for digits (Crockford's base 32).
/// </summary>
public static class PublicNumber
{
    const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A new number.</summary>
    /// <param name="prefix">One to four capital letters that name the kind of record.</param>
    public static string New(string prefix)
    {
        Span<byte> random = stackalloc byte[12];
        RandomNumberGenerator.Fill(random);
        return Format(prefix, random);
    }

    /// <summary>The number that belongs to <paramref name="seed"/>, always the same; for demo data only.</summary>
    public static string From(string prefix, string seed) =>
        Format(prefix, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(seed)).AsSpan(0, 12));

    static string Format(string prefix, ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[14];
        for (int i = 0, at = 0; i < 12; i++)
        {
            if (i is 4 or 8)
            {
                text[at++] = '-';
            }

            text[at++] = Alphabet[bytes[i] & 31];
        }

        return string.Concat(prefix, "-", text);
    }
}
