using Platform.Audit;
using Platform.Database;
using Portal.Kpis;

namespace Portal.Deals;

/// <summary>
/// What a decided dispute does to deals, in the transaction of the decision, which holds the customer's cluster: takes the customer from one
/// side, gives it to the other. First the one, then the other: the constraint never sees two.
/// </summary>
public sealed class AwardClaim(ActOnDeal actOnDeal, DealStore deals, ContestedClaims claims, AuditTrail audit, KpiFacts facts, TimeProvider clock)
{
    /// <summary>Ends what a deal claims on these lines in that territory, by that dispute; the deal itself ends with its last claim, and else keeps them as lost.</summary>
    public async Task EndAsync(string number, IReadOnlyList<long> lineIds, long territoryId, long disputeId, string reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var deal = await deals.FindAsync(number, ct) ?? throw new InvalidOperationException($"There is no deal {number}.");
        if (await claims.EndAsync(deal.DealId, lineIds, territoryId, now, ct) is not { } left || DealLifecycle.IsOver(deal.Status))
        {
            return;
        }

        if (left > 0)
        {
            await claims.LoseAsync(deal.DealId, lineIds, territoryId, disputeId, now, ct);
        }

        if (await deals.MoveAsync(deal, DealLifecycle.Act(left > 0 ? "lose_lines" : "lose_dispute"), reason, now, ct) is null)
        {
            throw new InvalidOperationException($"Deal {number} changed while its customer was held.");
        }

        await audit.RecordAsync(left > 0 ? "deal.lost_lines" : "deal.lost_dispute", "deal", number, deal.PartnerId, new { reason }, ct);
    }

    /// <summary>
    /// Gives a customer to a claimant whose deal was stopped: enters a copy of it, approved and protected as the policy has it. What is over
    /// stays as it is; a draft is withdrawn, for it goes on under the new number.
    /// </summary>
    /// <returns>The new deal.</returns>
    public async Task<Deal> AwardAsync(string number, long customerId, long territoryId, IReadOnlyList<long> lineIds, string reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var stopped = await deals.FindAsync(number, ct) ?? throw new InvalidOperationException($"There is no deal {number}.");
        var wasDraft = stopped.Status is "draft";
        var policy = await deals.PolicyAsync(stopped.PartnerId, lineIds, now, ct);
        var until = await deals.EndOfDayAsync(now, policy.ProtectionDays, ct);
        var awarded = PublicNumber.New("D");
        var id = await claims.CopyAsync(new(stopped.DealId, awarded, customerId, territoryId, lineIds, until, reason, wasDraft), now, ct);
        await deals.InsertClaimAsync(id, now, until, ct);
        await deals.KeepPolicyAsync(id, policy, now, ct);
        var day = await deals.DayAsync(now, ct);
        await facts.AddAsync([new(stopped.PartnerId, Metric.DealsApproved, null, day, 1), .. wasDraft ? [new KpiFact(stopped.PartnerId, Metric.DealsRegistered, null, day, 1)] : Array.Empty<KpiFact>()], ct);
        await audit.RecordAsync("deal.approved", "deal", awarded, stopped.PartnerId, new { from = now, until, after = number, note = reason }, ct);
        if (wasDraft)
        {
            await deals.MoveAsync(stopped, DealLifecycle.Act("go_on"), awarded, now, ct);
            await audit.RecordAsync("deal.went_on", "deal", number, stopped.PartnerId, new { awarded }, ct);
        }

        var deal = (await deals.FindAsync(awarded, ct))!;
        await actOnDeal.TellWitnessesAsync(deal, ct);
        return deal;
    }
}
