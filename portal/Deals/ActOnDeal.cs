using Platform.Database;

namespace Portal.Deals;

/// <summary>What every act on a deal begins with: the deal is there, at the version that was seen, its state allows the act, and a reason is given where one is needed.</summary>
public sealed class ActOnDeal(Db db, DealStore deals, IEnumerable<IProtectionWitness> witnesses)
{
    /// <summary>Runs <paramref name="work"/> in a transaction when nothing stands against the act.</summary>
    /// <param name="number">The deal.</param>
    /// <param name="version">The version that was seen; null takes whichever is there.</param>
    /// <param name="actName">The act, by its name in <see cref="DealLifecycle"/>.</param>
    /// <param name="reason">The reason given.</param>
    /// <param name="work">What the act does.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<DealOutcome> RunAsync(string number, int? version, string actName, string? reason, Func<Deal, DealAct, Task<DealOutcome>> work, CancellationToken ct)
    {
        var act = DealLifecycle.Act(actName);
        return db.InTransactionAsync(async () =>
        {
            if (await deals.FindAsync(number, ct) is not { } deal)
            {
                return new DealOutcome.Missing();
            }

            return version is { } seen && seen != deal.Version ? new DealOutcome.Stale()
                : !deal.Allows(act.Name) ? Why(deal, act)
                : act.NeedsReason && DealTyped.Text(reason) is null ? new DealOutcome.Invalid([new("reason", "deals.invalid.reason")])
                : reason?.Length > 2000 ? new DealOutcome.Invalid([new("reason", "customers.invalid.too_long", 2000)])
                : await work(deal, act);
        }, ct);
    }

    /// <summary>Tells all witnesses that the deal's protection has begun or changed; the last thing such an act does before it tells people.</summary>
    public async Task TellWitnessesAsync(Deal deal, CancellationToken ct)
    {
        foreach (var witness in witnesses)
        {
            await witness.WitnessAsync(deal.DealId, ct);
        }
    }

    static DealOutcome Why(Deal deal, DealAct act) =>
        act.From.Contains(deal.Status, StringComparer.Ordinal) ? new DealOutcome.Forbidden() : new DealOutcome.Refused("deals.refused.state");
}
