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
public static class SkuLines
{
    /// <summary>No list has more lines than this.</summary>
    public const int Most = 2000;

    static readonly char[] Separators = ['\t', ',', ';', '|', ' '];

    /// <summary>
    /// Reads one SKU and quantity a row, separated by a tab (as copied from Excel), comma, semicolon or blanks; "x" before a quantity
    /// and full-width digits are understood. A row without quantity means one. A day may follow: 2026-12-24.
    /// </summary>
    public static IReadOnlyList<SkuLine> Read(string? text) =>
        [.. (text ?? "").Normalize(NormalizationForm.FormKC).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(Most + 1).Select(Row)];

    /// <summary>A quantity as typed: digits with an optional fraction, so that "1.5" can be told it is not whole; null for anything else.</summary>
    public static decimal? Quantity(string? text) =>
        decimal.TryParse((text ?? "").Normalize(NormalizationForm.FormKC).Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quantity)
            ? quantity
            : null;

    static SkuLine Row(string row)
    {
        var parts = row.Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [] => new("", null),
            [var sku] => new(sku, 1),
            [var sku, "x" or "X" or "×" or "*", var quantity, .. var rest] => new(sku, Quantity(quantity)) { Day = Day(rest), HasNoSuchDay = IsNoDay(rest), Configuration = Configuration(rest) },
            [var sku, var quantity, .. var rest] => new(sku, Quantity(quantity.TrimStart('x', 'X', '×', '*'))) { Day = Day(rest), HasNoSuchDay = IsNoDay(rest), Configuration = Configuration(rest) },
        };
    }

    /// <summary>A day as people write it, the year first, or the day first with points between: 2026-12-24, 2026/12/24, 2026年12月24日, 24.12.2026.</summary>
    public static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact((text ?? "").Trim(), ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyy年M月d日", "d.M.yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    static DateOnly? Day(string[] rest) => rest is [var text, ..] ? Day(text) : null;

    static string? Configuration(string[] rest) => Array.Find(rest, word => word.StartsWith("CF-", StringComparison.Ordinal) && word.Length is > 3 and <= 32);

    // A remark behind the quantity is passed over; what looks like a day and is none is not.
    static bool IsNoDay(string[] rest) => rest is [var text, ..] && char.IsAsciiDigit(text[0]) && text.Count(letter => letter is '-' or '/' or '.' or '年' or '月') >= 2 && Day(text) is null;
}
