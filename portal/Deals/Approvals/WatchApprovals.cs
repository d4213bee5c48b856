using Platform.Audit;
using Platform.Database;
using Platform.Jobs;

namespace Portal.Deals;

/// <summary>The clock of approvals: reminds a queue once when its time is up, escalates once when as much time again has passed, and approves what the policy lets pass.</summary>
public sealed class WatchApprovals(Db db, ApprovalStore approvals, ApproveByPolicy approveByPolicy, DealNews news, AuditTrail audit, TimeProvider clock) : IScheduledJob
{
    const int AtOnce = 100;

    /// <summary>Does it for all that are due.</summary>
    public async Task<(int Reminded, int Escalated)> RunAsync(CancellationToken ct)
    {
        foreach (var number in await approvals.ByPolicyAsync(ct))
        {
            await approveByPolicy.RunAsync(number, ct);
        }

        return (await AllAsync(escalates: false, ct), await AllAsync(escalates: true, ct));
    }

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    Task<int> AllAsync(bool escalates, CancellationToken ct) => db.InPortionsAsync(AtOnce, async () =>
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var steps = await approvals.OverdueAsync(escalates, now, AtOnce, ct);
        await audit.RecordAsync([.. steps.Select(step => new AuditAct(escalates ? "deal.review_escalated" : "deal.review_overdue", "deal", step.Number, [step.PartnerId], new { step.Queue, to = escalates ? step.EscalateTo : null }))], ct);
        foreach (var step in steps)
        {
            await news.TellQueueAsync(escalates ? "review_escalated" : "review_overdue", step, escalates ? step.EscalateTo : step.Queue, now, ct);
        }

        return steps.Count;
    }, ct);
}
