using Npgsql;
using Platform.Database;
using Portal.Kpis;

namespace Portal.Deals;

/// <summary>A win that waits for the deal desk.</summary>
/// <param name="Hours">How soon after the registration it was reported.</param>
/// <param name="ReportedAt">When.</param>
public sealed record OutcomeReview(decimal Hours, DateTime ReportedAt);

/// <summary>
/// A deal that is won within hours of its registration may have been registered when it was won already. It waits for the deal desk, as it is and protected; the desk
/// confirms the win, or does not and says why.
/// </summary>
public sealed class ReviewOutcome(Db db, ActOnDeal actOnDeal, DealStore deals, KpiFacts facts, DealNews news, TimeProvider clock)
{
    const string OneOpen = "one_open_outcome_review";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The win that waits.</summary>
    public Task<OutcomeReview?> WaitingAsync(long dealId, CancellationToken ct) => db.FindAsync<OutcomeReview>("""
        select hours, reported_at from deal_outcome_review where deal_id = @dealId and confirmed is null
        """, new { dealId }, ct);

    /// <summary>How many hours after its registration a deal would be won, where that is so soon that the desk looks first; null where it is not.</summary>
    public async Task<decimal?> TooSoonAsync(Deal deal, CancellationToken ct)
    {
        var hours = (decimal)(Now - (deal.SubmittedAt ?? deal.CreatedAt)).TotalHours;
        return hours < (await deals.PolicyAsync(deal, Now, ct)).BackdatingHours ? hours : null;
    }

    /// <summary>Reports a win to the desk.</summary>
    public async Task<DealOutcome> ReportAsync(string number, int? version, CancellationToken ct)
    {
        try
        {
            return await actOnDeal.RunAsync(number, version, "report_win", null, async (deal, act) =>
            {
                if (await TooSoonAsync(deal, ct) is not { } hours)
                {
                    return new DealOutcome.Refused("deals.refused.state");
                }

                await db.ExecuteAsync("""
                    insert into deal_outcome_review (deal_id, partner_id, hours, reported_by, reported_at) values (@DealId, @PartnerId, @hours, app_person_id(), @now)
                    """, new { deal.DealId, deal.PartnerId, hours = decimal.Round(hours, 2), now = Now }, ct);
                return await actOnDeal.FinishAsync(deal, act, null, new { hours = decimal.Round(hours, 2) }, () => news.TellDealDeskAsync("win_reported", deal, null, ct), ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(OneOpen))
        {
            return new DealOutcome.Refused("outcomes.refused.waits");
        }
    }

    /// <summary>Confirms: the deal is won.</summary>
    public Task<DealOutcome> ConfirmAsync(string number, int? version, CancellationToken ct) => actOnDeal.RunAsync(number, version, "confirm_win", null, async (deal, _) =>
    {
        if (!await DecideAsync(deal, true, null, ct))
        {
            return new DealOutcome.Refused("outcomes.refused.none_waits");
        }

        // It stands in the timeline, and is counted, like any other win; by the brand.
        return await actOnDeal.FinishAsync(deal, DealLifecycle.Act("win") with { Side = DealSide.Brand }, null, new { confirmed = true }, async () =>
        {
            await deals.ReleaseClaimAsync(deal.DealId, Now, ct);
            await facts.CountAsync(deal.PartnerId, Metric.DealsWon, Now, ct);
            await news.TellClaimantAsync("win_confirmed", deal, null, ct);
        }, ct, "deal.won");
    }, ct);

    /// <summary>Does not confirm, with a reason: the deal stays as it is.</summary>
    public Task<DealOutcome> RefuseAsync(string number, int? version, string? reason, CancellationToken ct) => actOnDeal.RunAsync(number, version, "refuse_win", reason, async (deal, act) =>
        await DecideAsync(deal, false, DealTyped.Text(reason), ct)
            ? await actOnDeal.FinishAsync(deal, act, reason, new { confirmed = false, reason }, () => news.TellClaimantAsync("win_refused", deal, reason, ct), ct)
            : new DealOutcome.Refused("outcomes.refused.none_waits"), ct);

    async Task<bool> DecideAsync(Deal deal, bool confirmed, string? answer, CancellationToken ct) => await db.FindAsync<long?>("""
        update deal_outcome_review set confirmed = @confirmed, answer = @answer, decided_by = app_person_id(), decided_at = @now
        where deal_id = @DealId and confirmed is null
        returning deal_outcome_review_id
        """, new { deal.DealId, confirmed, answer, now = Now }, ct) is not null;
}
