using System.Text.Json;
using Npgsql;
using Platform.Database;

namespace Portal.Stock;

/// <summary>How the pieces of a product are told apart.</summary>
public static class Tracked
{
    /// <summary>Not at all.</summary>
    public const string None = "none";

    /// <summary>By lot (批次): many pieces of one making, with their days.</summary>
    public const string Lot = "lot";

    /// <summary>Each by a serial number (序列号).</summary>
    public const string Serial = "serial";

    /// <summary>All three.</summary>
    public static IReadOnlyList<string> Ways { get; } = [None, Lot, Serial];
}

/// <summary>Goods that move, with the lots that were named for them.</summary>
/// <param name="Line">The line as people count, for problems; null where the lots stand by themselves.</param>
/// <param name="Sku">The product.</param>
/// <param name="Tracking">How its pieces are told apart.</param>
/// <param name="Quantity">How many move.</param>
/// <param name="Lots">Which; null where nothing was said.</param>
public sealed record TrackedLine(int? Line, string Sku, string Tracking, long Quantity, IReadOnlyList<LotPieces>? Lots);

/// <summary>Pieces of a lot, checked.</summary>
/// <param name="Line">The place of their line in the posting, from 1.</param>
/// <param name="Code">The lot or serial number; nothing for pieces not yet named.</param>
/// <param name="Quantity">How many.</param>
/// <param name="MadeOn">The day of making.</param>
/// <param name="BestBefore">The best-before day.</param>
/// <param name="Lost">True for pieces that did not arrive.</param>
public sealed record NamedPieces(int Line, string Code, long Quantity, DateOnly? MadeOn = null, DateOnly? BestBefore = null, bool Lost = false);

/// <summary>Judges the lots that were named for goods, and says what the database says against them.</summary>
public static class TrackedGoods
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>What is wrong with the lots of lines; nothing where tracked goods have theirs and others have none.</summary>
    /// <param name="lines">The goods.</param>
    /// <param name="areProposed">True where the ledger chooses lots for lines that say nothing.</param>
    public static IEnumerable<StockProblem> Problems(IReadOnlyList<TrackedLine> lines, bool areProposed)
    {
        if (lines.Sum(line => line.Lots?.Count ?? 0) > LotLines.Most)
        {
            return [new(null, "lots", "stock.lots.too_many", LotLines.Most)];
        }

        return
        [
            .. lines.SelectMany(line => Problems(line, areProposed)),
            .. lines.Where(line => line.Tracking is Tracked.Serial).SelectMany(line => (line.Lots ?? []).Select(lot => (line.Line, line.Sku, lot.Kept))).GroupBy(lot => (lot.Sku, lot.Kept)).Where(same => same.Count() > 1)
                .Select(same => new StockProblem(same.First().Line, "lots", "stock.lots.twice", same.Key.Kept)),
        ];
    }

    /// <summary>The lots of lines without problems, each code once a line; null where nothing was named.</summary>
    public static IReadOnlyList<NamedPieces>? Named(IReadOnlyList<TrackedLine> lines)
    {
        var named = lines.SelectMany((line, index) => (line.Lots ?? []).GroupBy(lot => lot.Kept, StringComparer.Ordinal)
            .Select(lot => new NamedPieces(index + 1, lot.Key, (long)lot.Sum(pieces => pieces.Pieces), lot.Max(pieces => pieces.MadeOn), lot.Max(pieces => pieces.BestBefore)))).ToList();
        return named.Count == 0 ? null : named;
    }

    /// <summary>As the functions of the ledger take them.</summary>
    internal static string? ForLedger(IReadOnlyList<NamedPieces>? named) => named is { Count: > 0 } ? JsonSerializer.Serialize(named, Json) : null;

    /// <summary>What the ledger refused about lots, said to people; null where it refused something else.</summary>
    public static StockProblem? Refused(PostgresException refused) => refused.ConstraintName switch
    {
        "tracked_goods_move_with_their_lots" => new(null, "lots", "stock.lots.too_few", refused.Hint ?? ""),
        "a_lot_is_where_it_leaves" or "a_lot_is_never_negative" => new(null, "lots", "stock.lots.not_there", refused.Hint ?? ""),
        "a_serial_number_is_in_one_place" or "a_serial_number_is_one_piece" => new(null, "lots", "stock.lots.in_stock_already", refused.Hint ?? ""),
        "a_serial_number_comes_into_being_once" => new(null, "lots", "stock.lots.known_already", refused.Hint ?? ""),
        "a_lot_has_one_date" or "a_lot_is_made_before_it_expires" => new(null, "lots", "stock.lots.other_dates", refused.Hint ?? ""),
        "a_returned_lot_was_delivered" or "no_piece_of_a_lot_is_returned_twice" => new(null, "lots", "stock.lots.not_delivered"),
        // Tracking of a product began between the look and the posting; the next look sees it.
        "a_balance_is_tracked_as_its_product" => new(null, "lots", "stock.lots.tracking_began"),
        _ => null,
    };

    /// <summary>True where the ledger refused something about lots.</summary>
    public static bool IsAboutLots(PostgresException refused) => Refused(refused) is not null;

    static IEnumerable<StockProblem> Problems(TrackedLine line, bool areProposed)
    {
        if (line.Tracking is Tracked.None)
        {
            return line.Lots is { Count: > 0 } ? [new(line.Line, "lots", "stock.lots.not_tracked", line.Sku)] : [];
        }

        if (line.Lots is not { Count: > 0 } lots)
        {
            return areProposed || line.Quantity == 0 ? [] : [new(line.Line, "lots", line.Tracking is Tracked.Serial ? "stock.lots.name_serials" : "stock.lots.name_lots", line.Sku, line.Quantity)];
        }

        var problems = lots.Select(lot => Problem(line, lot)).OfType<StockProblem>().ToList();
        return problems.Count > 0 ? problems
            : lots.Sum(lot => lot.Pieces) is var sum && sum != line.Quantity ? [new(line.Line, "lots", "stock.lots.sum", line.Sku, sum, line.Quantity)]
            : [];
    }

    /// <summary>What is wrong with pieces of one lot by themselves.</summary>
    internal static StockProblem? Problem(TrackedLine line, LotPieces lot) =>
        !LotLines.IsCode(lot.Kept) ? new(line.Line, "lots", "stock.lots.code", lot.Code ?? "", LotLines.LongestCode)
        : lot.IsUnreadable || lot.Pieces <= 0 || lot.Pieces != decimal.Truncate(lot.Pieces) || lot.Pieces > SkuLine.MostOfOne ? new(line.Line, "lots", "stock.lots.quantity", lot.Kept)
        : line.Tracking is Tracked.Serial && lot.Pieces != 1 ? new(line.Line, "lots", "stock.lots.one_piece", lot.Kept)
        : lot.MadeOn > lot.BestBefore ? new(line.Line, "lots", "stock.lots.days", lot.Kept)
        : null;
}
