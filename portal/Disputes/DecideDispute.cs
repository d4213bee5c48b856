using Npgsql;
using Platform.Database;
using Portal.Customers;
using Portal.Deals;

namespace Portal.Disputes;

/// <summary>
/// The brand decides, with a reason that both sides read. Upheld: the holder keeps the customer. Overturned: it goes to the claimant, and
/// what the holder claimed there ends. All in one transaction that holds the customers' clusters; at no moment are there two.
/// </summary>
public sealed class DecideDispute(
    Db db, ActOnDispute actOnDispute, DisputeStore disputes, CustomerStore customers, ContestedClaims claims, AwardClaim awardClaim, DisputeNews news, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The holder keeps the customer.</summary>
    public Task<DisputeOutcome> UpholdAsync(string number, int? version, string? reason, CancellationToken ct) =>
        DecideAsync(number, version, "uphold", reason, async (dispute, said) =>
        {
            if (dispute.Kind is "meeting")
            {
                await EndAsync(dispute, "claimant", said, ct);
            }

            return null;
        }, ct);

    /// <summary>The customer goes to the claimant.</summary>
    public Task<DisputeOutcome> OverturnAsync(string number, int? version, string? reason, CancellationToken ct) =>
        DecideAsync(number, version, "overturn", reason, (dispute, said) => dispute.Kind is "meeting" ? GiveAsync(dispute, said, ct) : AwardAsync(dispute, said, ct), ct);

    /// <summary>
    /// Ends a dispute that has no object any more, with the sentence that says why. For the product and for the acts that part companies;
    /// takes part in their transaction.
    /// </summary>
    /// <param name="number">The dispute.</param>
    /// <param name="whyKey">The key of the sentence.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task VoidAsync(string number, string whyKey, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await HeldAsync(number, ct) is not { } dispute || !DisputeLifecycle.IsRunning(dispute.Status))
        {
            return;
        }

        await claims.LeaveBehindAsync(dispute.DisputeId, Now, ct);
        await claims.SettleAsync(dispute.DisputeId, ct);
        if (await disputes.MoveAsync(dispute, DisputeLifecycle.Act("void"), null, whyKey, Now, ct) is not null)
        {
            await actOnDispute.RecordAsync("dispute.void", dispute, null, ct);
            await news.TellSidesAsync("void", dispute.DisputeId, number, null, ct);
            await news.TellAsync("void", dispute.DisputeId, number, "deal_desk", null, ct);
        }
    }, ct);

    async Task<DisputeOutcome> DecideAsync(string number, int? version, string actName, string? reason, Func<Dispute, string, Task<DisputeOutcome?>> carryOut, CancellationToken ct)
    {
        try
        {
            return await actOnDispute.RunAsync(number, version, actName, reason, async (seen, act, said) =>
            {
                // Whoever decided meanwhile let us wait for the clusters: its version is gone by then.
                var dispute = (await HeldAsync(number, ct))!;
                if (dispute.Version != seen.Version)
                {
                    return new DisputeOutcome.Stale();
                }

                if (await carryOut(dispute, said!) is { } refused)
                {
                    return refused;
                }

                await claims.LeaveBehindAsync(dispute.DisputeId, Now, ct);
                await claims.SettleAsync(dispute.DisputeId, ct);
                if (await disputes.MoveAsync(dispute, act, null, said, Now, ct) is null)
                {
                    return new DisputeOutcome.Stale();
                }

                await actOnDispute.RecordAsync("dispute." + act.To, dispute, new { reason = said }, ct);
                await news.TellSidesAsync(act.To!, dispute.DisputeId, number, said, ct);
                return new DisputeOutcome.Done(number);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(DealStore.OneLiveClaim))
        {
            return new DisputeOutcome.Refused("disputes.refused.other_holder");
        }
    }

    // The clusters of all sides, as they are once they are held, and then the dispute itself: what is carried out below is never half of it.
    async Task<Dispute?> HeldAsync(string number, CancellationToken ct)
    {
        var dispute = await disputes.FindAsync(number, Now, ct);
        for (var seen = new HashSet<long>(); dispute is not null && !seen.SetEquals(dispute.Sides.Select(side => side.CustomerClusterId)); dispute = await disputes.FindAsync(number, Now, ct))
        {
            seen = [.. dispute.Sides.Select(side => side.CustomerClusterId)];
            await customers.HoldClustersAsync(seen, ct);
        }

        await disputes.LockAsync(number, ct);
        return await disputes.FindAsync(number, Now, ct);
    }

    async Task<DisputeOutcome?> GiveAsync(Dispute dispute, string reason, CancellationToken ct)
    {
        await EndAsync(dispute, "holder", reason, ct);
        return null;
    }

    async Task<DisputeOutcome?> AwardAsync(Dispute dispute, string reason, CancellationToken ct)
    {
        var claimant = dispute.Claimant!;
        if (claimant.DealStatus is not ("draft" or "rejected" or "duplicate"))
        {
            return new DisputeOutcome.Refused("disputes.refused.went_on");
        }

        // Who came into the claimant's way since was never heard.
        var inTheWay = await claims.HoldersAsync(claimant.CustomerClusterId, claimant.LineIds, claimant.TerritoryId, claimant.PartnerId, Now, ct);
        if (inTheWay.Except(dispute.Sides.Select(side => side.DealNumber), StringComparer.Ordinal).Any())
        {
            return new DisputeOutcome.Refused("disputes.refused.other_holder");
        }

        foreach (var holder in inTheWay)
        {
            await awardClaim.EndAsync(holder, claimant.LineIds, claimant.TerritoryId, dispute.DisputeId, reason, ct);
        }

        var awarded = await awardClaim.AwardAsync(claimant.DealNumber, claimant.EndCustomerId, claimant.TerritoryId, claimant.LineIds, reason, ct);
        await disputes.AwardedAsync(dispute.DisputeId, awarded.DealId, ct);
        return null;
    }

    async Task EndAsync(Dispute dispute, string loser, string reason, CancellationToken ct)
    {
        foreach (var side in dispute.Sides.Where(side => string.Equals(side.Side, loser, StringComparison.Ordinal)))
        {
            await awardClaim.EndAsync(side.DealNumber, side.LineIds, side.TerritoryId, dispute.DisputeId, reason, ct);
        }
    }
}
