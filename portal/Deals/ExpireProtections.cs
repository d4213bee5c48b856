using Platform.Audit;
using Platform.Database;
using Platform.Jobs;

namespace Portal.Deals;

/// <summary>
/// What the clock does to protections: those that have ended become expired, partners are reminded of those that end soon, claims for which nothing was done are
/// warned of and later released. The customer is free the moment a protection ends, whenever this runs: the claim's range says so, not the state. Run by the product
/// itself, every few minutes and whenever somebody asks for it; run twice it does nothing the second time.
/// </summary>
public sealed class ExpireProtections(Db db, ProtectionStore protections, AuditTrail audit, DealNews news, TimeProvider clock) : IScheduledJob
{
    /// <summary>How many deals one transaction takes.</summary>
    public const int AtOnce = 200;

    /// <summary>Does it for all that are due.</summary>
    public Task<ExpiredProtections> RunAsync(CancellationToken ct) => RunAsync(AtOnce, ct);

    /// <summary>Does it for all that are due, so many in a transaction.</summary>
    public async Task<ExpiredProtections> RunAsync(int atOnce, CancellationToken ct)
    {
        var expired = await AllAsync(protections.ExpireAsync, "deal.expired", "expired", atOnce, ct);
        var reminded = await AllAsync(protections.RemindAsync, "deal.reminded", "reminded", atOnce, ct);
        var (warned, released) = await LookAtStaleAsync(atOnce, ct);
        return new(expired, reminded, warned, released);
    }

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    Task<int> AllAsync(Func<DateTime, int, CancellationToken, Task<List<ProtectedDeal>>> take, string action, string what, int atOnce, CancellationToken ct) =>
        db.InPortionsAsync(atOnce, async () =>
        {
            var taken = await take(clock.GetUtcNow().UtcDateTime, atOnce, ct);
            await TellAsync(taken, action, what, ct);
            return taken.Count;
        }, ct);

    async Task<(int Warned, int Released)> LookAtStaleAsync(int atOnce, CancellationToken ct)
    {
        var (warned, released) = (0, 0);
        await db.InPortionsAsync(atOnce, async () =>
        {
            var taken = await protections.LookAtStaleAsync(clock.GetUtcNow().UtcDateTime, atOnce, ct);
            var (toWarn, toRelease) = (Those(taken, "warn"), Those(taken, "release"));
            await TellAsync(toWarn, "deal.stale_warned", "stale_warned", ct);
            await TellAsync(toRelease, "deal.released", "released", ct);
            (warned, released) = (warned + toWarn.Count, released + toRelease.Count);
            return taken.Count;
        }, ct);
        return (warned, released);
    }

    async Task TellAsync(List<ProtectedDeal> taken, string action, string what, CancellationToken ct)
    {
        if (taken.Count > 0)
        {
            await audit.RecordAsync([.. taken.Select(deal => new AuditAct(action, "deal", deal.Number, [deal.PartnerId], new { deal.LastDay }))], ct);
        }

        foreach (var deal in taken)
        {
            await news.TellClaimantAsync(what, deal, ct);
        }
    }

    static List<ProtectedDeal> Those(IEnumerable<LookedAtDeal> looked, string outcome) =>
        [.. looked.Where(deal => string.Equals(deal.Outcome, outcome, StringComparison.Ordinal)).Select(deal => new ProtectedDeal(deal.DealId, deal.Number, deal.PartnerId, deal.CustomerName, deal.LastDay))];
}

/// <summary>What a run of <see cref="ExpireProtections"/> did.</summary>
/// <param name="Expired">Deals that expired.</param>
/// <param name="Reminded">Deals whose partner was reminded.</param>
/// <param name="Warned">Deals whose partner was warned that nothing has happened for long.</param>
/// <param name="Released">Deals that were released because nothing happened after the warning.</param>
public sealed record ExpiredProtections(int Expired, int Reminded, int Warned, int Released);
