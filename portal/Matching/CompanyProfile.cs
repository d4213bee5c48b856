using Portal.Matching.Hanzi;
using Portal.Matching.Scoring;

namespace Portal.Matching;

/// <summary>What the matcher looks at: a company's names and the identifiers given for it, already in their stored form (<see cref="Identifiers"/>).</summary>
/// <param name="Names">The name and its other spellings and scripts, at least one.</param>
public sealed record CompanyProfile(
    IReadOnlyList<string> Names,
    string CountryCode,
    string? City = null,
    string? Address = null,
    string? CreditCode = null,
    string? VatNumber = null,
    string? Duns = null,
    string? Domain = null,
    string? Phone = null,
    string? PostalCode = null)
{
    IReadOnlyList<CompanyName>? parsed;
    IReadOnlyList<MatchKey>? keys;

    /// <summary>The names taken apart.</summary>
    public IReadOnlyList<CompanyName> ParsedNames => parsed ??= [.. Names.Select(CompanyName.Parse).Where(name => name.Core.Length > 0)];

    /// <summary>What it is found by.</summary>
    public IReadOnlyList<MatchKey> Keys => keys ??= MatchKey.Of(this);
}

/// <summary>A key a company can be looked up by; two records that share one are candidates for each other.</summary>
/// <param name="Kind">
/// <c>whole</c> and <c>core</c> (<see cref="CompanyName"/>), <c>words</c> (in any order), <c>word</c> (the rarest of them), <c>stem</c> (how a name in Latin letters begins), <c>head</c> (how one in 汉字
/// begins, as it may sound), <c>pair</c> (its rarest characters two by two, in order), <c>sound</c> (all of it, read aloud); <c>credit_code</c>, <c>vat_number</c>, <c>duns</c>, <c>domain</c>, <c>phone</c>.
/// </param>
public sealed record MatchKey(string Kind, string Key)
{
    /// <summary>Which making of keys this is. Raised when the same company would get other keys (also by another model, for what is rare): those that are stored are then made anew.</summary>
    public const int Version = 5;

    // Short names are characters of the whole one, in order, not side by side: 锡装 of 无锡化工装备. Six pairs of up to five characters' distance find them.
    const int Pairs = 6, Reach = 5;

    // A hundred companies in a million begin with the same two characters; with one more of 恒瑞医药 a handful is left. Not with those of 股份 and 集团, which stand behind any name.
    const int Leads = 8;
    const string BehindAnyName = "股份集团";

    // Two characters that are each read in two ways.
    const int Heads = 4;

    // Of the words of a name as many, and none that one company in a hundred has.
    const int Words = 3, ShortestWord = 4;
    const double RareWord = 4.6;

    static readonly string[] Deciding = ["core", "credit_code", "vat_number", "duns", "domain", "phone"];

    /// <summary>True where sharing the key can make two records the same company with certainty: writers of the same key wait for each other.</summary>
    public bool Decides => Deciding.Contains(Kind);

    /// <summary>All keys of a company.</summary>
    public static IReadOnlyList<MatchKey> Of(CompanyProfile company) => [.. NameKeys(company).Concat(OfIdentifiers(company)).Distinct()];

    static IEnumerable<MatchKey> NameKeys(CompanyProfile company)
    {
        foreach (var name in company.ParsedNames)
        {
            yield return new("whole", name.Whole);
            yield return new("core", name.Core);
            foreach (var sound in name.Sounds.Where(sound => sound.Length >= CompanyName.ShortestSound))
            {
                yield return new("sound", sound);
            }

            foreach (var key in name.IsChinese ? KeysOfHanzi(name) : KeysOfWords(name))
            {
                yield return key;
            }
        }
    }

    // The beginning of a name hardly ever changes: the first two characters are equal in 85 of 100 short forms, and what is misspelt sounds the same.
    static IEnumerable<MatchKey> KeysOfHanzi(CompanyName name)
    {
        var beginning = Beginning(name.Core, 2);
        foreach (var head in HanziTable.Sounds(beginning, Heads).DefaultIfEmpty(beginning))
        {
            yield return new("head", head);
        }

        foreach (var third in name.Core[beginning.Length..].EnumerateRunes().Select(rune => rune.ToString()).Where(character => !BehindAnyName.Contains(character, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Take(Leads))
        {
            yield return new("lead", beginning + third);
        }

        // Rare 汉字 are two chars of a string each.
        string[] text = [.. name.Whole.EnumerateRunes().Select(rune => rune.ToString())];
        double[] rare = [.. text.Select(character => character.Length == 1 ? Scorer.Learned.Rarity.Of(character[0]) : Rarity.Rarest)];
        var pairs =
            from first in Enumerable.Range(0, Math.Max(0, text.Length - 1))
            from second in Enumerable.Range(first + 1, Math.Min(Reach, text.Length - first - 1))
            let pair = text[first] + text[second]
            orderby rare[first] + rare[second] descending, second - first, pair
            select pair;
        foreach (var pair in pairs.Distinct(StringComparer.Ordinal).Take(Pairs))
        {
            yield return new("pair", pair);
        }
    }

    static IEnumerable<MatchKey> KeysOfWords(CompanyName name)
    {
        yield return new("stem", Beginning(name.Core, 5));
        if (name.Words.Count > 1)
        {
            var sorted = string.Join('+', name.Words.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
            yield return new("words", Beginning(sorted, 200));
        }

        var rarity = Scorer.Learned.Rarity;
        foreach (var word in name.Words.Where(word => word.Length >= ShortestWord && rarity.Of(word) >= RareWord).Distinct(StringComparer.Ordinal).OrderByDescending(rarity.Of).ThenByDescending(word => word.Length).ThenBy(word => word, StringComparer.Ordinal).Take(Words))
        {
            yield return new("word", Beginning(word, 200));
        }
    }

    // So many characters, and never half of one: PostgreSQL takes no half.
    static string Beginning(string text, int characters)
    {
        var end = 0;
        for (var count = 0; count < characters && end < text.Length; count++)
        {
            end += char.IsSurrogatePair(text, end) ? 2 : 1;
        }

        return text[..end];
    }

    /// <summary>The keys of its identifiers alone.</summary>
    public static IEnumerable<MatchKey> OfIdentifiers(CompanyProfile company)
    {
        if (company.CreditCode is { } creditCode)
        {
            yield return new("credit_code", creditCode);
        }

        if (company.VatNumber is { } vatNumber)
        {
            yield return new("vat_number", vatNumber);
        }

        if (company.Duns is { } duns)
        {
            yield return new("duns", duns);
        }

        if (company.Domain is { } domain && !Identifiers.IsFreeMail(domain))
        {
            yield return new("domain", domain);
        }

        if (company.Phone is { } phone)
        {
            yield return new("phone", phone);
        }
    }
}
