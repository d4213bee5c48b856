using System.Collections.Frozen;
using Portal.Matching.Tables;

namespace Portal.Matching;

/// <summary>
/// Legal forms as they end (or begin) a company's name, each with the group it belongs to: Ltd and Limited are one form, GmbH is another.
/// Those in Latin letters come from <c>Tables/legal-forms.tsv</c>; no package was found that has the Chinese and Japanese ones or those that are spelled out.
/// </summary>
static class LegalForms
{
    // In simplified characters, as names are when they come here. Longest first: 集团股份有限公司 is one form and not 公司 after 集团股份有限.
    static readonly (string Form, string Group)[] Chinese =
    [
        ("集团股份有限公司", "joint_stock"), ("股份有限责任公司", "joint_stock"), ("集团有限责任公司", "limited"), ("控股集团有限公司", "limited"), ("集团控股有限公司", "limited"), ("有限责任公司", "limited"), ("责任有限公司", "limited"), ("股份有限公司", "joint_stock"),
        ("集团有限公司", "limited"), ("控股有限公司", "limited"), ("股份公司", "joint_stock"), ("有限公司", "limited"), ("集团公司", "company"), ("有限合伙", "partnership"), ("合伙企业", "partnership"),
        ("普通合伙", "partnership"), ("个人独资", "sole"), ("株式会社", "joint_stock"), ("有限会社", "limited"), ("合同会社", "llc"), ("总公司", "company"), ("总厂", "company"), ("集团", "company"), ("公司", "company"),
    ];

    // What the table (cleanco) has not or sorts elsewhere: groups of companies, forms that one word spells out, the ones of Japan.
    static readonly FrozenDictionary<string, string> Own = new (string Group, string Forms)[]
    {
        ("limited", "ltd limited ltda lda sarl gmbh mbh bv srl srls sl spzoo zoo oy ab as aps pte pty sdn bhd pvt private lld"),
        ("joint_stock", "ag aktiengesellschaft sa sas sasu spa nv plc oyj asa se kgaa sca kk jsc pjsc oao pao zao"),
        ("corporation", "inc incorporated corp corporation"),
        ("company", "co company cie compagnie comp group groupe gruppe gruppo grupo konzern kgs intl international"),
        ("llc", "llc llp lp lllp pllc ooo"),
        ("partnership", "kg ohg gbr snc scs eg ev ek ug cv vof"),
    }.SelectMany(line => line.Forms.Split(' ').Select(form => (form, line.Group))).DistinctBy(pair => pair.form).ToFrozenDictionary(pair => pair.form, pair => pair.Group, StringComparer.Ordinal);

    static readonly (string[] Words, string Group)[] SpelledOut =
    [
        (["gesellschaft", "mit", "beschrankter", "haftung"], "limited"), (["besloten", "vennootschap"], "limited"), (["naamloze", "vennootschap"], "joint_stock"), (["kabushiki", "kaisha"], "joint_stock"),
        (["societe", "anonyme"], "joint_stock"), (["societe", "a", "responsabilite", "limitee"], "limited"), (["sociedad", "anonima"], "joint_stock"), (["sociedad", "limitada"], "limited"), (["sociedade", "anonima"], "joint_stock"),
        (["societa", "per", "azioni"], "joint_stock"), (["societa", "a", "responsabilita", "limitata"], "limited"), (["spolka", "akcyjna"], "joint_stock"), (["spolka", "z", "ograniczona", "odpowiedzialnoscia"], "limited"),
        (["spolka", "zoo"], "limited"), (["public", "limited", "company"], "joint_stock"), (["public", "limited"], "joint_stock"), (["limited", "liability", "company"], "llc"), (["limited", "liability", "partnership"], "llc"),
        (["societatea", "cu", "raspundere", "limitata"], "limited"), (["joint", "stock", "company"], "joint_stock"), (["open", "joint", "stock", "company"], "joint_stock"), (["sp", "zoo"], "limited"), (["sp", "z", "oo"], "limited"),
        // Chinese forms in pinyin, syllable by syllable and word by word.
        (["gu", "fen", "you", "xian", "gong", "si"], "joint_stock"), (["you", "xian", "ze", "ren", "gong", "si"], "limited"), (["you", "xian", "gong", "si"], "limited"), (["ji", "tuan"], "company"),
        (["kong", "gu", "you", "xian", "gong", "si"], "limited"), (["gufen", "youxian", "gongsi"], "joint_stock"), (["youxian", "zeren", "gongsi"], "limited"), (["youxian", "gongsi"], "limited"), (["jituan"], "company"),
    ];

    // The longest first: "gmbh co kg" is one form and not "kg".
    static readonly ILookup<string, (string[] Words, string Group)> ByLastWord =
        SpelledOut.Concat(Table.Rows("Tables/legal-forms.tsv").Where(row => row.Length == 2).Select(row => (Words: row[0].Split(' '), Group: Own.GetValueOrDefault(row[0], row[1]))))
            .Concat(Own.Select(form => (Words: new[] { form.Key }, Group: form.Value)))
            .DistinctBy(form => string.Join(' ', form.Words)).OrderByDescending(form => form.Words.Length).ToLookup(form => form.Words[^1], StringComparer.Ordinal);

    static readonly ILookup<string, (string[] Words, string Group)> ByFirstWord =
        ByLastWord.SelectMany(forms => forms).Where(form => form.Words.Length > 1 || form.Words[0] is not ("co" or "company" or "group" or "international" or "intl" or "private" or "limited" or "as" or "ab" or "se" or "comp" or "corporation"))
            .OrderByDescending(form => form.Words.Length).ToLookup(form => form.Words[0], StringComparer.Ordinal);

    /// <summary>Cuts the legal form off the end of a Chinese or Japanese name; the rest is never empty.</summary>
    public static (string Left, string? Group) CutChinese(string name)
    {
        foreach (var (form, group) in Chinese)
        {
            if (name.Length > form.Length + 1 && name.EndsWith(form, StringComparison.Ordinal))
            {
                return (CutChinese(name[..^form.Length]).Left, group);
            }

            if (form.EndsWith("会社", StringComparison.Ordinal) && name.Length > form.Length + 1 && name.StartsWith(form, StringComparison.Ordinal))
            {
                return (name[form.Length..], group);
            }
        }

        return (name, null);
    }

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
