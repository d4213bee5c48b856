using System.Collections.Frozen;
using Portal.Matching.Tables;

namespace Portal.Matching;

/// <summary>
/// Legal forms as they end (or begin) a company's name, each with the group it belongs to: Ltd and Limited are one form, GmbH is another.
/// Those in Latin letters come from <c>Tables/legal-forms.tsv</c>; no package was found that has the Chinese and Japanese ones or those that are spelled out (<see cref="SpelledOutForms"/>).
/// </summary>
static class LegalForms
{
    // In simplified characters (kana and hangul as they are), as names are when they come here. Longest first: 集团股份有限公司 is one form and not 公司 after 集团股份有限.
    static readonly (string Form, string Group)[] Chinese =
    [
        ("集团股份有限公司", "joint_stock"), ("股份有限责任公司", "joint_stock"), ("集团有限责任公司", "limited"), ("控股集团有限公司", "limited"), ("集团控股有限公司", "limited"), ("有限责任公司", "limited"), ("责任有限公司", "limited"), ("股份有限公司", "joint_stock"),
        ("集团有限公司", "limited"), ("控股有限公司", "limited"), ("股份公司", "joint_stock"), ("有限公司", "limited"), ("集团公司", "company"), ("有限合伙", "partnership"), ("合伙企业", "partnership"),
        ("特殊普通合伙", "partnership"), ("普通合伙", "partnership"), ("个人独资", "sole"), ("个体工商户", "sole"), ("股份合作公司", "joint_stock"), ("农民专业合作社", "association"), ("总公司", "company"), ("总厂", "company"), ("集团", "company"), ("公司", "company"),
    ];

    // Japan and Korea write the form before the name or after it.
    static readonly (string Form, string Group)[] BeforeOrAfter =
    [
        ("株式会社", "joint_stock"), ("有限会社", "limited"), ("合同会社", "llc"), ("合资会社", "partnership"), ("合名会社", "partnership"), ("一般社団法人", "association"), ("公益社団法人", "association"),
        ("一般财団法人", "foundation"), ("公益财団法人", "foundation"), ("주식회사", "joint_stock"), ("유한회사", "limited"), ("유한책임회사", "llc"),
    ];

    // The same in one character, in brackets: ㈱, (주).
    static readonly FrozenDictionary<string, string> InBrackets = new Dictionary<string, string>(StringComparer.Ordinal) { ["株"] = "joint_stock", ["有"] = "limited", ["주"] = "joint_stock", ["유"] = "limited" }.ToFrozenDictionary(StringComparer.Ordinal);

    // What the table (cleanco) has not or sorts elsewhere: groups of companies, forms that one word spells out, the ones of Japan.
    static readonly FrozenDictionary<string, string> Own = new (string Group, string Forms)[]
    {
        ("limited", "ltd limited ltda lda sarl slu eurl eireli gmbh ggmbh mbh bv srl srls sl spzoo zoo sro ug oy osakeyhtio ab aktiebolag as aktieselskab aksjeselskap aps pte pty sdn bhd berhad pt kft anpartsselskab pvt private lld"),
        ("joint_stock", "ag aktiengesellschaft sa sas sasu sau spa nv plc oyj asa se kgaa sca kk jsc pjsc cjsc ojsc oao pao zao allmennaksjeselskap tbk nyrt zrt оао пао зао ао"),
        ("corporation", "inc incorporated corp corporation"),
        ("company", "co company cie compagnie comp group groupe gruppe gruppo grupo konzern kgs intl international"),
        ("llc", "llc llp lp lllp pllc ooo ооо"),
        ("partnership", "kommanditgesellschaft kg ohg gbr snc scs eg ev ek cv vof"),
    }.SelectMany(line => line.Forms.Split(' ').Select(form => (form, line.Group))).DistinctBy(pair => pair.form).ToFrozenDictionary(pair => pair.form, pair => pair.Group, StringComparer.Ordinal);

    // The longest first: "gmbh co kg" is one form and not "kg".
    static readonly ILookup<string, (string[] Words, string Group)> ByLastWord =
        SpelledOutForms.All.Concat(Table.Rows("Tables/legal-forms.tsv").Where(row => row.Length == 2).Select(row => (Words: row[0].Split(' '), Group: Own.GetValueOrDefault(row[0], row[1]))))
            .Concat(Own.Select(form => (Words: new[] { form.Key }, Group: form.Value)))
            .DistinctBy(form => string.Join(' ', form.Words)).OrderByDescending(form => form.Words.Length).ToLookup(form => form.Words[^1], StringComparer.Ordinal);

    static readonly ILookup<string, (string[] Words, string Group)> ByFirstWord =
        ByLastWord.SelectMany(forms => forms).Where(form => form.Words.Length > 1 || form.Words[0] is not ("co" or "company" or "group" or "international" or "intl" or "private" or "limited" or "as" or "ab" or "se" or "comp" or "corporation"))
            .OrderByDescending(form => form.Words.Length).ToLookup(form => form.Words[0], StringComparer.Ordinal);

    static readonly FrozenSet<string> FormWords = ByLastWord.SelectMany(forms => forms).SelectMany(form => form.Words).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Cuts the legal form off the end of a Chinese name, or off either end of a Japanese or Korean one; the rest is never empty.</summary>
    public static (string Left, string? Group) CutChinese(string name)
    {
        foreach (var (form, group) in Chinese)
        {
            if (name.Length > form.Length + 1 && name.EndsWith(form, StringComparison.Ordinal))
            {
                return (CutChinese(name[..^form.Length]).Left, group);
            }
        }

        foreach (var (form, group) in BeforeOrAfter.Where(form => name.Length > form.Form.Length + 1))
        {
            if (name.EndsWith(form, StringComparison.Ordinal))
            {
                return (name[..^form.Length], group);
            }

            if (name.StartsWith(form, StringComparison.Ordinal))
            {
                return (name[form.Length..], group);
            }
        }

        return (name, null);
    }

    /// <summary>The group of a form that stands as one character before or after a name, ㈱ and (주); null for any other word.</summary>
    public static string? OneCharacter(string word) => InBrackets.GetValueOrDefault(word);

    /// <summary>True where nothing but a legal form was written, or a part of one: that is nobody's name.</summary>
    public static bool IsNothingElse(CompanyName name) => name.IsChinese
        ? Chinese.Concat(BeforeOrAfter).Any(form => form.Form.Contains(name.Core, StringComparison.Ordinal))
        : name.Words.All(FormWords.Contains);

    /// <summary>Cuts legal forms off the end, and one off the beginning, of a name in Latin letters; the rest keeps at least one word. The strictest form cut is the answer's group.</summary>
    public static (ReadOnlyMemory<string> Left, string? Group) CutLatin(ReadOnlyMemory<string> words)
    {
        string? group = null;
        for (var cut = FormAtEnd(words.Span, out var found); cut > 0 && cut < words.Length; cut = FormAtEnd(words.Span, out found))
        {
            group = group is null or "company" ? found : group;
            words = words[..^cut];
            while (words.Length > 1 && words.Span[^1] is "and" or "en" or "et" or "und" or "y" or "e" or "the")
            {
                words = words[..^1];
            }
        }

        if (FormAtStart(words.Span, out var first) is var length and > 0 && length < words.Length)
        {
            group = group is null or "company" ? first : group;
            words = words[length..];
        }

        return (words, group);
    }

    /// <summary>True for a legal form that is no word of a name: what follows it does not belong to the name. (Ltd China, Inc. Netherlands: a place may.)</summary>
    public static bool IsUnmistakable(string word) => word is "bv" or "nv" or "gmbh" or "ltd" or "inc" or "llc" or "plc" or "srl" or "sarl" or "spzoo" or "ag" or "kgaa" or "ltda" or "lda" or "pty" or "oy" or "aps";

    /// <summary>True where words end or begin with a legal form and something stands beside it.</summary>
    public static bool HasForm(ReadOnlySpan<string> words) =>
        (FormAtEnd(words, out var group) is var length and > 0 && length < words.Length && group is not "company") || (FormAtStart(words, out _) is var first and > 0 && first < words.Length);

    static int FormAtEnd(ReadOnlySpan<string> words, out string? group)
    {
        if (words.Length > 0)
        {
            foreach (var (form, known) in ByLastWord[words[^1]])
            {
                if (words.EndsWith(form))
                {
                    group = known;
                    return form.Length;
                }
            }
        }

        group = null;
        return 0;
    }

    static int FormAtStart(ReadOnlySpan<string> words, out string? group)
    {
        if (words.Length > 1)
        {
            foreach (var (form, known) in ByFirstWord[words[0]])
            {
                if (words.StartsWith(form))
                {
                    group = known;
                    return form.Length;
                }
            }
        }

        group = null;
        return 0;
    }
}
