using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>Reads the facts that are kept, folded or not, and holds them against the base rows.</summary>
static class Facts
{
    /// <summary>The days of a metric of a partner that are not nothing: 2026-03-02 1000.</summary>
    public static async Task<List<string>> OfAsync(TestDatabase database, string partner, string metric) => await database.ListAsync<string>("""
        select day || ' ' || trim_scale(sum(value))
        from (select partner_id, metric, day, value from portal.kpi_daily union all select partner_id, metric, day, value from portal.kpi_delta) fact
        join portal.partner p using (partner_id)
        where p.number = @partner and metric = @metric
        group by day having sum(value) <> 0 order by day
        """, new { partner, metric });

    /// <summary>What <c>verify kpis</c> finds.</summary>
    public static async Task<IReadOnlyList<string>> FindingsAsync(TestDatabase database)
    {
        await using var db = database.As(Caller.System("test"));
        return (await new KpiCheck(db, new KpiDefinitions(db, TimeProvider.System)).RunAsync(default)).Findings;
    }

    /// <summary>As the verb <c>recompute kpis</c> does it, without the program around it.</summary>
    public static async Task RecomputeAsync(TestDatabase database)
    {
        await using var db = database.As(Caller.System("test"));
        foreach (var (part, from, until) in await db.ListAsync<(string, DateOnly, DateOnly)>("select part, from_month, until_month from kpi_recompute_months()", null, default))
        {
            await db.ExecuteAsync("select kpi_recompute_part(@part, @from, @until)", new { part, from, until }, default);
        }

        await db.ExecuteAsync("select kpi_recompute_levels()", null, default);
    }

    public static async Task FoldAsync(TestDatabase database)
    {
        await using var db = database.As(Caller.System("test"));
        await db.ExecuteAsync("select kpi_fold()", null, default);
    }

    /// <summary>What a yuan is worth to a brand that counts in dollars; without a rate nothing in yuan is in its figures.</summary>
    public static Task GivenARateAsync(TestDatabase database, decimal rate) => database.ExecuteAsync(
        "insert into portal.exchange_rate (currency, valid_from, rate, entered_at) values ('CNY', '2020-01-01', @rate, now()) on conflict do nothing", new { rate });
}
