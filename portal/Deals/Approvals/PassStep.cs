using Platform.Audit;
using Platform.Database;

namespace Portal.Deals;

/// <summary>
/// Somebody decides on the step of a deal's approval that is open. The database refuses whoever does not sit in its queue, decides a second step or a deal they entered;
/// this says so in words first. What follows from a decision that stands (the deal approved, rejected, sent back) is done by the product for those who have no other right to it.
/// </summary>
public sealed class PassStep(Db db, ApprovalStore approvals, DealStore deals, AuditTrail audit, DealNews news, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Approves the open step.</summary>
    /// <returns>Null where the deal is to be approved now; else what came of it: a refusal, or that others have to approve still.</returns>
    public async Task<(DealOutcome? Outcome, int? Days)> ApproveAsync(Deal deal, string? note, int? days, bool joins, CancellationToken ct)
    {
        var step = await approvals.OpenAsync(deal.DealId, Now, ct);
        if (step is null || step.Queue is "policy")
        {
            return (step is null ? DeskOnly(deal) : await ClosePolicyAsync(deal, step, ct), days);
        }

        if (Refusal(step) is { } refused)
        {
            return (refused, null);
        }

        if (joins && !IsDesk(deal))
        {
            return (new DealOutcome.Refused("approvals.refused.join"), null);
        }

        await approvals.DecideAsync(deal, step, "approve", DealTyped.Text(note), days, Now, ct);
        if (step.Approved + 1 < step.Approvers)
        {
            return (await GoOnAsync(deal, step, note, "approvals.recorded", ct), null);
        }

        if (await approvals.CloseAsync(deal.DealId, step, Now, ct) is { } next)
        {
            var outcome = await GoOnAsync(deal, step, note, "approvals.passed_on", ct);
            await news.TellQueueAsync("step_opened", deal, next, note, Now, ct);
            return (outcome, null);
        }

        await ActForTheQueueAsync(deal, ct);
        return (null, days ?? step.Days);
    }

    /// <summary>Writes down that the deal is refused or asked about at the step that is open; null when that may go on.</summary>
    public async Task<DealOutcome?> StopAsync(Deal deal, string decision, string? reason, CancellationToken ct)
    {
        var step = await approvals.OpenAsync(deal.DealId, Now, ct);
        if (step is null || step.Queue is "policy")
        {
            return DeskOnly(deal);
        }

        if (!IsDesk(deal) && Refusal(step) is { } refused)
        {
            return refused;
        }

        if (!step.HasDecided && !step.IsOwnDeal)
        {
            await approvals.DecideAsync(deal, step, decision, DealTyped.Text(reason), null, Now, ct);
        }

        await ActForTheQueueAsync(deal, ct);
        return null;
    }

    static DealOutcome.Refused? Refusal(OpenStep step) =>
        step.IsOwnDeal ? new("approvals.refused.own_deal")
        : step.HasDecided ? new("approvals.refused.decided_already")
        : step.HasSeat ? null
        : new DealOutcome.Refused($"approvals.refused.queue.{step.Queue}");

    async Task<DealOutcome?> ClosePolicyAsync(Deal deal, OpenStep step, CancellationToken ct)
    {
        if (DeskOnly(deal) is { } refused && !await db.OneAsync<bool>("select app_is_system()", null, ct))
        {
            return refused;
        }

        await approvals.CloseAsync(deal.DealId, step, Now, ct);
        return null;
    }

    async Task<DealOutcome> GoOnAsync(Deal deal, OpenStep step, string? note, string said, CancellationToken ct)
    {
        await ActForTheQueueAsync(deal, ct);
        if (await deals.MoveAsync(deal, DealLifecycle.Act("approve_step"), DealTyped.Text(note), Now, ct) is not { } version)
        {
            return new DealOutcome.Stale();
        }

        await audit.RecordAsync("deal.step_approved", "deal", deal.Number, deal.PartnerId, new { step.Step, step.Queue, asDeputy = step.ForPersonId is not null, note }, ct);
        return new DealOutcome.Done(deal.Number, version) { TextKey = said };
    }

    // The seat was checked and the decision stands in the tables; from here on the product carries it out, for finance may decide on a deal but not write to any.
    async Task ActForTheQueueAsync(Deal deal, CancellationToken ct)
    {
        if (!IsDesk(deal))
        {
            await db.ExecuteAsync("select set_config('app.is_system', 'yes', true)", null, ct);
        }
    }

    static bool IsDesk(Deal deal) => deal.CallerRoles.Contains("deal_desk", StringComparer.Ordinal);

    static DealOutcome? DeskOnly(Deal deal) => IsDesk(deal) ? null : new DealOutcome.Forbidden();
}
