using Platform.Audit;
using Platform.Database;
using Platform.Jobs;

namespace Portal.Deals;

/// <summary>
/// Turns deals whose protection has ended into expired ones and reminds partners of those that end soon. The customer is free the
/// moment the protection ends, whenever this runs: the claim's range says so, not the state. Run by the product itself.
/// </summary>
public sealed class ExpireProtections(Db db, DealStore deals, AuditTrail audit, DealNews news, TimeProvider clock) : IScheduledJob
{
    const int AtOnce = 200;

    /// <summary>Does it for all that are due.</summary>
    public async Task<ExpiredProtections> RunAsync(CancellationToken ct)
    {
        var expired = await AllAsync(deals.ExpireAsync, "deal.expired", "expired", ct);
        var reminded = await AllAsync(deals.RemindAsync, "deal.reminded", "reminded", ct);
        return new(expired, reminded);
    }

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    async Task<int> AllAsync(Func<DateTime, int, CancellationToken, Task<List<ProtectedDeal>>> take, string action, string what, CancellationToken ct)
    {
        for (var done = 0; ;)
        {
            var some = await db.InTransactionAsync(async () =>
            {
                var taken = await take(clock.GetUtcNow().UtcDateTime, AtOnce, ct);
                if (taken.Count > 0)
                {
                    await audit.RecordAsync([.. taken.Select(deal => new AuditAct(action, "deal", deal.Number, [deal.PartnerId], new { deal.LastDay }))], ct);
                }

                foreach (var deal in taken)
                {
                    await news.TellClaimantAsync(what, deal, ct);
                }

                return taken.Count;
            }, ct);
            done += some;
            if (some < AtOnce)
            {
                return done;
            }
        }
    }
}

/// <summary>What a run of <see cref="ExpireProtections"/> did.</summary>
/// <param name="Expired">Deals that expired.</param>
/// <param name="Reminded">Deals whose partner was reminded.</param>
public sealed record ExpiredProtections(int Expired, int Reminded);
