using Platform.Database;
using Portal.Demo;

namespace Portal.Pipeline;

/// <summary>The demo's open deals stand in all stages, some of them for too long; those that ended say why.</summary>
sealed class PipelineDemo(Db db) : IDemoPart
{
    public int Order => 46;

    public Task SeedAsync(DateOnly today, CancellationToken ct) => db.ExecuteAsync("""
        with open as (
            select v.deal_id, v.partner_id, v.pipeline_stage_id as first_stage_id, v.stage_since, d.created_by, row_number() over (order by d.created_at, d.deal_id) as place,
                   v.status in ('approved', 'converted') as protected
            from pipeline_deal v join deal d using (deal_id)
        ), stage as (
            select s.pipeline_stage_id, row_number() over (order by s.position) as place, (select count(*) from pipeline_stage where retired_at is null) as stages from pipeline_stage s where s.retired_at is null
        ), goal as (
            select o.*, s.pipeline_stage_id as stage_id, @today::date - (o.place * 5 % 34)::integer as since
            from open o join stage s on s.place = 1 + case when o.protected then (o.place % s.stages) else (o.place % 2) end
        ), placed as (
            insert into deal_stage (deal_id, partner_id, pipeline_stage_id, since, next_step, next_step_due, next_step_at, updated_at)
            select g.deal_id, g.partner_id, g.stage_id, greatest(g.since::timestamptz, g.stage_since),
                   (array['与客户确认预算', '安排现场演示', '提交修订方案', 'Call the buyer about the tender', 'Agree on the delivery date'])[1 + g.place % 5],
                   @today::date + (g.place * 3 % 17)::integer - 4, greatest(g.since::timestamptz, g.stage_since), greatest(g.since::timestamptz, g.stage_since)
            from goal g
        ), moved as (
            insert into deal_stage_move (deal_id, partner_id, from_stage_id, to_stage_id, days_there, person_id, moved_at)
            select g.deal_id, g.partner_id, g.first_stage_id, g.stage_id, greatest(0, g.since - g.stage_since::date), g.created_by, greatest(g.since::timestamptz, g.stage_since)
            from goal g where g.stage_id <> g.first_stage_id
        )
        insert into deal_closing (deal_id, partner_id, outcome, close_reason_id, note, from_stage_id, person_id, closed_at)
        select d.deal_id, d.partner_id, d.status, r.close_reason_id, null, (select pipeline_stage_id from pipeline_stage where code = 'negotiation'), d.created_by, d.closed_at
        from deal d join close_reason r on r.outcome = d.status and r.code = 'price'
        where d.status in ('won', 'lost')
        """, new { today }, ct);
}
