using Platform.Audit;
using Portal.Kpis;

namespace Portal.Deals;

/// <summary>What a claimant does with a deal after registering it: wins it, loses it, turns it into a quote, gives it up.</summary>
public sealed class PursueDeal(ActOnDeal actOnDeal, DealStore deals, ReviewOutcome reviewOutcome, AuditTrail audit, KpiFacts facts, DealNews news, TimeProvider clock)
{
    /// <summary>Gives the deal up; a protected customer is free for others at once.</summary>
    public Task<DealOutcome> WithdrawAsync(string number, int? version, string? reason, CancellationToken ct) =>
        EndAsync(number, version, "withdraw", reason, "deal.withdrawn", null, ct);

    /// <summary>The deal is won; its protection has done its work and ends. So soon after the registration that the policy wants it looked at, the deal desk is told instead.</summary>
    public async Task<DealOutcome> WinAsync(string number, int? version, CancellationToken ct)
    {
        var seen = await deals.FindAsync(number, ct);
        if (seen is null || !seen.Allows("win") || await reviewOutcome.TooSoonAsync(seen, ct) is null)
        {
            return await EndAsync(number, version, "win", null, "deal.won", Metric.DealsWon, ct);
        }

        var outcome = await reviewOutcome.ReportAsync(number, version, ct);
        return outcome is DealOutcome.Done done ? done with { TextKey = "outcomes.reported" } : outcome;
    }

    /// <summary>The deal is lost; the customer is free for others.</summary>
    public Task<DealOutcome> LoseAsync(string number, int? version, string? reason, CancellationToken ct) =>
        EndAsync(number, version, "lose", reason, "deal.lost", Metric.DealsLost, ct);

    /// <summary>The deal has become a quote; called by the quotes, in their transaction. The protection goes on.</summary>
    /// <param name="number">The deal.</param>
    /// <param name="quoteNumber">The quote.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<DealOutcome> ConvertAsync(string number, string quoteNumber, CancellationToken ct) =>
        actOnDeal.RunAsync(number, null, "convert", null, async (deal, act) =>
        {
            if (await deals.MoveAsync(deal, act, quoteNumber, clock.GetUtcNow().UtcDateTime, ct) is not { } next)
            {
                return new DealOutcome.Stale();
            }

            await audit.RecordAsync("deal.converted", "deal", number, deal.PartnerId, new { quote = quoteNumber }, ct);
            return new DealOutcome.Done(number, next);
        }, ct);

    // Whoever reviews or watches the deal learns of its end; that of a draft is nobody's business.
    Task<DealOutcome> EndAsync(string number, int? version, string actName, string? reason, string action, string? metric, CancellationToken ct) =>
        actOnDeal.RunAsync(number, version, actName, reason, (deal, act) => actOnDeal.FinishAsync(deal, act, reason, new { from = deal.Status, reason }, async () =>
        {
            var now = clock.GetUtcNow().UtcDateTime;
            await deals.ReleaseClaimAsync(deal.DealId, now, ct);
            if (metric is not null)
            {
                await facts.CountAsync(deal.PartnerId, metric, now, ct);
            }

            if (deal.Status is not "draft")
            {
                await news.TellDealDeskAsync(act.To!, deal, DealTyped.Text(reason), ct);
            }
        }, ct, action), ct);
}
