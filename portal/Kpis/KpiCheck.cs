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
            with day as (
                select partner_id, metric, product_line_id, day, sum(kept) as kept, sum(computed) as computed
                from (select partner_id, metric, product_line_id, day, value as kept, 0 as computed from kpi_daily
                      union all select partner_id, metric, product_line_id, day, value, 0 from kpi_delta
                      union all select partner_id, metric, product_line_id, day, 0, value from kpi_fact_source) share
                group by partner_id, metric, product_line_id, day
            ), month as (
                select partner_id, metric, product_line_id, month, sum(kept) as kept, sum(computed) as computed
                from (select partner_id, metric, product_line_id, month, value as kept, 0 as computed from kpi_branch_month
                      union all select l.ancestor_id, d.metric, d.product_line_id, date_trunc('month', d.day)::date, d.value, 0
                                from kpi_delta d join partner_line l on l.partner_id = d.partner_id
                      union all select l.ancestor_id, d.metric, d.product_line_id, date_trunc('month', d.day)::date, 0, d.computed
                                from day d join partner_line l on l.partner_id = d.partner_id) share
                group by partner_id, metric, product_line_id, month
            ), wrong as (
                select partner_id, metric, day, 'day' as what, kept, computed from day where kept <> computed
                union all
                select partner_id, metric, month, 'month', kept, computed from month where kept <> computed
            )
            select format('%s of %s, the %s of %s: kept %s, computed %s', w.metric, p.number, w.what, w.day, w.kept, w.computed)
            from wrong w join partner p using (partner_id) order by w.day, p.number, w.metric limit 100
            """, null, ct);
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"{looked.Days:N0} days of partners and {looked.Months:N0} months of branches"), findings);
    }, ct);

    sealed record Looked(long Days, long Months);
}
