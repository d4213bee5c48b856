using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Portal.Stock;

/// <summary>Pieces of a lot, or the piece with a serial number, as typed, scanned or sent; nothing about them has been checked.</summary>
/// <param name="Code">The lot or serial number.</param>
/// <param name="Quantity">How many pieces; one where nothing is said.</param>
/// <param name="BestBefore">The best-before day of the lot, where pieces of it come into being.</param>
/// <param name="MadeOn">The day it was made, where pieces of it come into being.</param>
public sealed record LotPieces(string? Code, decimal? Quantity = null, DateOnly? BestBefore = null, DateOnly? MadeOn = null)
{
    /// <summary>How many, one where nothing is said; -1 for what is no number of pieces, so that nobody counts with it.</summary>
    internal decimal Pieces => IsUnreadable || Quantity is < 0 or > SkuLine.MostOfOne || Quantity % 1 is not (null or 0) ? -1 : Quantity ?? 1;

    /// <summary>The code as it is kept: without blanks around it, full-width letters as the narrow ones they are, capital letters.</summary>
    internal string Kept => LotLines.Kept(Code);

    /// <summary>A number was written that is none, or a day that there is not.</summary>
    internal bool IsUnreadable { get; init; }
}

/// <summary>Pieces of a lot of some product, as typed or sent.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Code">The lot or serial number.</param>
/// <param name="Quantity">How many pieces; one where nothing is said.</param>
/// <param name="BestBefore">The best-before day of the lot, where pieces of it come into being.</param>
/// <param name="MadeOn">The day it was made, where pieces of it come into being.</param>
public sealed record SkuLot(string? Sku, string? Code, decimal? Quantity = null, DateOnly? BestBefore = null, DateOnly? MadeOn = null)
{
    internal LotPieces Pieces => new(Code, Quantity, BestBefore, MadeOn) { IsUnreadable = IsUnreadable };

    /// <summary>A number was written that is none, or a day that there is not.</summary>
    internal bool IsUnreadable { get; init; }
}

/// <summary>Reads lots and serial numbers that people type, paste or scan.</summary>
public static partial class LotLines
{
    /// <summary>No act names more lots and serial numbers than this.</summary>
    public const int Most = 20_000;

    /// <summary>The longest code.</summary>
    public const int LongestCode = 60;

    static readonly char[] Separators = [' ', '\t', ',', ';', '|', '，', '；', '、'];

    /// <summary>A code as it is kept.</summary>
    public static string Kept(string? code) => (code ?? "").Normalize(NormalizationForm.FormKC).Trim().ToUpperInvariant();

    /// <summary>True for a code that can be kept.</summary>
    public static bool IsCode(string kept) => Code().IsMatch(kept);

    /// <summary>
    /// One lot a row: its code, how many pieces, the best-before day and the day of making. A product by serial numbers takes any number of them in a row, as scanners
    /// write them, and <c>SN-0001..SN-0020</c> for twenty in a row. Null where nothing was typed.
    /// </summary>
    public static IReadOnlyList<LotPieces>? Read(string? text, bool areSerials)
    {
        var rows = Rows(text).SelectMany(row => areSerials ? Serials(row) : [Lot(row)]).Take(Most + 1).ToList();
        return rows.Count == 0 ? null : rows;
    }

    /// <summary>The same with the product in front of each row. Whether it is a serial number is seen by what follows: nothing or further numbers, where lots have a quantity.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="serials">The products, by SKU, that are known by serial numbers.</param>
    public static IReadOnlyList<SkuLot> ReadWithSku(string? text, IReadOnlySet<string> serials) =>
        [.. Rows(text).SelectMany(row => (serials.Contains(row[0]) ? Serials(row[1..]) : [Lot(row[1..])]).Select(pieces => new SkuLot(row[0], pieces.Code, pieces.Quantity, pieces.BestBefore, pieces.MadeOn) { IsUnreadable = pieces.IsUnreadable })).Take(Most + 1)];

    /// <summary>As somebody would type them, a row each.</summary>
    public static string Write(IEnumerable<LotPieces> lots, bool areSerials) =>
        string.Join('\n', lots.Select(lot => areSerials ? lot.Code : string.Create(CultureInfo.InvariantCulture, $"{lot.Code} {lot.Quantity ?? 1:0}")));

    static IEnumerable<string[]> Rows(string? text) => (text ?? "").Normalize(NormalizationForm.FormKC).Split('\n').Select(row => row.Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Where(row => row.Length > 0);

    static LotPieces Lot(string[] row)
    {
        var rest = row.Skip(1).Where(part => part is not ("x" or "X" or "×" or "*")).ToList();
        var quantity = rest.Count > 0 && SkuLines.Day(rest[0]) is null ? SkuLines.Quantity(rest[0].TrimStart('x', 'X', '×', '*')) : null;
        var days = rest.Skip(rest.Count > 0 && SkuLines.Day(rest[0]) is null ? 1 : 0).Select(SkuLines.Day).ToList();
        return new(row.FirstOrDefault(), quantity, days.ElementAtOrDefault(0), days.ElementAtOrDefault(1))
        {
            IsUnreadable = rest.Count > 0 && SkuLines.Day(rest[0]) is null && quantity is null || days.Count > 2 || days.Contains(null),
        };
    }

    static IEnumerable<LotPieces> Serials(string[] row)
    {
        foreach (var word in row)
        {
            if (Range().Match(word) is { Success: true } range && range.Groups["head"].Value == range.Groups["head2"].Value && range.Groups["first"].Length == range.Groups["last"].Length
                && long.Parse(range.Groups["first"].Value, CultureInfo.InvariantCulture) is var first && long.Parse(range.Groups["last"].Value, CultureInfo.InvariantCulture) is var last && first <= last && last - first < Most)
            {
                for (var number = first; number <= last; number++)
                {
                    yield return new(range.Groups["head"].Value + number.ToString(CultureInfo.InvariantCulture).PadLeft(range.Groups["first"].Length, '0'));
                }
            }
            else
            {
                yield return new(word);
            }
        }
    }

    [GeneratedRegex(@"^[^\s\p{C},;|]{1,60}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^(?<head>.*?)(?<first>\d{1,15})\.\.(?<head2>.*?)(?<last>\d{1,15})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Range();
}
