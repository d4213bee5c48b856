using System.Globalization;
using Platform.Database;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;

namespace Portal.Kpis;

/// <summary>
/// Reads figures and targets of many partners in many periods at once, for trends, reviews and every "what if": one statement over the months of the roll-ups, however many partners and periods there are.
/// Each period is read with the versions of its own time. Points are computed from it in memory by <see cref="Score"/>, as often as somebody likes to change a weight.
/// </summary>
public sealed class ScoreHistory(Db db, KpiDefinitions kpis, KpiStore store, BrandCalendar calendar)
{
    /// <summary>Reads it.</summary>
    /// <param name="periods">Of one kind, the first to the last.</param>
    /// <param name="partnerId">One partner, or null for all that the caller may see.</param>
    /// <param name="also">KPIs that are read though no card of these periods weighs them.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<History> ReadAsync(IReadOnlyList<Period> periods, long? partnerId, IReadOnlyCollection<long> also, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var cards = await store.ScorecardsAsync(periods, ct);
        var published = await kpis.PublishedAsync(ct);
        var today = (await calendar.TodayAsync(ct)).Today;
        long[] asked = [.. cards.SelectMany(card => card.Lines.Select(line => line.KpiDefinitionId).Concat(card.Conditions.Select(condition => condition.KpiDefinitionId))).Concat(also).Distinct().Order()];
        var statement = new HistoryStatement(periods, [.. asked.Select(kpi => Versions(kpi, periods, published))], partnerId is not null);
        var partners = await db.ListAsync<PartnerName>($"""
            select p.partner_id, p.number, p.name, p.name_latin, p.partner_type, p.partner_level from partner p
            where {PartnerNames.InBranch("p")} and {(partnerId is null ? "p.partner_type <> 'brand'" : "p.partner_id = @partnerId")}
            order by p.name, p.partner_id
            """, new { partnerId }, ct);
        // The sums of a whole channel over two years are one hash table: on disk it would take twice the time.
        await db.OneAsync<string>("select set_config('work_mem', '96MB', true)", null, ct);
        var rows = asked.Length == 0 ? [] : await db.ListAsync<HistoryRow>(statement.Sql, new
        {
            starts = periods.Select(period => period.Start).ToArray(),
            ends = periods.Select(period => period.End).ToArray(),
            held = periods.Select(period => period.HeldOn).ToArray(),
            standings = periods.Select(period => today < period.End ? today : period.End.AddDays(-1)).ToArray(),
            kind = periods[0].KindName, kpis = asked, versions = statement.Versions, partnerId,
        }, ct);
        return new History(periods, cards, asked, partners, rows);
    }, ct);

    static IReadOnlyList<MeasuredKpi?> Versions(long kpi, IReadOnlyList<Period> periods, List<KpiVersion> published)
    {
        var own = published.Where(version => version.KpiDefinitionId == kpi).ToList();
        var books = new Dictionary<string, MeasuredKpi>(StringComparer.Ordinal);
        return [.. periods.Select(period =>
        {
            if (own.Find(version => version.Holds(period.HeldOn) && version.Period == period.KindName) is not { } version)
            {
                return null;
            }

            var held = published.Where(other => other.Holds(period.HeldOn)).ToList();
            var key = string.Join(',', held.Select(other => other.KpiVersionId)) + "/" + version.KpiVersionId.ToString(CultureInfo.InvariantCulture);
            return books.TryGetValue(key, out var known) ? known : books[key] = new(version, Attainments.WriteOut(new FormulaBook(held.Select(DefineKpi.Entry).OfType<BookEntry>()), version));
        })];
    }
}

/// <summary>The statement that reads a history: a row a partner and period in which a target holds, with a place in its arrays for each KPI.</summary>
/// <param name="Periods">The periods.</param>
/// <param name="Kpis">For each KPI what it measures in each period; null where it measures nothing then.</param>
/// <param name="OnePartner">Only @partnerId.</param>
sealed record HistoryStatement(IReadOnlyList<Period> Periods, IReadOnlyList<IReadOnlyList<MeasuredKpi?>> Kpis, bool OnePartner)
{
    readonly List<MeasureNode> measures = [.. Kpis.SelectMany(kpi => kpi).OfType<MeasuredKpi>().SelectMany(kpi => MeasureColumns.MeasuresOf(kpi.Tree)).DistinctBy(MeasureColumns.Key, StringComparer.Ordinal)];

    /// <summary>The keys of all versions in it.</summary>
    public long[] Versions => [.. Kpis.SelectMany(kpi => kpi).OfType<MeasuredKpi>().Select(kpi => kpi.Version.KpiVersionId).Distinct()];

    /// <summary>The statement, with @starts, @ends, @held, @standings, @kind, @kpis and @versions.</summary>
    public string Sql => $"""
        with x as materialized (
            select start, until, held, standing, place::integer from unnest(@starts, @ends, @held, @standings) with ordinality as x (start, until, held, standing, place)
        ), scope as materialized (
            select v.kpi_version_id, v.partner_types, v.partner_levels, {Measured.Subtree} as territory_ids from kpi_version v where v.kpi_version_id = any (@versions)
        ), moved as (
            select distinct on (x.place, c.partner_id) x.place, c.partner_id, c.from_level
            from x join partner_level_change c on c.on_day > x.held
            order by x.place, c.partner_id, c.on_day, c.partner_level_change_id
        ), who as (
            select p.partner_id, p.partner_type, p.territory_id, x.place, coalesce(m.from_level, p.partner_level) as partner_level
            from partner p cross join x left join moved m on m.partner_id = p.partner_id and m.place = x.place
            where {PartnerNames.InBranch("p")} and {(OnePartner ? "p.partner_id = @partnerId" : "p.partner_type <> 'brand'")}
        ), aim as materialized (
            select x.place, t.partner_id, t.partner_level, t.territory_id, t.kpi_definition_id, t.value
            from kpi_target t join x on x.start = t.starts_on
            where t.period = @kind and t.superseded_at is null and t.kpi_definition_id = any (@kpis)
        ), own_aim as ({Aims("partner_id")}), level_aim as ({Aims("partner_level")}), territory_aim as ({Aims("territory_id")}),
        {Figures}
        select w.partner_id, w.place, w.partner_level, array[{Each(k => $"coalesce(a.v{k}, 0)")}]::numeric[] as actual,
               array[{Each(k => $"case when not a.c{k} then 0 when a.v{k} is null then 1 else 2 end")}]::smallint[] as state,
               array[{Each(k => $"case when a.c{k} then coalesce(o.t{k}, l.t{k}, r.t{k}, 0) else 0 end")}]::numeric[] as target
        from who w
        left join own_aim o on o.partner_id = w.partner_id and o.place = w.place
        left join level_aim l on l.partner_level = w.partner_level and l.place = w.place
        left join territory_aim r on r.territory_id = w.territory_id and r.place = w.place
        left join flow f on f.partner_id = w.partner_id and f.place = w.place
        left join stand s on s.partner_id = w.partner_id and s.place = w.place
        cross join lateral (values ({Each(Value)}, {Each(IsConcerned)})) as a ({Each(k => $"v{k}")}, {Each(k => $"c{k}")})
        where num_nonnulls(o.partner_id, l.place, r.place) > 0
        """;

    string Aims(string whose) => $"select {whose}, place, {Each(k => $"max(value) filter (where kpi_definition_id = (@kpis)[{k + 1}]) as t{k}")} from aim where {whose} is not null group by {whose}, place";

    string Figures
    {
        get
        {
            var one = OnePartner ? "and m.partner_id = @partnerId" : "";
            var flows = measures.Where(measure => measure.Metric.Nature == MetricNature.Flow).ToList();
            var balances = measures.Except(flows).ToList();
            // Months and not days: a period begins and ends with a month, and a partner's own months stand in the roll-up already summed.
            var flow = flows.Count == 0 ? "select 0::bigint as partner_id, 0 as place where false" : $"""
                select m.partner_id, x.place{string.Concat(flows.Select(measure => $", sum(m.own) filter (where {Filter(measure, "m")}) as m{IndexOf(measure)}"))}
                from x join kpi_branch_month m on m.month >= x.start and m.month < x.until
                where m.metric in ({MeasureColumns.Listed(flows.Select(measure => measure.Metric).Distinct())}) and m.own <> 0 {one}
                group by m.partner_id, x.place
                """;
            var stand = balances.Count == 0 ? "select 0::bigint as partner_id, 0 as place where false" : $"""
                select b.partner_id, x.place{string.Concat(balances.Select(measure => $", sum(b.value) filter (where {Filter(measure, "b")}) as m{IndexOf(measure)}"))}
                from x cross join lateral kpi_own_level(array[{MeasureColumns.Listed(balances.Select(measure => measure.Metric).Distinct())}], x.standing) b
                {(OnePartner ? "where b.partner_id = @partnerId" : "")}
                group by b.partner_id, x.place
                """;
            return $"flow as ({flow}), stand as ({stand})";
        }
    }

    static string Filter(MeasureNode measure, string table) =>
        $"{table}.metric = '{measure.Metric.Name}'{(measure.Lines.Count == 0 ? "" : $" and {table}.product_line_id in ({string.Join(", ", measure.Lines)})")}";

    string Value(int kpi) => ByVersion(kpi).Where(group => group.Kpi.Tree is not null).ToList() is { Count: > 0 } groups
        ? $"case {string.Join(" ", groups.Select(group => $"when w.place in ({group.Places}) then {FormulaSql.Figure(group.Kpi.Tree!, Column)}"))} end" : "null::numeric";

    string IsConcerned(int kpi) => ByVersion(kpi).ToList() is { Count: > 0 } groups ? $"({string.Join(" or ", groups.Select(group => $"(w.place in ({group.Places}){IsFor(group.Kpi.Version)})"))})" : "false";

    static string IsFor(KpiVersion version)
    {
        // The cast makes one array of it; without it, any () would compare with rows that hold arrays.
        string Of(string column, string type = "text") => $"(select scope.{column} from scope where scope.kpi_version_id = {version.KpiVersionId})::{type}[]";
        return (version.PartnerTypes.Length == 0 ? "" : $" and w.partner_type = any ({Of("partner_types")})")
            + (version.PartnerLevels.Length == 0 ? "" : $" and w.partner_level = any ({Of("partner_levels")})")
            + (version.Territories.Length == 0 ? "" : $" and coalesce(w.territory_id = any ({Of("territory_ids", "bigint")}), false)");
    }

    IEnumerable<(MeasuredKpi Kpi, string Places)> ByVersion(int kpi) =>
        Kpis[kpi].Select((version, place) => (version, place: place + 1)).Where(one => one.version is not null).GroupBy(one => one.version!, ReferenceEqualityComparer.Instance)
            .Select(group => (group.First().version!, string.Join(", ", group.Select(one => one.place))));

    string Column(MeasureNode measure) => $"coalesce({(measure.Metric.Nature == MetricNature.Flow ? "f" : "s")}.m{IndexOf(measure)}, 0)";

    int IndexOf(MeasureNode measure) => measures.FindIndex(other => MeasureColumns.Key(other) == MeasureColumns.Key(measure));

    string Each(Func<int, string> one) => string.Join(", ", Enumerable.Range(0, Kpis.Count).Select(one));
}

/// <summary>A partner's figures and targets in one period, a place in each array for each KPI.</summary>
public sealed class HistoryRow
{
    /// <summary>The partner.</summary>
    public long PartnerId { get; init; }

    /// <summary>The period, counted from 1.</summary>
    public int Place { get; init; }

    /// <summary>The level it had then.</summary>
    public string PartnerLevel { get; init; } = "";

    /// <summary>What was reached; 0 where there is no figure.</summary>
    public decimal[] Actual { get; init; } = [];

    /// <summary>0: the KPI is not about the partner; 1: no figure; 2: a figure.</summary>
    public short[] State { get; init; } = [];

    /// <summary>The targets; 0 where there is none.</summary>
    public decimal[] Target { get; init; } = [];
}
