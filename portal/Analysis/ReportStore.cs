using Platform.Database;
using Portal.Kpis;

namespace Portal.Analysis;

/// <summary>Reads reports: for the brand of the whole channel, for a partner of its own branch. Row-level security has the last word.</summary>
public sealed class ReportStore(Db db, BrandCalendar calendar)
{
    /// <summary>The period that is shown where none is asked for: the twelve months that end with this one.</summary>
    public async Task<Period> UsualAsync(CancellationToken ct) => Period.Of(PeriodKind.Rolling12, (await calendar.TodayAsync(ct)).Today);

    /// <summary>One report of a period.</summary>
    public Task<ReportFigures> ReadAsync(Report report, Period period, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var (today, currency) = await calendar.TodayAsync(ct);
        var arguments = new
        {
            start = period.Start, end = period.End, yearBefore = period.YearBefore.Start, yearBeforeEnd = period.YearBefore.End, before = period.Start.AddMonths(-period.Months), today, period = period.ToString(),
        };
        var rows = await db.ListAsync<ReportRow>(report.Rows, arguments, ct);
        return new ReportFigures(report, period, currency, rows, await db.FindAsync<ReportSums>(report.Sums, arguments, ct) ?? new(null, null, null, null));
    }, ct);

    /// <summary>What a partner could buy besides: products it did not order for a year, which are bought together with those it did; the strongest first.</summary>
    public Task<List<CrossSell>> ForPartnerAsync(long partnerId, CancellationToken ct) => db.TogetherAsync(async () => await db.ListAsync<CrossSell>("""
        with bought as materialized (
            select distinct l.product_id
            from purchase_order o join purchase_order_line l using (purchase_order_id)
            where o.buyer_id = @partnerId and o.ordered_on > @today - @Days and o.status not in ('draft', 'pending_approval', 'cancelled', 'rejected')
        ), proposed as (
            select distinct on (c.other_id) c.other_id, c.product_id, c.together, c.together::numeric / c.with_product as confidence, round(c.together::numeric * c.orders / (c.with_product::numeric * c.with_other), 2) as lift
            from bought b join co_purchase c on c.product_id = b.product_id and c.seller_id is not distinct from case when app_is_brand() then null else app_partner_id() end
            where c.other_id not in (select product_id from bought) and c.together::numeric * c.orders > c.with_product::numeric * c.with_other
            order by c.other_id, c.together::numeric * c.orders / (c.with_product::numeric * c.with_other) desc
        )
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, w.name as with_name, coalesce(w.name_zh, w.name) as with_name_zh, x.together, x.confidence, x.lift
        from proposed x
        join product p on p.product_id = x.other_id and p.status = 'active'
        join product w on w.product_id = x.product_id
        order by x.lift * x.confidence desc, p.sku
        limit 5
        """, new { partnerId, (await calendar.TodayAsync(ct)).Today, CountCoPurchases.Days }, ct), ct);
}

/// <summary>Something a partner could buy besides.</summary>
public sealed record CrossSell(string Sku, string Name, string NameZh, string WithName, string WithNameZh, int Together, decimal Confidence, decimal Lift);
