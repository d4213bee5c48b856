using System.Collections.Frozen;
using System.Globalization;
using System.Net;

namespace Identity.Domains;

/// <summary>The part of a mail address that says whose it is, as DNS writes it.</summary>
static class MailDomain
{
    const int LongestAddress = 254;
    const int LongestLocalPart = 64;
    const int LongestDomain = 253;

    static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    static readonly Lazy<FrozenSet<string>> Public = new(ReadPublic);

    /// <summary>The domain of an address; null when it is no address with exactly one, and then nobody guesses.</summary>
    public static string? Of(string? address) =>
        address is { Length: > 2 and <= LongestAddress } && address.IndexOf('@', StringComparison.Ordinal) is > 0 and <= LongestLocalPart and var at && at == address.LastIndexOf('@')
        && !address.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter is '"' or '<' or '>' or ',' or ';' or ':' or '\\')
            ? Read(address[(at + 1)..])
            : null;

    /// <summary>A domain as it was typed, as DNS writes it; null when it is none.</summary>
    public static string? Read(string? typed)
    {
        if (typed?.Trim() is not { Length: > 0 and <= LongestDomain } text || text.EndsWith('.') || !text.Contains('.', StringComparison.Ordinal) || IPAddress.TryParse(text, out _))
        {
            return null;
        }

        try
        {
            var domain = Idn.GetAscii(text).ToLowerInvariant();
            return domain.Length <= LongestDomain && domain.Split('.') is var labels && labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit) && labels[^1].Length >= 2 ? domain : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether anybody at all can have an address there.</summary>
    public static bool IsPublic(string domain) => Public.Value.Contains(domain);

    static bool IsLabel(string label) =>
        label is { Length: > 0 and <= 63 } && label[0] is not '-' && label[^1] is not '-' && label.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    static FrozenSet<string> ReadPublic()
    {
        using var reader = new StreamReader(typeof(MailDomain).Assembly.GetManifestResourceStream("public-mail-domains.txt")
            ?? throw new InvalidOperationException("The list of public mail domains is not in the assembly."));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] is not '#').ToFrozenSet(StringComparer.Ordinal);
    }
}
