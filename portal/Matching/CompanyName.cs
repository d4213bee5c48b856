using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Portal.Matching.Hanzi;
using Portal.Matching.Scoring;

namespace Portal.Matching;

/// <summary>
/// A company's name taken apart: what is left when spelling, width, case, accents, punctuation, legal form and place no longer matter.
/// Two spellings of one name have the same <see cref="Core"/>; whether they are the same company <see cref="SameCompany"/> says.
/// </summary>
/// <param name="Whole">Everything but the legal form, without spaces: 杭州云栖科技, <c>northlightoffice</c>.</param>
/// <param name="Core">The same without places: 云栖科技.</param>
/// <param name="Words">The core's words in Latin letters, in order; a Chinese core is one word.</param>
/// <param name="LegalForm">The group of its legal form, null where none was given.</param>
/// <param name="Places">The places cut off.</param>
/// <param name="IsChinese">True where the core holds a 汉字, kana or hangul.</param>
/// <param name="AllWords">All words, legal form and places included: what a typing error has made unrecognisable is still there.</param>
/// <remarks>Traditional 汉字 are in their simplified form, on both sides of each comparison.</remarks>
public sealed partial record CompanyName(string Whole, string Core, IReadOnlyList<string> Words, string? LegalForm, IReadOnlyList<string> Places, bool IsChinese, IReadOnlyList<string> AllWords)
{
    /// <summary>What is longer is cut off here.</summary>
    internal const int Longest = 200;

    // Of names whose characters are read in several ways so many are enough: two characters of two readings each.
    const int Readings = 4;

    string? sound;
    string? tradeName;
    string? heard;
    IReadOnlyList<string>? sounds;
    string? text;

    /// <summary><see cref="AllWords"/> without spaces between them.</summary>
    public string Text => text ??= Short(string.Concat(AllWords));

    /// <summary>How a core in Latin letters sounds, coarsely (<see cref="LatinSound"/>).</summary>
    internal string Heard => heard ??= LatinSound.Of(Core);

    /// <summary>What it is called by (字号): of a Chinese name what stands before the words for what it does, of another its first word. Empty where there is no name.</summary>
    public string TradeName => tradeName ??= IsChinese ? TradeNames.Of(Core) : Words.Count == 0 ? "" : Words[0];

    /// <summary>The core as it sounds in Mandarin, without tones: <c>yunqikeji</c> for 云栖科技; of a Latin core itself; empty where it cannot be read.</summary>
    public string Sound => sound ??= Short((IsChinese ? HanziTable.Sound(Core) : Core) ?? "");

    /// <summary>How it may be heard, with each reading of its characters (长城 is zhangcheng and changcheng): without its places, and with them, for who writes pinyin does not always know where a place ends (<c>jiang su guo xin</c>).</summary>
    internal IReadOnlyList<string> Sounds => sounds ??= !IsChinese ? Whole.Length > Core.Length ? [Sound, Whole] : [Sound] : [.. HanziTable.Sounds(Core, Readings).Concat(Whole.Length > Core.Length ? HanziTable.Sounds(Whole, Readings) : []).Select(Short)];

    /// <summary>Takes a name apart. Text without a letter or digit gives an empty core.</summary>
    public static CompanyName Parse(string name)
    {
        var folded = Fold(name);
        var (words, places) = Split(folded);
        var isChinese = words.Exists(word => word.Any(IsEastAsian));
        words = isChinese ? WithoutListingMark(words) : words;
        string[] all = [.. words, .. places];
        return isChinese ? Chinese(words, places, all) : Latin(WithoutAddress(folded, words), places, all);
    }

    /// <summary>True for characters of scripts written without spaces.</summary>
    public static bool IsEastAsian(char character) =>
        character is (>= '\u3040' and <= '\u30ff') or (>= '\u3400' and <= '\u9fff') or (>= '\uac00' and <= '\ud7af') or (>= '\uf900' and <= '\ufaff') or (>= '\ud840' and <= '\ud88f');

    static CompanyName Chinese(List<string> words, List<string> places, string[] all)
    {
        // ㈱ヤマト, 삼성전자(주): a form of one character is a word of its own.
        var at = words.Count < 2 ? -1 : words.FindIndex(word => LegalForms.OneCharacter(word) is not null);
        var oneCharacter = at < 0 ? null : LegalForms.OneCharacter(words[at]);
        List<string> named = at < 0 ? words : [.. words[..at], .. words[(at + 1)..]];
        var (whole, form) = LegalForms.CutChinese(string.Concat(named));
        form ??= oneCharacter;
        if (form is null)
        {
            (var latin, form) = LegalForms.CutLatin(words.ToArray());
            whole = string.Concat(latin.ToArray());
        }

        var (core, cut) = PlaceNames.CutChinese(whole);
        places.AddRange(cut);
        return new(Short(whole), Short(core), [Short(core)], form, places, true, all);
    }

    // What exchanges write beside a short name: 合富-KY and 巨腾-DR are of companies abroad, *ST国华 is warned of.
    static List<string> WithoutListingMark(List<string> words)
    {
        var named = words.Count > 1 && words[^1] is "ky" or "dr" ? words[..^1] : words;
        return named[0].Length > 4 && named[0].StartsWith("st", StringComparison.Ordinal) && IsEastAsian(named[0][2]) ? [named[0][2..], .. named.Skip(1)] : named;
    }

    // "Cargill B.V., Bergen op Zoom, NL", "DSM N.V. te Heerlen": what follows a name with its legal form is where it sits.
    static List<string> WithoutAddress(string folded, List<string> words)
    {
        List<List<string>> parts = !folded.Contains(',', StringComparison.Ordinal) ? [] : [.. folded.Split(',').Select(part => Split(part).Words).Where(part => part.Count > 0)];
        for (var kept = 1; kept < parts.Count; kept++)
        {
            var company = parts.Take(kept).SelectMany(part => part).ToArray();
            if (LegalForms.HasForm(company) && !parts.Skip(kept).Any(part => LegalForms.HasForm(["", .. part])))
            {
                words = [.. company];
                break;
            }
        }

        var form = words.Count > 1 ? words.FindIndex(1, LegalForms.IsUnmistakable) : -1;
        return form > 0 && !words.Skip(form + 1).Any(LegalForms.IsUnmistakable) ? words[..(form + 1)] : words;
    }

    static CompanyName Latin(List<string> words, List<string> places, string[] all)
    {
        if (words.Count > 1 && words[0] is "the")
        {
            words.RemoveAt(0);
        }

        var (whole, form) = LegalForms.CutLatin(words.ToArray());
        var core = whole;
        while (core.Length > 1 && PlaceNames.IsCountry(core.Span[^1]))
        {
            places.Add(PlaceNames.Country(core.Span[^1]));
            core = core[..^1];
        }

        // "Hangzhou Yunqi Technology": companies of China begin with their place in Latin letters, too.
        while (core.Length > 1 && PlaceNames.IsChinese(core.Span[0]))
        {
            places.Add(PlaceNames.Country(core.Span[0]));
            core = core[1..];
        }

        // "Northlight Ltd China": the form may stand before the country.
        (core, var inner) = LegalForms.CutLatin(core);
        return new(Short(string.Concat(whole.ToArray())), Short(string.Concat(core.ToArray())), core.ToArray(), form ?? inner, places, false, all);
    }

    /// <summary>
    /// One form for every way to write the same letters: compatibility forms folded (NFKC), invisible characters and accents gone, traditional 汉字 simplified, lower case, words apart.
    /// A place in brackets, 华为技术（中国）有限公司, is taken out and answered beside.
    /// </summary>
    static (List<string> Words, List<string> Places) Split(string folded)
    {
        var words = new List<string>();
        var places = new List<string>();
        var word = new StringBuilder();
        var bracket = -1;
        for (var at = 0; at <= folded.Length; at++)
        {
            var character = at < folded.Length ? folded[at] : ' ';
            if (at < folded.Length && IsPartOfWord(folded, at))
            {
                word.Append(character);
                continue;
            }

            if (character is '\'' or '’' or '`' || (character == '.' && IsInitial(folded, at)))
            {
                continue;
            }

            Take(words, word);
            bracket = character is '(' or '[' or '【' ? words.Count : bracket;
            if (character is ')' or ']' or '】' && bracket >= 0)
            {
                TakeBracketedPlace(words, places, bracket);
                bracket = -1;
            }

            if (character is '&' or '+')
            {
                words.Add("and");
            }
        }

        return (Joined(words), places);
    }

    // "D S M" and "b v" are D.S.M. and B.V. with spaces.
    static List<string> Joined(List<string> words)
    {
        var joined = new List<string>(words.Count);
        var letters = false;
        foreach (var word in words)
        {
            var isLetter = word.Length == 1 && char.IsAsciiLetterLower(word[0]);
            if (isLetter && letters)
            {
                joined[^1] += word;
            }
            else
            {
                joined.Add(word);
            }

            letters = isLetter;
        }

        return joined;
    }

    static bool IsPartOfWord(string text, int at) =>
        char.IsLowSurrogate(text[at]) ? at > 0 && char.IsLetterOrDigit(text, at - 1) : char.IsLetterOrDigit(text, at);

    static void Take(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }

    static void TakeBracketedPlace(List<string> words, List<string> places, int bracket)
    {
        var inside = string.Concat(words.Skip(bracket));
        if (bracket > 0 && PlaceNames.Known(inside) is { } place)
        {
            places.Add(place);
            words.RemoveRange(bracket, words.Count - bracket);
        }
    }

    // "S.A." and "I.B.M." are one word each; "Amazon.com" is two.
    static bool IsInitial(string text, int dot) =>
        dot >= 1 && char.IsLetter(text[dot - 1]) && !IsEastAsian(text[dot - 1]) && (dot == 1 || !char.IsLetterOrDigit(text[dot - 2]))
        && dot + 1 < text.Length && char.IsLetter(text[dot + 1]) && (dot + 2 >= text.Length || !char.IsLetterOrDigit(text[dot + 2]));

    // ELECTRONICSN.V. has lost its space.
    [GeneratedRegex(@"(?<=\p{L}{4})(?=(?:[bn]\.\s?v|s\.\s?a|a\.\s?g)\.?(?:\W|$))", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex BeforeGluedForm();

    static string Fold(string name)
    {
        var visible = string.Concat(name.Where(character => char.GetUnicodeCategory(character) is not (UnicodeCategory.Format or UnicodeCategory.Control) || char.IsWhiteSpace(character)));
        var decomposed = Normalised(visible, NormalizationForm.FormKC).ToLowerInvariant().Normalize(NormalizationForm.FormD);
        var folded = new StringBuilder(decomposed.Length);
        var previous = '\0';
        foreach (var character in decomposed)
        {
            // が is か with a mark that belongs to it; é is e with a mark that does not count.
            if (char.GetUnicodeCategory(character) == UnicodeCategory.NonSpacingMark && previous < '\u0600')
            {
                continue;
            }

            previous = character;
            folded.Append(character switch
            {
                'ß' => "ss",
                'æ' => "ae",
                'œ' => "oe",
                'ø' => "o",
                'ł' => "l",
                'đ' or 'ð' => "d",
                'þ' => "th",
                'ı' => "i",
                _ => HanziTable.Simplified(character).ToString(),
            });
        }

        return BeforeGluedForm().Replace(folded.ToString().Normalize(NormalizationForm.FormC), " ");
    }

    // Half of a surrogate pair is no text; it becomes the replacement character instead of an exception.
    static string Normalised(string text, NormalizationForm form) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Normalize(form);

    static string Short(string text) => text.Length <= Longest ? text : text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)];
}
