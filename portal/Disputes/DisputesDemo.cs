using Platform.Database;
using Portal.Customers;
using Portal.Deals;
using Portal.Demo;

namespace Portal.Disputes;

/// <summary>
/// The demo's disputes: a claimant that was refused has filed one and the brand asked the holder; two protected customers were found to be
/// one company. And the brand's calendar.
/// </summary>
sealed class DisputesDemo(Db db, DealStore deals, ScreenClaim screenClaim, DisputeStore disputes, ClusterStore clusters, MergeClusters mergeClusters, TimeProvider clock) : IDemoPart
{
    public int Order => 42;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        await KeepCalendarAsync(ct);
        await ActAsAsync("BEICHEN", ct);
        await FileAsync(await DealAsync("BEICHEN", "苏州金鸡湖国际酒店管理有限公司", ct), ct);
        await ActAsAsync("NORTHLIGHT", ct);
        await MergeAsync(await DealAsync("HUAXIN", "杭州云栖智谷科技有限公司", ct), await DealAsync("JIANGNAN", "西溪数字客厅运营有限公司", ct), ct);
        await ActAsAsync(null, ct);
    }

    async Task FileAsync(string number, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var deal = (await deals.FindAsync(number, ct))!;
        await screenClaim.RunAsync(deal, await deals.PolicyAsync(deal, now, ct), now.AddHours(-5), ct);
        var dispute = PublicNumber.From("DP", "demo dispute");
        var id = await disputes.FileAsync(number, dispute, now.AddHours(-4), ct);
        await disputes.InsertStatementAsync(id, "claimant", deal.PartnerId, "我们自一月起与酒店总经理办公室对接，二月已完成现场勘测并提交方案，附会议纪要。", byBrand: false, now.AddHours(-4), ct);
        var holder = (await disputes.FindAsync(dispute, now, ct))!.Sides.First(side => side.Side is "holder");
        await ActAsAsync("NORTHLIGHT", ct);
        await disputes.InsertStatementAsync(id, "holder", holder.PartnerId, "请说明最近一次与客户会面的时间与参加人员。", byBrand: true, now.AddHours(-2), ct);
        await disputes.MoveAsync((await disputes.FindAsync(dispute, now, ct))!, DisputeLifecycle.Act("ask"), "holder", null, now.AddHours(-2), ct);
    }

    async Task MergeAsync(string kept, string other, CancellationToken ct)
    {
        var (into, from) = ((await deals.FindAsync(kept, ct))!, (await deals.FindAsync(other, ct))!);
        await clusters.HeldAsync([into.CustomerNumber, from.CustomerNumber], ct);
        await mergeClusters.JoinAsync(from.CustomerClusterId, into.CustomerClusterId, "工商登记显示两者为同一主体，后者为项目名称。", ct);
    }

    Task<string> DealAsync(string partner, string customer, CancellationToken ct) => db.OneAsync<string>("""
        select d.number from deal d join partner p using (partner_id) join end_customer c on c.end_customer_id = d.end_customer_id
        where p.code = @partner and c.name = @customer order by d.deal_id desc limit 1
        """, new { partner, customer }, ct);

    // The State Council's arrangement for 2026.
    Task KeepCalendarAsync(CancellationToken ct) => db.ExecuteAsync("""
        insert into working_day_exception (day, works, name)
        select d.day::date, extract(isodow from d.day) >= 6, h.name
        from (values ('2026-01-01', '2026-01-03', '元旦'), ('2026-02-15', '2026-02-23', '春节'), ('2026-04-04', '2026-04-06', '清明节'), ('2026-05-01', '2026-05-05', '劳动节'),
                     ('2026-06-19', '2026-06-21', '端午节'), ('2026-09-25', '2026-09-27', '中秋节'), ('2026-10-01', '2026-10-07', '国庆节')) as h (first_day, last_day, name)
        cross join generate_series(h.first_day::date, h.last_day::date, interval '1 day') as d (day)
        where extract(isodow from d.day) < 6
        union all
        select day::date, true, '调休上班' from unnest(array['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10']) as worked (day)
        on conflict (day) do nothing
        """, null, ct);

    Task ActAsAsync(string? partner, CancellationToken ct) => db.ExecuteAsync("""
        select set_config('app.person_id', coalesce((
            select min(w.person_id)::text from person w join partner p using (partner_id) join person_role r using (person_id)
            where p.code = @partner and w.kind = 'person' and r.role in ('sales', 'deal_desk')), ''), true)
        """, new { partner }, ct);
}
