namespace Portal.Stock;

/// <summary>
/// Deals the lots of a line out to what became of its pieces: received, short, damaged. What was said is taken as it is; what was not follows where only one thing can be
/// meant, and is asked for where it cannot be known.
/// </summary>
public static class SplitLots
{
    /// <summary>Deals them out.</summary>
    /// <param name="line">The line as people count.</param>
    /// <param name="sku">The product.</param>
    /// <param name="there">The lots of the line that something can become of, with how many pieces.</param>
    /// <param name="parts">What became of how many pieces; together all that is there.</param>
    /// <param name="said">What was said of which lot.</param>
    public static LotSplit Of(int line, string sku, IReadOnlyList<LotPiecesThere> there, IReadOnlyList<LotPart> parts, IReadOnlyList<SaidOfLot> said)
    {
        var left = there.ToDictionary(lot => lot.Code, lot => lot.Quantity, StringComparer.Ordinal);
        var open = parts.ToDictionary(part => part.Outcome, part => part.Quantity, StringComparer.Ordinal);
        var dealt = new List<SaidOfLot>();
        foreach (var word in said.Where(word => word.Quantity != 0))
        {
            if (word.Quantity < 0 || left.GetValueOrDefault(word.Code) < word.Quantity)
            {
                return new([], new(line, "lots", "stock.lots.not_on_line", word.Code.Length == 0 ? "–" : word.Code, left.GetValueOrDefault(word.Code)));
            }

            if (open.GetValueOrDefault(word.Outcome) < word.Quantity)
            {
                return new([], new(line, "lots", "stock.lots.more_than_said", word.Code));
            }

            left[word.Code] -= word.Quantity;
            open[word.Outcome] -= word.Quantity;
            dealt.Add(word);
        }

        var lots = there.Where(lot => left[lot.Code] > 0).ToList();
        var wants = parts.Where(part => open[part.Outcome] > 0).ToList();
        if (lots.Count > 1 && wants.Count > 1)
        {
            return new([], new(line, "lots", "stock.lots.say_which", sku));
        }

        foreach (var part in wants)
        {
            foreach (var lot in lots)
            {
                var some = Math.Min(left[lot.Code], open[part.Outcome]);
                if (some > 0)
                {
                    left[lot.Code] -= some;
                    open[part.Outcome] -= some;
                    dealt.Add(new(lot.Code, part.Outcome, some));
                }
            }
        }

        return new(dealt, null);
    }
}

/// <summary>Pieces of a lot that a line has.</summary>
/// <param name="Code">The lot or serial number; nothing for pieces not yet named.</param>
/// <param name="Quantity">How many.</param>
public sealed record LotPiecesThere(string Code, long Quantity);

/// <summary>What became of some pieces of a line.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Quantity">Of how many.</param>
public sealed record LotPart(string Outcome, long Quantity);

/// <summary>What became of pieces of a lot.</summary>
/// <param name="Code">The lot or serial number.</param>
/// <param name="Outcome">What became of them.</param>
/// <param name="Quantity">How many.</param>
public sealed record SaidOfLot(string Code, string Outcome, long Quantity);

/// <summary>Lots as they were dealt out.</summary>
/// <param name="Dealt">Which pieces became what.</param>
/// <param name="Problem">Why it cannot be known; null where it is.</param>
public sealed record LotSplit(IReadOnlyList<SaidOfLot> Dealt, StockProblem? Problem);
