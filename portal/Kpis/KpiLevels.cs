using Platform.Database;
using Portal.Kpis.Metrics;

namespace Portal.Kpis;

/// <summary>
/// Reads what stands at the end of a day: pipeline, receivables, stock. However long the history, what is read is a row a partner and product line, the months after the day's, and the days between the day and the end
/// of its month; the functions <c>kpi_own_level</c> and <c>kpi_branch_level</c> do the same for SQL of other features. What the caller may not see is not there.
/// </summary>
public sealed class KpiLevels(Db db)
{
    /// <summary>Own levels of all partners the caller sees, or of one.</summary>
    /// <param name="metrics">Some of <see cref="MetricCatalog.Balances"/>.</param>
    /// <param name="day">At the end of which day.</param>
    /// <param name="partnerId">One partner, or null for all.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<Level>> OwnAsync(IReadOnlyCollection<string> metrics, DateOnly day, long? partnerId, CancellationToken ct) => db.ListAsync<Level>($"""
        select partner_id, metric, product_line_id, value from kpi_own_level(@metrics, @day) {(partnerId is null ? "" : "where partner_id = @partnerId")}
        """, new { metrics, day, partnerId }, ct);

    /// <summary>The levels of a branch: the partner and all below it.</summary>
    /// <param name="partnerId">The branch's root; the brand's is the whole channel.</param>
    /// <param name="metrics">Some of <see cref="MetricCatalog.Balances"/>.</param>
    /// <param name="day">At the end of which day.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<Level>> BranchAsync(long partnerId, IReadOnlyCollection<string> metrics, DateOnly day, CancellationToken ct) => db.ListAsync<Level>("""
        select partner_id, metric, product_line_id, value from kpi_branch_level(@metrics, @day) where partner_id = @partnerId
        """, new { partnerId, metrics, day }, ct);

    /// <summary>The levels of a branch at the ends of months, all product lines together: what a trend shows.</summary>
    /// <param name="partnerId">The branch's root.</param>
    /// <param name="metrics">Some of <see cref="MetricCatalog.Balances"/>.</param>
    /// <param name="from">First day of the first month.</param>
    /// <param name="until">First day of the month after the last.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<MetricMonth>> MonthEndsAsync(long partnerId, IReadOnlyCollection<string> metrics, DateOnly from, DateOnly until, CancellationToken ct) => db.ListAsync<MetricMonth>("""
        with whole as (
            select metric, sum(branch) as value from kpi_level where partner_id = @partnerId and metric = any (@metrics) group by metric
        ), change as (
            select metric, month, sum(value) as value from kpi_branch_month where partner_id = @partnerId and metric = any (@metrics) and month > @from group by metric, month
        )
        select w.metric, m.month::date as month, w.value - coalesce((select sum(c.value) from change c where c.metric = w.metric and c.month > m.month), 0) as value
        from whole w cross join generate_series(@from::date::timestamp, @until::date - interval '1 day', interval '1 month') as m (month)
        order by w.metric, m.month
        """, new { partnerId, metrics, from, until }, ct);
}

/// <summary>A level at the end of a day.</summary>
/// <param name="PartnerId">Whose.</param>
/// <param name="Metric">One of <see cref="MetricCatalog.Balances"/>.</param>
/// <param name="ProductLineId">The product line, where the metric knows one.</param>
/// <param name="Value">What stood.</param>
public sealed record Level(long PartnerId, string Metric, long? ProductLineId, decimal Value);
