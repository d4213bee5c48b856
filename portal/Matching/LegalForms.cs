using System.Collections.Frozen;

namespace Portal.Matching;

/// <summary>Legal forms as they end (or begin) a company's name, each with the group it belongs to: Ltd and Limited are one form, GmbH is another.</summary>
static class LegalForms
{
    // In simplified characters, as names are when they come here. Longest first: 集团股份有限公司 is one form and not 公司 after 集团股份有限.
    static readonly (string Form, string Group)[] Chinese =
    [
        ("集团股份有限公司", "joint_stock"), ("股份有限责任公司", "joint_stock"), ("集团有限责任公司", "limited"), ("控股集团有限公司", "limited"), ("集团控股有限公司", "limited"), ("有限责任公司", "limited"), ("责任有限公司", "limited"), ("股份有限公司", "joint_stock"),
        ("集团有限公司", "limited"), ("控股有限公司", "limited"), ("股份公司", "joint_stock"), ("有限公司", "limited"), ("集团公司", "company"), ("有限合伙", "partnership"), ("合伙企业", "partnership"),
        ("普通合伙", "partnership"), ("个人独资", "sole"), ("株式会社", "joint_stock"), ("有限会社", "limited"), ("合同会社", "llc"), ("总公司", "company"), ("总厂", "company"), ("集团", "company"), ("公司", "company"),
    ];

    static readonly FrozenDictionary<string, string> Latin = new (string Group, string Forms)[]
    {
        ("limited", "ltd limited ltda lda sarl sàrl gmbh mbh bv srl srls sl sp spzoo zoo oy ab as aps pte pty sdn bhd pvt private lld"),
        ("joint_stock", "ag sa sas sasu spa nv plc oyj asa se kgaa sca kk"),
        ("corporation", "inc incorporated corp corporation"),
        ("company", "co company cie compagnie comp group groupe gruppe gruppo grupo konzern kgs intl international"),
        ("llc", "llc llp lp lllp pllc ooo"),
        ("partnership", "kg ohg gbr snc scs eg ev ek ug cv vof"),
    }.SelectMany(line => line.Forms.Split(' ').Select(form => (form, line.Group))).DistinctBy(pair => pair.form).ToFrozenDictionary(pair => pair.form, pair => pair.Group, StringComparer.Ordinal);

    // A single letter is a form only beside another: "s a", "b v", "s p a" where somebody put spaces, "sp z o o".
    static readonly (string[] Tokens, string Group)[] Spaced =
    [
        (["sp", "z", "o", "o"], "limited"), (["s", "p", "a"], "joint_stock"), (["s", "r", "l"], "limited"), (["s", "a", "s"], "joint_stock"), (["s", "a"], "joint_stock"),
        (["b", "v"], "limited"), (["n", "v"], "joint_stock"), (["a", "g"], "joint_stock"), (["p", "l", "c"], "joint_stock"), (["l", "l", "c"], "llc"), (["sp", "zoo"], "limited"),
        (["kabushiki", "kaisha"], "joint_stock"), (["aktiengesellschaft"], "joint_stock"), (["gesellschaft", "mit", "beschrankter", "haftung"], "limited"),
        (["societe", "anonyme"], "joint_stock"), (["sociedad", "anonima"], "joint_stock"), (["public", "limited", "company"], "joint_stock"),
    ];

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

    /// <summary>Cuts legal forms off the end of a name in Latin letters; the rest keeps at least one word. The strictest form cut is the answer's group.</summary>
    public static (ReadOnlyMemory<string> Left, string? Group) CutLatin(ReadOnlyMemory<string> words)
    {
        string? group = null;
        for (var cut = LengthOfFormAtEnd(words.Span, out var found); cut > 0 && cut < words.Length; cut = LengthOfFormAtEnd(words.Span, out found))
        {
            group = group is null or "company" ? found : group;
            words = words[..^cut];
            while (words.Length > 1 && words.Span[^1] is "and" or "en" or "et" or "und" or "y" or "e")
            {
                words = words[..^1];
            }
        }

        return (words, group);
    }

    static int LengthOfFormAtEnd(ReadOnlySpan<string> words, out string? group)
    {
        foreach (var (tokens, spacedGroup) in Spaced)
        {
            if (words.EndsWith(tokens))
            {
                group = spacedGroup;
                return tokens.Length;
            }
        }

        group = null;
        return words.Length > 0 && Latin.TryGetValue(words[^1], out group) ? 1 : 0;
    }
}
