using Platform.Audit;
using Platform.Database;
using Platform.Jobs;

namespace Portal.Disputes;

/// <summary>
/// Tells the brand's administrators of disputes whose time is over, once each, and ends those that have no object any more because a side's
/// claim has run out or was given up. Meanwhile nobody else got the customer: the constraint on claims holds it for both. Run by the product itself.
/// </summary>
public sealed class WatchDisputes(Db db, DisputeStore disputes, DecideDispute decideDispute, AuditTrail audit, DisputeNews news, TimeProvider clock) : IScheduledJob
{
    /// <summary>Does it for all that are due.</summary>
    public async Task<WatchedDisputes> RunAsync(CancellationToken ct)
    {
        var ended = await disputes.WithoutObjectAsync(clock.GetUtcNow().UtcDateTime, ct);
        foreach (var (number, free) in ended)
        {
            await decideDispute.VoidAsync(number, free ? "disputes.void.free" : "disputes.void.claim_ended", ct);
        }

        return new(await EscalateAsync(ct), ended.Count);
    }

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    Task<int> EscalateAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var late = await disputes.EscalateAsync(now, ct);
        foreach (var number in late)
        {
            var dispute = (await disputes.FindAsync(number, now, ct))!;
            await audit.RecordAsync("dispute.escalated", "dispute", number, null, null, ct);
            await news.TellAsync("overdue", dispute.DisputeId, number, "brand_admin", null, ct);
            await news.TellAsync("overdue", dispute.DisputeId, number, "deal_desk", null, ct);
        }

        return late.Count;
    }, ct);
}

/// <summary>What a run of <see cref="WatchDisputes"/> did.</summary>
/// <param name="Escalated">Disputes the administrators were told of.</param>
/// <param name="Ended">Disputes that had no object any more.</param>
public sealed record WatchedDisputes(int Escalated, int Ended);
