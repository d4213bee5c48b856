using Platform.Database;
using Portal.Customers;
using Portal.Deals;
using Portal.Start;
using Portal.Web;

namespace Portal.Pipeline;

/// <summary>Stage, next step and moves on a deal's page; of an ended one why it ended.</summary>
sealed class StageOfDeal(PipelineStore pipeline, TimeProvider clock) : IDealPart
{
    public bool IsAside => true;

    public int Order => 5;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var open = await pipeline.FindAsync(deal.Number, now, ct);
        var closing = open is null ? await pipeline.ClosingAsync(deal.DealId, ct) : null;
        if (open is null && closing is null)
        {
            return null;
        }

        var stages = open is not null && deal.Allows("move_stage") ? (await pipeline.StagesAsync(ct)).FindAll(stage => !stage.IsRetired) : [];
        return new("/Pipeline/_StageOfDeal.cshtml", new StageCard(deal, open, closing, stages, await pipeline.MovesAsync(deal.DealId, ct), (await pipeline.BrandAsync(now, ct)).Today));
    }
}

/// <summary>What <c>_StageOfDeal.cshtml</c> shows.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Open">Its place in the pipeline, while it is open.</param>
/// <param name="Closing">Why it ended.</param>
/// <param name="Stages">The stages it can be moved to by whoever looks at it.</param>
/// <param name="Moves">The stages it went through.</param>
/// <param name="Today">The brand's day.</param>
public sealed record StageCard(Deal Deal, PipelineDeal? Open, DealClosing? Closing, IReadOnlyList<PipelineStage> Stages, IReadOnlyList<StageMove> Moves, DateOnly Today);

/// <summary>Stuck deals and next steps that are due, for those who pursue them.</summary>
sealed class PipelineWaiting(Db db, ICurrentPerson me, TimeProvider clock) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        if (me.IsBrand || !me.Has("sales", "partner_admin"))
        {
            return [];
        }

        var (stuck, due) = await db.OneAsync<(int, int)>("""
            select count(*) filter (where v.stage_since < @now - make_interval(days => v.stuck_days))::integer,
                   count(*) filter (where next.due < brand_day(@now))::integer
            from pipeline_deal v
            left join lateral (
                select x.due from (
                    select v.next_step_due as due, v.next_step_at as at where v.next_step_at is not null
                    union all
                    select a.next_step_due, a.recorded_at from deal_activity_current a where a.deal_id = v.deal_id and a.next_step is not null
                ) x order by x.at desc limit 1
            ) next on true
            where v.partner_id = app_partner_id()
            """, new { now = clock.GetUtcNow().UtcDateTime }, ct);
        return
        [
            new("pipeline.waiting.due", due, "/pipeline/list?due=overdue", "calendar-due") { IsUrgent = true },
            new("pipeline.waiting.stuck", stuck, "/pipeline/list?stuck=yes", "hourglass"),
        ];
    }
}
