using System.Globalization;
using System.Text;
using Portal.Matching.Hanzi;

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
/// <remarks>Traditional 汉字 are in their simplified form, on both sides of each comparison.</remarks>
public sealed record CompanyName(string Whole, string Core, IReadOnlyList<string> Words, string? LegalForm, IReadOnlyList<string> Places, bool IsChinese)
{
    const int Longest = 200;

    /// <summary>A sound of fewer letters is everybody's (一义, 易易) and finds nobody.</summary>
    internal const int ShortestSound = 6;

    string? sound;

    /// <summary>The core as it sounds in Mandarin, without tones: <c>yunqikeji</c> for 云栖科技; of a Latin core itself; empty where it cannot be read.</summary>
    public string Sound => sound ??= Short((IsChinese ? HanziTable.Sound(Core) : Core) ?? "");

    /// <summary>Takes a name apart. Text without a letter or digit gives an empty core.</summary>
    public static CompanyName Parse(string name)
    {
        var (words, places) = Split(name);
        return words.Exists(word => word.Any(IsEastAsian)) ? Chinese(words, places) : Latin(words, places);
    }

    /// <summary>True for characters of scripts written without spaces.</summary>
    public static bool IsEastAsian(char character) =>
        character is (>= '\u3040' and <= '\u30ff') or (>= '\u3400' and <= '\u9fff') or (>= '\uac00' and <= '\ud7af') or (>= '\uf900' and <= '\ufaff') or (>= '\ud840' and <= '\ud88f');

    static CompanyName Chinese(List<string> words, List<string> places)
    {
        var (whole, form) = LegalForms.CutChinese(string.Concat(words));
        if (form is null)
        {
            (var latin, form) = LegalForms.CutLatin(words.ToArray());
            whole = string.Concat(latin.ToArray());
        }

        var (core, cut) = PlaceNames.CutChinese(whole);
        places.AddRange(cut);
        return new(Short(whole), Short(core), [Short(core)], form, places, true);
    }

    static CompanyName Latin(List<string> words, List<string> places)
    {
        if (words.Count > 1 && words[0] is "the")
        {
            words.RemoveAt(0);
        }

        var (whole, form) = LegalForms.CutLatin(words.ToArray());
        var core = whole;
        while (core.Length > 1 && PlaceNames.IsCountry(core.Span[^1]))
        {
            places.Add(core.Span[^1]);
            core = core[..^1];
        }

        // "Northlight Ltd China": the form may stand before the country.
        (core, var inner) = LegalForms.CutLatin(core);
        return new(Short(string.Concat(whole.ToArray())), Short(string.Concat(core.ToArray())), core.ToArray(), form ?? inner, places, false);
    }

    /// <summary>
    /// One form for every way to write the same letters: compatibility forms folded (NFKC), invisible characters and accents gone, traditional 汉字 simplified, lower case, words apart.
    /// A place in brackets, 华为技术（中国）有限公司, is taken out and answered beside.
    /// </summary>
    static (List<string> Words, List<string> Places) Split(string name)
    {
        var folded = Fold(name);
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

        return (words, places);
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
        if (bracket > 0 && (PlaceNames.IsPlace(inside) || PlaceNames.IsCountry(inside)))
        {
            places.Add(PlaceNames.Short(inside));
            words.RemoveRange(bracket, words.Count - bracket);
        }
    }

    // "S.A." and "I.B.M." are one word each; "Amazon.com" is two.
    static bool IsInitial(string text, int dot) =>
        dot >= 1 && char.IsLetter(text[dot - 1]) && !IsEastAsian(text[dot - 1]) && (dot == 1 || !char.IsLetterOrDigit(text[dot - 2]))
        && dot + 1 < text.Length && char.IsLetter(text[dot + 1]) && (dot + 2 >= text.Length || !char.IsLetterOrDigit(text[dot + 2]));

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

        return folded.ToString().Normalize(NormalizationForm.FormC);
    }

    // Half of a surrogate pair is no text; it becomes the replacement character instead of an exception.
    static string Normalised(string text, NormalizationForm form) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Normalize(form);

    static string Short(string text) => text.Length <= Longest ? text : text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)];
}
