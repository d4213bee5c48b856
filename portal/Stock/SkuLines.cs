using System.Globalization;
using System.Text;

namespace Portal.Stock;

/// <summary>A product and how many, as typed, pasted or sent; nothing about it has been checked.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">How many; null where it is missing or no number.</param>
public sealed record SkuLine(string Sku, decimal? Quantity)
{
    /// <summary>The day for which it is wanted, where one was written behind the quantity.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>True where a day was written that there is not, or in a way that is not understood.</summary>
    public bool HasNoSuchDay { get; init; }

    /// <summary>The configuration it comes from, where one was written behind the quantity; lines of one belong together.</summary>
    public string? Configuration { get; init; }

    /// <summary>The first day of its term, of what is sold by the term.</summary>
    public DateOnly? Start { get; init; }

    /// <summary>For how many months.</summary>
    public int? Months { get; init; }

    /// <summary>The number of the subscription that it renews, or adds to where no months are said.</summary>
    public string? Subscription { get; init; }

    /// <summary>The same product for the same time, from the same configuration: more of it belongs to this line.</summary>
    public bool IsLike(SkuLine other) => (Sku, Day, Configuration, Start, Months, Subscription) == (other.Sku, other.Day, other.Configuration, other.Start, other.Months, other.Subscription);

    /// <summary>What stands behind the quantity for the term, as <see cref="SkuLines.Read"/> takes it: an interval of ISO 8601 (2027-01-01/P12M), with the number of a subscription in place of what that one says (SB-…/P12M renews, 2027-01-17/SB-… adds).</summary>
    public string? Term => (Start, Months, Subscription) switch
    {
        (null, null, null) => null,
        var (start, months, subscription) => string.Join('/', new[] { start?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), subscription, months is { } some ? string.Create(CultureInfo.InvariantCulture, $"P{some}M") : null }.OfType<string>()),
    };

    /// <summary>More than this of one thing is a slip of the finger.</summary>
    public const int MostOfOne = 1_000_000;

    /// <summary>The text key of what is wrong with the quantity, or null.</summary>
    public string? QuantityProblem => Quantity switch
    {
        null => "stock.problem.quantity_missing",
        <= 0 => "stock.problem.quantity_not_positive",
        > MostOfOne => "stock.problem.quantity_too_large",
        { } some when some != decimal.Truncate(some) => "stock.problem.quantity_not_whole",
        _ => null,
    };
}

/// <summary>Reads lines that people type or paste.</summary>
public static partial class SkuLines
{
    /// <summary>No list has more lines than this.</summary>
    public const int Most = 2000;

    static readonly char[] Separators = ['\t', ',', ';', '|', ' '];

    /// <summary>
    /// Reads one SKU and quantity a row, separated by a tab (as copied from Excel), comma, semicolon or blanks; "x" before a quantity
    /// and full-width digits are understood. A row without quantity means one. A day may follow: 2026-12-24; and a term: 2027-01-01/P12M.
    /// </summary>
    public static IReadOnlyList<SkuLine> Read(string? text) =>
        [.. (text ?? "").Normalize(NormalizationForm.FormKC).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(Most + 1).Select(Row)];

    /// <summary>A quantity as typed: digits with an optional fraction, so that "1.5" can be told it is not whole; null for anything else.</summary>
    public static decimal? Quantity(string? text)
    {
        var typed = (text ?? "").Normalize(NormalizationForm.FormKC).Trim();
        // 1.000 is a thousand to some and one to others.
        return !Pointed().IsMatch(typed) && decimal.TryParse(typed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quantity) ? quantity : null;
    }

    /// <summary>The quantity in a cell of a file, where thousands may stand apart: 1,000 and 1 000.</summary>
    public static decimal? QuantityOfCell(string? text) => GroupedCell().Match((text ?? "").Normalize(NormalizationForm.FormKC).Trim()) is { Success: true } grouped
        ? Quantity(Digits(grouped)) : Quantity(text);

    static string Digits(System.Text.RegularExpressions.Match grouped) => string.Concat(grouped.Groups["number"].Value.Where(char.IsAsciiDigit));

    [System.Text.RegularExpressions.GeneratedRegex(@"^(?<number>\d{1,3}(?:[,' ]\d{3})+)(?:\.0+)?$", System.Text.RegularExpressions.RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial System.Text.RegularExpressions.Regex GroupedCell();

    [System.Text.RegularExpressions.GeneratedRegex(@"^\d{1,3}(?:\.\d{3})*\.000$", System.Text.RegularExpressions.RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial System.Text.RegularExpressions.Regex Pointed();

    static SkuLine Row(string typed)
    {
        if (Grouped().Match(typed) is not { Success: true } grouped)
        {
            return Split(typed);
        }

        // Between blanks or behind a comma "1 000" may be one with a remark behind it: nobody is sent a thousand, or one, by guess.
        var isClear = grouped.Groups["hard"].Success || (grouped.Groups["blank"].Success && !grouped.Groups["number"].Value.Contains(' ', StringComparison.Ordinal));
        return Split(string.Concat(grouped.Groups["before"].Value, isClear ? Digits(grouped) : "?", typed.AsSpan(grouped.Index + grouped.Length)));
    }

    // A quantity with its thousands apart, behind a SKU: by a tab or semicolon as cells are copied, by blanks, or by a comma.
    [System.Text.RegularExpressions.GeneratedRegex(@"^(?<before>[^\t;|, ]+(?:(?<hard> *[\t;|] *)|(?<blank> +)| *, *)(?:[xX×*] ?)?)(?<number>\d{1,3}(?:[,' ]\d{3})+)(?:\.0+)?(?![\d./年月-])", System.Text.RegularExpressions.RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial System.Text.RegularExpressions.Regex Grouped();

    static SkuLine Split(string row)
    {
        var parts = row.Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [] => new("", null),
            [var sku] => new(sku, 1),
            [var sku, "x" or "X" or "×" or "*", var quantity, .. var rest] => Behind(new(sku, Quantity(quantity)), rest),
            [var sku, var quantity, .. var rest] => Behind(new(sku, Quantity(quantity.TrimStart('x', 'X', '×', '*'))), rest),
        };
    }

    static SkuLine Behind(SkuLine line, string[] words)
    {
        var term = words.Select(word => TermOf().Match(word)).FirstOrDefault(match => match.Success && match.Length > 0);
        string[] rest = term is null ? words : [.. words.Where(word => word != term.Value)];
        return line with
        {
            Day = Day(rest), HasNoSuchDay = IsNoDay(rest) || (term?.Groups["start"] is { Success: true, Value: var said } && Day(said) is null), Configuration = Configuration(rest),
            Start = term is null ? null : Day(term.Groups["start"].Value), Subscription = term?.Groups["number"] is { Success: true, Value: var number } ? number : null,
            Months = term?.Groups["months"] is { Success: true, Value: var months } ? int.Parse(months, CultureInfo.InvariantCulture) : null,
        };
    }

    // A term has a part that a day has not: months, or the number of a subscription.
    [System.Text.RegularExpressions.GeneratedRegex(@"^(?:(?<start>\d{4}-\d{1,2}-\d{1,2})/)?(?:(?<number>SB-[0-9A-Z-]{1,29})(?:/P(?<months>\d{1,4})M)?|P(?<months>\d{1,4})M)$", System.Text.RegularExpressions.RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial System.Text.RegularExpressions.Regex TermOf();

    /// <summary>A day as people write it, the year first, or the day first with points between: 2026-12-24, 2026/12/24, 2026年12月24日, 24.12.2026.</summary>
    public static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact((text ?? "").Trim(), ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyy年M月d日", "d.M.yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    static DateOnly? Day(string[] rest) => rest is [var text, ..] ? Day(text) : null;

    static string? Configuration(string[] rest) => Array.Find(rest, word => word.StartsWith("CF-", StringComparison.Ordinal) && word.Length is > 3 and <= 32);

    // A remark behind the quantity is passed over; what looks like a day and is none is not.
    static bool IsNoDay(string[] rest) => rest is [var text, ..] && char.IsAsciiDigit(text[0]) && text.Count(letter => letter is '-' or '/' or '.' or '年' or '月') >= 2 && Day(text) is null;
}
