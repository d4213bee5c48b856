using System.Globalization;

namespace Portal.Quotes;

/// <summary>Reads lines pasted from a spreadsheet or a mail: SKU, quantity and perhaps a discount in percent, parted by tabs, semicolons or blanks.</summary>
static class PastedLines
{
    public static IEnumerable<QuoteRequestLine> Read(string? pasted) =>
        from line in (pasted ?? "").ReplaceLineEndings("\n").Split('\n')
        let parts = line.Split(['\t', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        where parts.Length > 0
        select new QuoteRequestLine(parts[0], parts.Length > 1 ? Number(parts[1]) : 1, parts.Length > 2 ? Number(parts[2].TrimEnd('%')) ?? -1 : null);

    // What is no number becomes one that is refused with the field's own remedy.
    static decimal? Number(string text) => decimal.TryParse(text, NumberStyles.Number, CultureInfo.CurrentCulture, out var number) ? number : null;
}
