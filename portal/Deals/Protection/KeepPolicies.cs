using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Deals;

/// <summary>The brand's administrators draft, change, publish and throw away versions of protection policies. What is published stays.</summary>
public sealed class KeepPolicies(Db db, PolicyStore policies, DealStore deals, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Drafts a version.</summary>
    public Task<DealOutcome> DraftAsync(PolicyFacts facts, CancellationToken ct) => CheckedAsync(facts, async line =>
    {
        var number = PublicNumber.New("PP");
        await policies.InsertAsync(number, facts, line, Now, ct);
        await audit.RecordAsync("protection_policy.drafted", "protection_policy", number, null, facts, ct);
        return new DealOutcome.Done(number, 1);
    }, ct);

    /// <summary>Changes a draft.</summary>
    public Task<DealOutcome> ChangeAsync(string number, int version, PolicyFacts facts, CancellationToken ct) => CheckedAsync(facts, async line =>
    {
        if (await MissingOrPublishedAsync(number, ct) is { } refused)
        {
            return refused;
        }

        if (await policies.UpdateAsync(number, version, facts, line, ct) is not { } next)
        {
            return new DealOutcome.Stale();
        }

        await audit.RecordAsync("protection_policy.changed", "protection_policy", number, null, facts, ct);
        return new DealOutcome.Done(number, next);
    }, ct);

    /// <summary>Publishes a draft: from its day on it holds for its case, in the place of the version before.</summary>
    public async Task<DealOutcome> PublishAsync(string number, int version, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(async () =>
            {
                if (await MissingOrPublishedAsync(number, ct) is { } refused)
                {
                    return refused;
                }

                var draft = (await policies.FindAsync(number, Now, ct))!;
                if (draft.EffectiveFrom < await deals.DayAsync(Now, ct))
                {
                    return new DealOutcome.Refused("policies.refused.day_is_past");
                }

                if (await policies.PublishAsync(number, version, Now, ct) is not { } next)
                {
                    return new DealOutcome.Stale();
                }

                await audit.RecordAsync("protection_policy.published", "protection_policy", number, null, new { draft.EffectiveFrom, before = (await policies.BeforeAsync(draft, Now, ct))?.Number }, ct);
                return new DealOutcome.Done(number, next);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(PolicyStore.OneADay))
        {
            return new DealOutcome.Refused("policies.refused.same_day");
        }
    }

    /// <summary>Throws a draft away.</summary>
    public Task<DealOutcome> DiscardAsync(string number, int version, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await MissingOrPublishedAsync(number, ct) is { } refused)
        {
            return refused;
        }

        if (await policies.DeleteAsync(number, version, ct) is null)
        {
            return new DealOutcome.Stale();
        }

        await audit.RecordAsync("protection_policy.discarded", "protection_policy", number, null, new { number }, ct);
        return new DealOutcome.Done(number, version);
    }, ct);

    async Task<DealOutcome> CheckedAsync(PolicyFacts facts, Func<long?, Task<DealOutcome>> work, CancellationToken ct)
    {
        var line = facts.ProductLine is { } code ? await policies.LineAsync(code, ct) : null;
        return facts.Check(await deals.DayAsync(Now, ct), facts.ProductLine is null || line is not null) is { Count: > 0 } problems
            ? new DealOutcome.Invalid(problems)
            : await db.InTransactionAsync(() => work(line), ct);
    }

    async Task<DealOutcome?> MissingOrPublishedAsync(string number, CancellationToken ct) => await policies.FindAsync(number, Now, ct) switch
    {
        null => new DealOutcome.Missing(),
        { IsDraft: false } => new DealOutcome.Refused("policies.refused.published"),
        _ => null,
    };
}
