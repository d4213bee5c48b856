using Npgsql;
using Platform.Audit;
using Platform.Database;
using Portal.Customers;
using Portal.Kpis;
using Portal.Web.Display;

namespace Portal.Deals;

/// <summary>The deal desk decides on a registration: takes it up, approves it with a protection, rejects it, asks, or finds it a duplicate.</summary>
public sealed class ReviewDeal(ActOnDeal actOnDeal, DealStore deals, ClusterStore clusters, MergeClusters mergeClusters, PassStep passStep, AuditTrail audit, KpiFacts facts, DealNews news, TimeProvider clock)
{
    /// <summary>Takes a submitted deal up, so that colleagues see somebody is at it.</summary>
    public Task<DealOutcome> TakeUpAsync(string number, int? version, CancellationToken ct) =>
        actOnDeal.RunAsync(number, version, "take_up", null, (deal, act) => MoveAsync(deal, act, null, "deal.taken_up", "taken_up", ct), ct);

    /// <summary>
    /// Approves a deal and protects its customer. Where rivals are approved at the same moment they wait for each other and the database
    /// lets one through; the others are told from which day the customer is free.
    /// </summary>
    /// <param name="number">The deal.</param>
    /// <param name="version">The version that was seen.</param>
    /// <param name="days">Days of protection; null for the policy's, or the period that was asked for where that is shorter.</param>
    /// <param name="sameAs">Customers, by number, that the reviewer finds to be the same company; they become one.</param>
    /// <param name="note">A remark for both sides.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DealOutcome> ApproveAsync(string number, int? version, int? days, IReadOnlyList<string> sameAs, string? note, CancellationToken ct)
    {
        if (days is < 1 or > 1095)
        {
            return new DealOutcome.Invalid([new("days", "deals.invalid.days")]);
        }

        try
        {
            return await actOnDeal.RunAsync(number, version, "approve", note, async (deal, act) =>
            {
                var now = clock.GetUtcNow().UtcDateTime;
                var (waits, decided) = await passStep.ApproveAsync(deal, note, days, sameAs.Count > 0, ct);
                if (waits is not null && (waits is not DealOutcome.Done || sameAs.Count == 0))
                {
                    return waits;
                }

                await JoinAsync(deal, sameAs, note, ct);
                if (waits is not null)
                {
                    return waits;
                }

                var policy = await deals.PolicyAsync(deal, now, ct);
                var today = await deals.DayAsync(now, ct);
                var granted = decided ?? Days(deal, policy, today);
                var until = await deals.EndOfDayAsync(now, granted, ct);
                if (await deals.MoveAsync(deal, act, DealTyped.Text(note), now, ct, now, until) is not { } next)
                {
                    return new DealOutcome.Stale();
                }

                await deals.InsertClaimAsync(deal.DealId, now, until, ct);
                await deals.KeepPolicyAsync(deal.DealId, policy, now, ct);
                await audit.RecordAsync("deal.approved", "deal", number, deal.PartnerId, new { from = now, until, sameAs, note }, ct);
                await actOnDeal.TellWitnessesAsync(deal, ct);
                await facts.AddAsync([new(deal.PartnerId, Metric.DealsApproved, null, today, 1)], ct);
                await news.TellClaimantAsync("approved", new ProtectedDeal(deal.DealId, number, deal.PartnerId, deal.CustomerName, today.AddDays(granted)), ct);
                return new DealOutcome.Done(number, next);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(DealStore.OneLiveClaim))
        {
            return await TakenAsync(number, ct);
        }
        catch (PostgresException refused) when (refused.Violates(ApprovalStore.OneStepEach) || refused.Violates(ApprovalStore.OpenOnly))
        {
            return new DealOutcome.Stale();
        }
    }

    /// <summary>For how long a deal is protected where the reviewer says nothing else: as the policy has it, or as long as was asked for where that is shorter.</summary>
    public async Task<int> DaysAsync(Deal deal, DateTime now, CancellationToken ct) => Days(deal, await deals.PolicyAsync(deal, now, ct), await deals.DayAsync(now, ct));

    static int Days(Deal deal, ProtectionPolicy policy, DateOnly today)
    {
        var asked = deal.PeriodUntil?.DayNumber - today.DayNumber;
        return asked is > 0 && asked < policy.ProtectionDays ? asked.Value : policy.ProtectionDays;
    }

    /// <summary>Rejects a deal.</summary>
    public Task<DealOutcome> RejectAsync(string number, int? version, string? reason, CancellationToken ct) =>
        DecideAsync(number, version, "reject", reason, "deal.rejected", "rejected", ct);

    /// <summary>Asks the claimant for more; it may then edit everything and gives the deal back.</summary>
    public Task<DealOutcome> RequestInformationAsync(string number, int? version, string? question, CancellationToken ct) =>
        DecideAsync(number, version, "request_information", question, "deal.information_requested", "information_requested", ct);

    /// <summary>Finds a deal to be a claim on a company that is taken. Customers named as the same company become one with its customer.</summary>
    public async Task<DealOutcome> MarkDuplicateAsync(string number, int? version, string? reason, IReadOnlyList<string> sameAs, CancellationToken ct)
    {
        try
        {
            return await actOnDeal.RunAsync(number, version, "mark_duplicate", reason, async (deal, act) =>
            {
                await JoinAsync(deal, sameAs, reason, ct);
                return await MoveAsync(deal, act, reason, "deal.marked_duplicate", "duplicate", ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(DealStore.OneLiveClaim))
        {
            return new DealOutcome.Refused("deals.refused.two_claims_meet");
        }
    }

    /// <summary>Approves what the policy lets pass by itself; run by the product.</summary>
    public async Task<DealOutcome> ApproveByPolicyAsync(string number, CancellationToken ct) => await ApproveAsync(number, null, null, [], null, ct);

    async Task<DealOutcome> DecideAsync(string number, int? version, string act, string? reason, string action, string what, CancellationToken ct)
    {
        try
        {
            return await actOnDeal.RunAsync(number, version, act, reason, async (deal, declared) =>
                deal.Status is not "information_requested" && await passStep.StopAsync(deal, act is "reject" ? "reject" : "ask", reason, ct) is { } refused ? refused
                    : await MoveAsync(deal, declared, reason, action, what, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(ApprovalStore.OneStepEach) || refused.Violates(ApprovalStore.OpenOnly))
        {
            return new DealOutcome.Stale();
        }
    }

    Task<DealOutcome> MoveAsync(Deal deal, DealAct act, string? reason, string action, string what, CancellationToken ct) =>
        actOnDeal.FinishAsync(deal, act, reason, new { from = deal.Status, to = act.To, reason }, () => news.TellClaimantAsync(what, deal, reason, ct), ct, action);

    // Locks first: the deal's own company and those that are joined to it, so that rivals wait instead of deadlocking. Where live claims of
    // others meet by it a dispute opens; a third claim on what is disputed is refused by the constraint.
    async Task JoinAsync(Deal deal, IReadOnlyList<string> sameAs, string? reason, CancellationToken ct)
    {
        var same = await clusters.HeldAsync([.. sameAs, deal.CustomerNumber], ct);
        var own = same.Single(customer => string.Equals(customer.Number, deal.CustomerNumber, StringComparison.Ordinal)).CustomerClusterId;
        foreach (var cluster in same.Select(customer => customer.CustomerClusterId).Distinct().Where(cluster => cluster != own))
        {
            await mergeClusters.JoinAsync(cluster, own, DealTyped.Text(reason) ?? $"review of {deal.Number}", ct);
        }
    }

    async Task<DealOutcome> TakenAsync(string number, CancellationToken ct)
    {
        var deal = await deals.FindAsync(number, ct);
        return deal is not null && await deals.FreeFromAsync(deal, clock.GetUtcNow().UtcDateTime, ct) is { } free
            ? new DealOutcome.Refused("deals.refused.taken_until", Formats.Date(free))
            : new DealOutcome.Refused("deals.refused.two_claims_meet");
    }
}
