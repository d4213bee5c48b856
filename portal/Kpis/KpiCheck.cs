using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Kpis;

/// <summary>Recomputes every roll-up from the base rows themselves and names each day, month or level that differs, and each version of a definition that cannot be computed.</summary>
public sealed class KpiCheck(Db db, KpiDefinitions kpis) : ICheck
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
            with day as materialized (
                select partner_id, metric, product_line_id, day, sum(kept) as kept, sum(computed) as computed
                from (select partner_id, metric, product_line_id, day, value as kept, 0 as computed from kpi_daily
                      union all select partner_id, metric, product_line_id, day, value, 0 from kpi_delta
                      union all select partner_id, metric, product_line_id, day, 0, value from kpi_fact_source) share
                group by partner_id, metric, product_line_id, day
            ), own_month as materialized (
                select partner_id, metric, product_line_id, date_trunc('month', day)::date as month, sum(computed) as computed from day group by 1, 2, 3, 4
            ), month as materialized (
                select partner_id, metric, product_line_id, month, sum(kept) as kept, sum(own) as own, sum(computed) as computed, sum(computed_own) as computed_own
                from (select partner_id, metric, product_line_id, month, value as kept, own, 0 as computed, 0 as computed_own from kpi_branch_month
                      union all select l.ancestor_id, d.metric, d.product_line_id, date_trunc('month', d.day)::date, d.value, case when l.ancestor_id = d.partner_id then d.value else 0 end, 0, 0
                                from kpi_delta d join partner_line l on l.partner_id = d.partner_id
                      union all select l.ancestor_id, d.metric, d.product_line_id, d.month, 0, 0, d.computed, case when l.ancestor_id = d.partner_id then d.computed else 0 end
                                from own_month d join partner_line l on l.partner_id = d.partner_id) share
                group by partner_id, metric, product_line_id, month
            ), level as (
                select partner_id, metric, product_line_id, sum(kept) as kept, sum(own) as own, sum(computed) as computed, sum(computed_own) as computed_own
                from (select partner_id, metric, product_line_id, branch as kept, own, 0 as computed, 0 as computed_own from kpi_level
                      union all select l.ancestor_id, d.metric, d.product_line_id, d.value, case when l.ancestor_id = d.partner_id then d.value else 0 end, 0, 0
                                from kpi_delta d join partner_line l on l.partner_id = d.partner_id
                                where kpi_is_level(d.metric)
                      union all select partner_id, metric, product_line_id, 0, 0, computed, computed_own from month where kpi_is_level(metric)) share
                group by partner_id, metric, product_line_id
            ), wrong as (
                select partner_id, metric, day, 'day' as what, kept, computed from day where kept <> computed
                union all
                select partner_id, metric, month, 'month', kept, computed from month where kept <> computed
                union all
                select partner_id, metric, month, 'own month', own, computed_own from month where own <> computed_own
                union all
                select partner_id, metric, null, 'level', kept, computed from level where kept <> computed
                union all
                select partner_id, metric, null, 'own level', own, computed_own from level where own <> computed_own
                union all
                -- What is written down as counted is what the next change is held against.
                select partner_id, metric, day, 'facts written down', sum(kept), sum(computed)
                from (select subject, key, part, partner_id, metric, product_line_id, day, value as kept, 0 as computed from kpi_counted
                      union all select 'deal', key, part, partner_id, metric, product_line_id, day, 0, value from kpi_deal_path_fact
                      union all select 'customer', key, part, partner_id, metric, product_line_id, day, 0, value from kpi_new_customer_fact
                      union all select 'quote', key, part, partner_id, metric, product_line_id, day, 0, value from kpi_quote_value_fact
                      union all select 'promise', key, part, partner_id, metric, product_line_id, day, 0, value from kpi_promise_fact
                      union all select 'report', key, part, partner_id, metric, product_line_id, day, 0, value from kpi_report_fact) counted
                group by subject, key, part, partner_id, metric, product_line_id, day
                having sum(kept) <> sum(computed)
            )
            select format('%s of %s, the %s%s: kept %s, computed %s', w.metric, p.number, w.what, ' of ' || w.day, w.kept, w.computed)
            from wrong w join partner p using (partner_id) order by w.day, p.number, w.metric limit 100
            """, null, ct);
        findings.AddRange(await BrokenAsync(ct));
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"{looked.Days:N0} days of partners and {looked.Months:N0} months of branches"), findings);
    }, ct);

    // A version is looked at on its first day, with the versions of the others that held then.
    async Task<IEnumerable<string>> BrokenAsync(CancellationToken ct)
    {
        var published = await kpis.PublishedAsync(ct);
        var beginning = DefineKpi.Beginning(published);
        return [.. from version in published
                   let day = version.ValidFrom ?? beginning
                   let book = DefineKpi.Book(published.Where(other => other.Holds(day)))
                   where Attainments.WriteOut(book, version) is null
                   select $"version {version.Ordinal} of {version.Number} cannot be computed: {version.Formula}"];
    }

    sealed record Looked(long Days, long Months);
}
