using Platform.Audit;
using Platform.Database;

namespace Portal.Deals;

/// <summary>
/// What every act on a deal begins with: the deal is there, at the version that was seen, its state allows the act, and a reason is given where one is needed. And what most of them end
/// with: the deal moves, and the audit says so.
/// </summary>
public sealed class ActOnDeal(Db db, DealStore deals, AuditTrail audit, IEnumerable<IProtectionWitness> witnesses, TimeProvider clock)
{
    /// <summary>Runs <paramref name="work"/> in a transaction when nothing stands against the act. What it wrote is undone when it answers that it was not done.</summary>
    /// <param name="number">The deal.</param>
    /// <param name="version">The version that was seen; null takes whichever is there.</param>
    /// <param name="actName">The act, by its name in <see cref="DealLifecycle"/>.</param>
    /// <param name="reason">The reason given.</param>
    /// <param name="work">What the act does.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DealOutcome> RunAsync(string number, int? version, string actName, string? reason, Func<Deal, DealAct, Task<DealOutcome>> work, CancellationToken ct)
    {
        var act = DealLifecycle.Act(actName);
        try
        {
            return await db.InTransactionAsync(async () =>
            {
                var outcome = await LookAsync(number, version, act, reason, work, ct);
                return outcome is DealOutcome.Done or DealOutcome.Blocked ? outcome : throw new NotDone(outcome);
            }, ct);
        }
        catch (NotDone refused)
        {
            return refused.Outcome;
        }
    }

    async Task<DealOutcome> LookAsync(string number, int? version, DealAct act, string? reason, Func<Deal, DealAct, Task<DealOutcome>> work, CancellationToken ct)
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
    }

    /// <summary>Ends an act: moves the deal, says so in the audit, and does what follows from it; stale where somebody was faster.</summary>
    /// <param name="deal">The deal as it was seen.</param>
    /// <param name="act">The act.</param>
    /// <param name="reason">The reason given.</param>
    /// <param name="details">What the audit keeps.</param>
    /// <param name="then">What follows: witnesses, figures, whom it is told.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="action">How the audit calls it, where not like the act.</param>
    /// <param name="until">When the protection ends from now on.</param>
    public async Task<DealOutcome> FinishAsync(Deal deal, DealAct act, string? reason, object details, Func<Task> then, CancellationToken ct, string? action = null, DateTime? until = null)
    {
        if (await deals.MoveAsync(deal, act, DealTyped.Text(reason), clock.GetUtcNow().UtcDateTime, ct, null, until) is not { } next)
        {
            return new DealOutcome.Stale();
        }

        await audit.RecordAsync(action ?? "deal." + act.Name, "deal", deal.Number, deal.PartnerId, details, ct);
        await then();
        return new DealOutcome.Done(deal.Number, next);
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

    // Undoes what an act had written before it found that it cannot be done.
    sealed class NotDone(DealOutcome outcome) : Exception
    {
        public DealOutcome Outcome { get; } = outcome;
    }
}
