namespace Portal.Quotes;

/// <summary>
/// What changed between two revisions of a quote, for whoever has to explain it to a customer or approve it: lines that came, went or changed, the terms, the validity, the totals.
/// Lines are known by their product, in the order in which they stand where a product stands there several times.
/// </summary>
public static class CompareRevisions
{
    /// <summary>Compares the earlier one with the later one.</summary>
    public static RevisionChanges Of(RevisionContent before, RevisionContent after)
    {
        var (earlier, later) = (Placed(before.Lines), Placed(after.Lines));
        var lines = later.Select(line => new LineChange(earlier.GetValueOrDefault(line.Key), line.Value))
            .Concat(earlier.Where(line => !later.ContainsKey(line.Key)).Select(line => new LineChange(line.Value, null)))
            .Where(change => change.Kind is not "same").OrderBy(change => (change.After ?? change.Before)!.LineNumber).ToList();
        return new(before, after, lines, later.Count - lines.Count(line => line.After is not null));
    }

    static Dictionary<(long Product, int Place), QuoteLine> Placed(IReadOnlyList<QuoteLine> lines) =>
        lines.GroupBy(line => line.ProductId).SelectMany(same => same.OrderBy(line => line.LineNumber).Select((line, place) => (Key: (same.Key, place), line))).ToDictionary(one => one.Key, one => one.line);
}

/// <summary>A revision as it is compared.</summary>
public sealed record RevisionContent(int Revision, DateOnly ValidUntil, decimal TaxRate, string? Terms, decimal NetTotal, decimal TaxTotal, decimal GrandTotal, IReadOnlyList<QuoteLine> Lines);

/// <summary>What changed from one revision to another.</summary>
/// <param name="Before">The earlier one.</param>
/// <param name="After">The later one.</param>
/// <param name="Lines">The lines that came, went or changed.</param>
/// <param name="Unchanged">How many lines stayed as they were.</param>
public sealed record RevisionChanges(RevisionContent Before, RevisionContent After, IReadOnlyList<LineChange> Lines, int Unchanged)
{
    /// <summary>Nothing that is printed differs, the number of the revision apart.</summary>
    public bool IsNothing => Lines.Count == 0 && Before.ValidUntil == After.ValidUntil && Before.TaxRate == After.TaxRate && Before.Terms == After.Terms;
}

/// <summary>A line that came, went or changed.</summary>
public sealed record LineChange(QuoteLine? Before, QuoteLine? After)
{
    /// <summary><c>added</c>, <c>gone</c>, <c>changed</c> or <c>same</c>.</summary>
    public string Kind => Before is null ? "added" : After is null ? "gone"
        : (Before.Quantity, Before.Price, Before.Discount, Before.UnitPrice, Before.Amount, Before.Section, Before.Choice, Before.TermStart, Before.TermEnd, Before.Subscription) == (After.Quantity, After.Price, After.Discount, After.UnitPrice, After.Amount, After.Section, After.Choice, After.TermStart, After.TermEnd, After.Subscription) ? "same" : "changed";

    /// <summary>The line as it is named.</summary>
    public QuoteLine Line => (After ?? Before)!;

    /// <summary>What the line adds to the net total, or takes from it.</summary>
    public decimal Difference => Counted(After) - Counted(Before);

    static decimal Counted(QuoteLine? line) => line is { IsIncluded: true } ? line.Amount : 0;
}
