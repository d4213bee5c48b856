using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Assortment;

/// <summary>Adds a rule of what the own company sells to whom. Its terms stay as they are; it ends, and another takes its place.</summary>
public sealed class AddRange(Db db, Ranges ranges, AuditTrail audit)
{
    /// <summary>Adds it.</summary>
    public Task<AssortmentOutcome> RunAsync(RangeFacts entered, CancellationToken ct) => db.InTransactionAsync<AssortmentOutcome>(async () =>
    {
        var here = await ranges.HereAsync(ct);
        if (!here.MayKeep)
        {
            return new AssortmentOutcome.Forbidden();
        }

        var facts = entered.Tidied(here.Today);
        facts = facts with { WholeChannel = facts.WholeChannel && here.IsBrand };
        var flaws = facts.Flaws(here.Today).ToList();
        var known = await ranges.KnowAsync(facts, ct);
        flaws.AddRange(Unknown(facts, known));
        if (flaws.Count > 0)
        {
            return new AssortmentOutcome.Refused(flaws);
        }

        var number = await ranges.InsertAsync(PublicNumber.New("SR"), here.PartnerId, facts, ct);
        await audit.RecordAsync("sellable_rule.added", "sellable_rule", number, here.PartnerId, facts, ct);
        return new AssortmentOutcome.Done(number);
    }, ct);

    static IEnumerable<FieldProblem> Unknown(RangeFacts facts, KnownNames known)
    {
        if (facts.Line is { } line && !known.HasLine)
        {
            yield return new(nameof(facts.Line), "assortment.refused.line_unknown", line);
        }

        if (facts.Category is { } category && !known.HasCategory)
        {
            yield return new(nameof(facts.Category), "assortment.refused.category_unknown", category);
        }

        if (facts.Buyer is { } buyer && !known.HasBuyer)
        {
            yield return new(nameof(facts.Buyer), "assortment.refused.buyer_unknown", buyer);
        }

        if (facts.Territory is { } territory && !known.HasTerritory)
        {
            yield return new(nameof(facts.Territory), "assortment.refused.territory_unknown", territory);
        }

        if (known.UnknownSkus.Length > 0)
        {
            yield return new(nameof(facts.Skus), "assortment.refused.unknown_skus", string.Join(", ", known.UnknownSkus.Take(10)));
        }
    }
}

/// <summary>Gives a rule its last day.</summary>
public sealed class EndRange(Db db, Ranges ranges, AuditTrail audit)
{
    /// <summary>Ends it, not before yesterday: what was orderable in the past is not rewritten. Without a day it ends with yesterday, at once.</summary>
    public Task<AssortmentOutcome> RunAsync(string number, int version, DateOnly? lastDay, CancellationToken ct) => db.InTransactionAsync<AssortmentOutcome>(async () =>
    {
        var here = await ranges.HereAsync(ct);
        if (await ranges.FindAsync(number, ct) is not { IsOwn: true } rule)
        {
            return new AssortmentOutcome.NotThere();
        }

        if (!here.MayKeep)
        {
            return new AssortmentOutcome.Forbidden();
        }

        var last = lastDay ?? here.Today.AddDays(-1);
        if (last < here.Today.AddDays(-1))
        {
            return new AssortmentOutcome.Refused(new FieldProblem("LastDay", "assortment.refused.last_day_past"));
        }

        if (rule.State is "past")
        {
            return new AssortmentOutcome.Refused(new FieldProblem("LastDay", "assortment.refused.ended"));
        }

        if (!await ranges.EndAsync(number, version, last, ct))
        {
            return new AssortmentOutcome.Stale();
        }

        await audit.RecordAsync("sellable_rule.ended", "sellable_rule", number, here.PartnerId, new { lastDay = last }, ct);
        return new AssortmentOutcome.Done(number);
    }, ct);
}
