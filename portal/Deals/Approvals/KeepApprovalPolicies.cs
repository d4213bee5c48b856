using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Deals;

/// <summary>The brand's administrators draft, change, publish and throw away versions of approval policies. What is published stays.</summary>
public sealed class KeepApprovalPolicies(Db db, ApprovalPolicyStore policies, DealStore deals, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Drafts a version.</summary>
    public Task<DealOutcome> DraftAsync(ApprovalFacts facts, CancellationToken ct) => CheckedAsync(facts, async keys =>
    {
        var number = PublicNumber.New("AP");
        await policies.InsertAsync(number, facts, keys, Now, ct);
        await audit.RecordAsync("approval_policy.drafted", "approval_policy", number, null, facts, ct);
        return new DealOutcome.Done(number, 1);
    }, ct);

    /// <summary>Changes a draft.</summary>
    public Task<DealOutcome> ChangeAsync(string number, int version, ApprovalFacts facts, CancellationToken ct) => CheckedAsync(facts, async keys =>
        await DraftOnlyAsync(number, async () => await policies.UpdateAsync(number, version, facts, keys, ct), "approval_policy.changed", facts, ct), ct);

    /// <summary>Publishes a draft: from its day on registrations of its case are decided by it.</summary>
    public async Task<DealOutcome> PublishAsync(string number, int version, CancellationToken ct)
    {
        if (await policies.FindAsync(number, Now, ct) is { IsDraft: true } draft && draft.EffectiveFrom < await deals.DayAsync(Now, ct))
        {
            return new DealOutcome.Refused("policies.refused.day_is_past");
        }

        try
        {
            return await db.InTransactionAsync(() => DraftOnlyAsync(number, () => policies.PublishAsync(number, version, Now, ct), "approval_policy.published", new { number }, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(ApprovalPolicyStore.OneADay))
        {
            return new DealOutcome.Refused("policies.refused.same_day");
        }
    }

    /// <summary>Throws a draft away.</summary>
    public Task<DealOutcome> DiscardAsync(string number, int version, CancellationToken ct) =>
        db.InTransactionAsync(() => DraftOnlyAsync(number, () => policies.DeleteAsync(number, version, ct), "approval_policy.discarded", new { number }, ct), ct);

    async Task<DealOutcome> CheckedAsync(ApprovalFacts facts, Func<(long?, long?), Task<DealOutcome>> work, CancellationToken ct)
    {
        var keys = await policies.KeysAsync(facts.ProductLine, facts.Territory, ct);
        return facts.Check(await deals.DayAsync(Now, ct), facts.ProductLine is null == keys.Line is null, facts.Territory is null == keys.Territory is null) is { Count: > 0 } problems
            ? new DealOutcome.Invalid(problems)
            : await db.InTransactionAsync(() => work(keys), ct);
    }

    async Task<DealOutcome> DraftOnlyAsync(string number, Func<Task<int?>> change, string action, object details, CancellationToken ct)
    {
        switch (await policies.FindAsync(number, Now, ct))
        {
            case null:
                return new DealOutcome.Missing();
            case { IsDraft: false }:
                return new DealOutcome.Refused("policies.refused.published");
            default:
                if (await change() is not { } next)
                {
                    return new DealOutcome.Stale();
                }

                await audit.RecordAsync(action, "approval_policy", number, null, details, ct);
                return new DealOutcome.Done(number, next);
        }
    }
}
