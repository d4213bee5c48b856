namespace Portal.Quotes;

/// <summary>One reason why the brand's deal desk has to look at a quote before it goes out.</summary>
/// <param name="TextKey">A sentence.</param>
/// <param name="Line">The line it is about; null for the quote as a whole.</param>
/// <param name="Found">What was found: a share, or of a floor the unit price.</param>
/// <param name="Bound">What is allowed.</param>
public sealed record ApprovalReason(string TextKey, QuoteLine? Line, decimal Found, decimal Bound)
{
    const string BelowFloor = "quotes.reason.floor";

    /// <summary>Both are prices and not shares.</summary>
    public bool IsOfPrices => TextKey is BelowFloor;

    /// <summary>All reasons of a quote: lines beyond the authority, lines that somebody priced below the floor, and a margin below what is asked for.</summary>
    internal static IReadOnlyList<ApprovalReason> Of(QuoteAuthority authority, IReadOnlyList<QuoteLine> lines, IReadOnlyDictionary<int, decimal> costs)
    {
        List<ApprovalReason> reasons = [.. lines.Where(line => line.Discount > authority.Most).Select(line => new ApprovalReason("quotes.reason.discount", line, line.Discount, authority.Most))];
        // What the books and promotions come to by themselves nobody has to answer for.
        reasons.AddRange(lines.Where(line => line.Discount > 0 && line.UnitPrice < line.FloorPrice).Select(line => new ApprovalReason(BelowFloor, line, line.UnitPrice, line.FloorPrice!.Value)));
        if (authority.LeastMargin is { } least && QuoteMargin.Of(lines, costs) is { Share: { } share } && share < least)
        {
            reasons.Add(new("quotes.reason.margin", null, share, least));
        }

        return reasons;
    }
}

/// <summary>What is left to the seller of a quote, tax apart.</summary>
/// <param name="Lines">Line by line, in order.</param>
/// <param name="Cost">What the included lines cost the seller; null where one of them has no price at the company above.</param>
/// <param name="Amount">What is left of their amounts; may be negative.</param>
/// <param name="Share">That, as a share of their amounts; null where there is none.</param>
public sealed record QuoteMargin(IReadOnlyList<LineMargin> Lines, decimal? Cost, decimal? Amount, decimal? Share)
{
    /// <summary>Computes it; null where no cost is known at all, or the person at work is told none.</summary>
    public static QuoteMargin? Of(IReadOnlyList<QuoteLine> lines, IReadOnlyDictionary<int, decimal> costs)
    {
        if (costs.Count == 0)
        {
            return null;
        }

        List<LineMargin> margins = [.. lines.Select(line => LineMargin.Of(line, costs.TryGetValue(line.LineNumber, out var cost) ? cost : null))];
        var included = margins.FindAll(margin => margin.Line.IsIncluded);
        return included.TrueForAll(margin => margin.Cost is not null)
            ? new(margins, included.Sum(margin => margin.Cost), included.Sum(margin => margin.Amount), LineMargin.ShareOf(included.Sum(margin => margin.Amount!.Value), included.Sum(margin => margin.Line.Amount)))
            : new(margins, null, null, null);
    }
}

/// <summary>What is left to the seller of a line.</summary>
/// <param name="Line">The line.</param>
/// <param name="UnitCost">What a piece costs the seller.</param>
/// <param name="Cost">What all of them cost.</param>
/// <param name="Amount">What is left; may be negative.</param>
/// <param name="Share">That, as a share of the line's amount.</param>
public sealed record LineMargin(QuoteLine Line, decimal? UnitCost, decimal? Cost, decimal? Amount, decimal? Share)
{
    internal static LineMargin Of(QuoteLine line, decimal? unitCost)
    {
        var (cost, left) = (line.Quantity * unitCost, line.Amount - (line.Quantity * unitCost));
        return new(line, unitCost, cost, left, left is { } amount ? ShareOf(amount, line.Amount) : null);
    }

    // To a ten-thousandth, as discounts are.
    internal static decimal? ShareOf(decimal left, decimal amount) => amount == 0 ? null : Math.Round(left / amount, 4, MidpointRounding.AwayFromZero);
}
