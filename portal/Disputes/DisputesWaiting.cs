using Platform.Database;
using Portal.Start;
using Portal.Web;

namespace Portal.Disputes;

/// <summary>The disputes that wait for the person at work: to be decided, overdue, or asking for evidence.</summary>
sealed class DisputesWaiting(Db db, ICurrentPerson me, TimeProvider clock) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (me.Has("deal_desk", "brand_admin"))
        {
            var brand = await db.OneAsync<(int Running, int Overdue)>("""
                select count(*)::integer, count(*) filter (where due_at <= @now)::integer from dispute where ended_at is null
                """, new { now }, ct);
            return me.Has("deal_desk")
                ? [new("disputes.waiting.decide", brand.Running, "/disputes?status=running", "gavel") { IsUrgent = brand.Overdue > 0 }]
                : [new("disputes.waiting.overdue", brand.Overdue, "/disputes?overdue=yes", "gavel") { IsUrgent = true }];
        }

        return me.IsBrand || !me.Has("sales", "partner_admin") ? [] :
        [
            new("disputes.waiting.evidence", await db.OneAsync<int>("""
                select count(*)::integer from dispute d join dispute_side s using (dispute_id)
                where d.status = 'awaiting_evidence' and s.side = d.asked_side and s.partner_id = app_partner_id()
                """, null, ct), "/disputes?status=awaiting_evidence", "gavel") { IsUrgent = true },
        ];
    }
}
