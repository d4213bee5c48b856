using Npgsql;
using Platform.Database;

namespace Portal.Deals;

/// <summary>A longer protection: the claimant asks with a reason, the deal desk grants or refuses.</summary>
public sealed class ExtendProtection(ActOnDeal actOnDeal, DealStore deals, Portal.Customers.CustomerStore customers, DealNews news, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Asks for it; one request waits at a time.</summary>
    /// <param name="number">The deal.</param>
    /// <param name="version">The version that was seen.</param>
    /// <param name="days">How many days more; null for the policy's.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DealOutcome> RequestAsync(string number, int? version, int? days, string? reason, CancellationToken ct)
    {
        try
        {
            return await actOnDeal.RunAsync(number, version, "request_extension", reason, async (deal, act) =>
            {
                var policy = await deals.PolicyAsync(deal, Now, ct);
                var asked = days ?? policy.ExtensionDays;
                if (asked < 1 || asked > 365)
                {
                    return new DealOutcome.Invalid([new("days", "deals.invalid.extension_days", 365)]);
                }

                if (policy.ExtensionsAtMost is { } most && await deals.ExtensionsGrantedAsync(deal.DealId, ct) >= most)
                {
                    return new DealOutcome.Refused("deals.refused.extended_enough", most);
                }

                await deals.InsertExtensionAsync(deal, asked, DealTyped.Text(reason)!, Now, ct);
                return await actOnDeal.FinishAsync(deal, act, reason, new { days = asked, reason }, () => news.TellDealDeskAsync("extension_requested", deal, reason, ct), ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(DealStore.OneOpenExtension))
        {
            return new DealOutcome.Refused("deals.refused.extension_waits");
        }
    }

    /// <summary>Grants the request that waits: the protection ends so many days later.</summary>
    public async Task<DealOutcome> GrantAsync(string number, int? version, CancellationToken ct)
    {
        try
        {
            return await actOnDeal.RunAsync(number, version, "grant_extension", null, async (deal, act) =>
            {
                if (deal.ProtectedUntil <= Now)
                {
                    return new DealOutcome.Refused("deals.refused.protection_ended");
                }

                await customers.HoldClustersAsync([deal.CustomerClusterId], ct);
                if (await deals.DecideExtensionAsync(deal.DealId, true, null, Now, ct) is not { } days)
                {
                    return new DealOutcome.Refused("deals.refused.no_extension_waits");
                }

                var until = await deals.EndOfDayAsync(deal.ProtectedUntil!.Value.AddTicks(-10), days, ct);
                await deals.ExtendClaimAsync(deal.DealId, until, ct);
                return await actOnDeal.FinishAsync(deal, act, null, new { days, until }, async () =>
                {
                    await actOnDeal.TellWitnessesAsync(deal, ct);
                    await news.TellClaimantAsync("extension_granted", new ProtectedDeal(deal.DealId, number, deal.PartnerId, deal.CustomerName, deal.LastProtectedDay!.Value.AddDays(days)), ct);
                }, ct, until: until);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(DealStore.OneLiveClaim))
        {
            return new DealOutcome.Refused("deals.refused.two_claims_meet");
        }
    }

    /// <summary>Refuses the request that waits, with a reason.</summary>
    public Task<DealOutcome> RefuseAsync(string number, int? version, string? reason, CancellationToken ct) =>
        actOnDeal.RunAsync(number, version, "refuse_extension", reason, async (deal, act) =>
            await deals.DecideExtensionAsync(deal.DealId, false, DealTyped.Text(reason), Now, ct) is { } days
                ? await actOnDeal.FinishAsync(deal, act, reason, new { days, reason }, () => news.TellClaimantAsync("extension_refused", deal, reason, ct), ct)
                : new DealOutcome.Refused("deals.refused.no_extension_waits"), ct);
}
