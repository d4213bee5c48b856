using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Kpis;

/// <summary>Recomputes every roll-up from the orders and deals themselves and names each day or month that differs.</summary>
public sealed class KpiCheck(Db db) : ICheck
{
    /// <inheritdoc/>
    public string Name => "kpis";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        // What still waits to be folded belongs to the roll-ups; nobody adds between this and the comparison that sees another state,
        // because the comparison is one statement over one snapshot.
        var looked = await db.OneAsync<Looked>("""
            select (select count(*) from kpi_daily) as days, (select count(*) from kpi_branch_month) as months
            """, null, ct);
        var findings = await db.ListAsync<string>("""
            with kept as (
                select partner_id, metric, product_line_id, day, sum(value) as value
                from (select partner_id, metric, product_line_id, day, value from kpi_daily
                      union all select partner_id, metric, product_line_id, day, value from kpi_delta) shares
                group by partner_id, metric, product_line_id, day
            ), computed as (
                select partner_id, metric, product_line_id, day, sum(value) as value from kpi_fact_source group by partner_id, metric, product_line_id, day
            ), months as (
                select partner_id, metric, product_line_id, month, sum(value) as value
                from (select partner_id, metric, product_line_id, month, value from kpi_branch_month
                      union all select l.ancestor_id, d.metric, d.product_line_id, date_trunc('month', d.day)::date, d.value
                                from kpi_delta d join partner_line l on l.partner_id = d.partner_id) shares
                group by partner_id, metric, product_line_id, month
            ), computed_months as (
                select l.ancestor_id as partner_id, c.metric, c.product_line_id, date_trunc('month', c.day)::date as month, sum(c.value) as value
                from computed c join partner_line l on l.partner_id = c.partner_id
                group by 1, 2, 3, 4
            ), wrong as (
                select coalesce(k.partner_id, c.partner_id) as partner_id, coalesce(k.metric, c.metric) as metric, coalesce(k.day, c.day) as day, 'day' as what,
                       coalesce(k.value, 0) as kept, coalesce(c.value, 0) as computed
                from kept k full join computed c on (k.partner_id, k.metric, k.day) = (c.partner_id, c.metric, c.day) and k.product_line_id is not distinct from c.product_line_id
                where coalesce(k.value, 0) <> coalesce(c.value, 0)
                union all
                select coalesce(k.partner_id, c.partner_id), coalesce(k.metric, c.metric), coalesce(k.month, c.month), 'month',
                       coalesce(k.value, 0), coalesce(c.value, 0)
                from months k full join computed_months c on (k.partner_id, k.metric, k.month) = (c.partner_id, c.metric, c.month) and k.product_line_id is not distinct from c.product_line_id
                where coalesce(k.value, 0) <> coalesce(c.value, 0)
            )
            select format('%s of %s, the %s of %s: kept %s, computed %s', w.metric, p.number, w.what, w.day, w.kept, w.computed)
            from wrong w join partner p using (partner_id) order by w.day, p.number, w.metric limit 100
            """, null, ct);
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"{looked.Days:N0} days of partners and {looked.Months:N0} months of branches"), findings);
    }, ct);

    sealed record Looked(long Days, long Months);
}
