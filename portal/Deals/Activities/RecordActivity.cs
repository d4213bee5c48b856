using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Deals;

/// <summary>The claimant writes down what it did for a deal, corrects it, takes it back. Nothing that was written is overwritten.</summary>
public sealed class RecordActivity(ActOnDeal actOnDeal, ActivityStore activities, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Writes one down, or one in the place of another.</summary>
    public Task<DealOutcome> RunAsync(string number, ActivityTyped typed, CancellationToken ct) => OnceAsync(number, null, async (deal, now) =>
    {
        if (typed.Check(now) is { Count: > 0 } problems)
        {
            return new DealOutcome.Invalid(problems);
        }

        if (typed.Corrects is { } wrong && await activities.FindAsync(deal.DealId, wrong, ct) is null)
        {
            return new DealOutcome.Refused("activities.refused.gone");
        }

        var written = PublicNumber.New("DA");
        await activities.InsertAsync(deal, written, typed, now, ct);
        await audit.RecordAsync(typed.Corrects is null ? "deal.activity_recorded" : "deal.activity_corrected", "deal", number, deal.PartnerId,
            new { activity = written, typed.Corrects, typed.Kind, happenedAt = typed.HappenedAt ?? now, typed.NextStepDue }, ct);
        return new DealOutcome.Done(number, deal.Version);
    }, ct);

    /// <summary>Takes one back, with a reason.</summary>
    public Task<DealOutcome> RetractAsync(string number, string activity, string? reason, CancellationToken ct) => OnceAsync(number, reason, async (deal, now) =>
    {
        if (DealTyped.Text(reason) is not { Length: <= 2000 } why)
        {
            return new DealOutcome.Invalid([new("reason", "deals.invalid.reason")]);
        }

        if (await activities.FindAsync(deal.DealId, activity, ct) is null)
        {
            return new DealOutcome.Refused("activities.refused.gone");
        }

        await activities.RetractAsync(deal, PublicNumber.New("DA"), activity, why, now, ct);
        await audit.RecordAsync("deal.activity_retracted", "deal", number, deal.PartnerId, new { activity, reason = why }, ct);
        return new DealOutcome.Done(number, deal.Version);
    }, ct);

    async Task<DealOutcome> OnceAsync(string number, string? reason, Func<Deal, DateTime, Task<DealOutcome>> work, CancellationToken ct)
    {
        try
        {
            return await actOnDeal.RunAsync(number, null, "record_activity", reason, (deal, _) => work(deal, Now), ct);
        }
        catch (PostgresException refused) when (refused.Violates(ActivityStore.ReplacedOnce))
        {
            return new DealOutcome.Refused("activities.refused.gone");
        }
    }
}
