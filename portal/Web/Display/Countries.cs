using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;

namespace Portal.Web.Display;

/// <summary>Countries by name, as the machine's ICU has them (CLDR), in the reader's language.</summary>
public static class Countries
{
    static readonly FrozenSet<string> Known = CultureInfo.GetCultures(CultureTypes.SpecificCultures)
        .Select(culture => new RegionInfo(culture.Name).TwoLetterISORegionName)
        .Where(code => code is [>= 'A' and <= 'Z', >= 'A' and <= 'Z'])
        .ToFrozenSet(StringComparer.Ordinal);

    static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    /// <summary>Every country there is, as ISO 3166 codes of two letters.</summary>
    public static IReadOnlyCollection<string> Codes => Known;

    /// <summary>The name of a country; an unknown code stays a code.</summary>
    /// <param name="code">ISO 3166, two letters.</param>
    public static string Name(string? code)
    {
        // Hans: without it the names of Hong Kong, Macao and Taiwan would come in traditional letters.
        var language = Formats.Chinese ? "zh-Hans" : "en";
        return code is not null && Known.Contains(code) ? Names.GetOrAdd($"{language}-{code}", NativeName) : code ?? "";
    }

    // .NET keeps the first DisplayName it was asked for, whatever the language; the native name of a country in a language's own culture is always in that language.
    static string NativeName(string culture) => new RegionInfo(culture).NativeName;
}
