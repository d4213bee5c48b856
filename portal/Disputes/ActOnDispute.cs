using Platform.Audit;
using Platform.Database;

namespace Portal.Disputes;

/// <summary>What every act on a dispute begins with: it is there, at the version that was seen, its state and the caller allow the act, and words are given where they are needed.</summary>
public sealed class ActOnDispute(Db db, DisputeStore disputes, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Runs <paramref name="work"/> in a transaction when nothing stands against the act.</summary>
    /// <param name="number">The dispute.</param>
    /// <param name="version">The version that was seen; null takes whichever is there.</param>
    /// <param name="actName">The act, by its name in <see cref="DisputeLifecycle"/>.</param>
    /// <param name="words">The reason given.</param>
    /// <param name="work">What the act does, with the reason as it is kept.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<DisputeOutcome> RunAsync(string number, int? version, string actName, string? words, Func<Dispute, DisputeAct, string?, Task<DisputeOutcome>> work, CancellationToken ct)
    {
        var act = DisputeLifecycle.Act(actName);
        return db.InTransactionAsync(async () =>
        {
            if (await disputes.FindAsync(number, clock.GetUtcNow().UtcDateTime, ct) is not { } dispute)
            {
                return new DisputeOutcome.Missing();
            }

            var said = DisputeOutcome.Words(words, 2000);
            return version is { } seen && seen != dispute.Version ? new DisputeOutcome.Stale()
                : !act.From.Contains(dispute.Status, StringComparer.Ordinal) ? new DisputeOutcome.Refused("disputes.refused.state")
                : !dispute.Allows(act.Name) ? new DisputeOutcome.Forbidden()
                : act.NeedsReason && said is null ? new DisputeOutcome.Invalid([new("reason", "disputes.invalid.words", 2000)])
                : await work(dispute, act, said);
        }, ct);
    }

    /// <summary>Writes the act into the audit, once for each side that may read of it, so that neither learns of the other there.</summary>
    public Task RecordAsync(string action, Dispute dispute, object? details, CancellationToken ct) =>
        audit.RecordAsync([.. dispute.Sides.Select(side => side.PartnerId).Distinct().Select(partner => new AuditAct(action, "dispute", dispute.Number, [partner], details))], ct);
}
