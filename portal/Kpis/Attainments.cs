using Platform.Database;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;

namespace Portal.Kpis;

/// <summary>
/// What was reached, against the targets: one statement for all KPIs of a kind of period and all partners, whatever their formulas are. The versions that hold for the period are read first; from their trees the statement is written.
/// </summary>
public sealed class Attainments(Db db, KpiDefinitions kpis, BrandCalendar calendar)
{
    /// <summary>
    /// What the partners have reached of each KPI in a period, with the target that holds for them: their own, else their level's, else their territory's.
    /// One row per partner and KPI; partners without a target and without a figure are left out.
    /// </summary>
    /// <param name="period">Its kind selects the KPIs.</param>
    /// <param name="partnerId">One partner, or null for all that the caller may see.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<Reached>> ReachedAsync(Period period, long? partnerId, CancellationToken ct) => ReachedAsync(period, partnerId, Card.None, ct);

    /// <summary>The same, with a row for each minimum condition of a card wherever it is about a partner: no figure is an answer too.</summary>
    /// <param name="period">Its kind selects the KPIs.</param>
    /// <param name="partnerId">One partner, or null for all that the caller may see.</param>
    /// <param name="card">The card whose conditions are held against the figures.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<Reached>> ReachedAsync(Period period, long? partnerId, Card card, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var measured = await MeasuredAsync(period, ct) with { Always = [.. card.Conditions.Select(condition => condition.KpiDefinitionId)] };
        return measured.Kpis.Count == 0 ? [] : await db.ListAsync<Reached>(measured.ByPartner(partnerId is not null), measured.Arguments(partnerId), ct);
    }, ct);

    /// <summary>What is measured in a period: the KPIs of its kind, as the versions have it that hold then.</summary>
    public async Task<Measured> MeasuredAsync(Period period, CancellationToken ct)
    {
        var held = await kpis.HeldAsync(period.HeldOn, ct);
        var book = DefineKpi.Book(held);
        var measured = new Measured(period, [.. held.Where(version => version.Period == period.KindName).Select(version => new MeasuredKpi(version, WriteOut(book, version)))]);
        return measured.HasBalances ? measured with { Standing = Least(period, await TodayAsync(ct)) } : measured;
    }

    /// <summary>What a formula would give, for one partner in one period; null where it cannot be computed.</summary>
    public Task<decimal?> ExampleAsync(Node tree, Period period, long partnerId, CancellationToken ct) =>
        db.FindAsync<decimal?>(Measured.Example(tree), new { start = period.Start, end = period.End, standing = period.End.AddDays(-1), partnerId }, ct);

    /// <summary>The sum of each base metric, for one partner in one period, as an example beside its name.</summary>
    public async Task<IReadOnlyDictionary<string, decimal>> ExamplesAsync(Period period, long partnerId, CancellationToken ct) =>
        (await db.ListAsync<(string Metric, decimal Value)>("""
            select metric, sum(value) from kpi_daily where partner_id = @partnerId and day < @end and (day >= @start or metric = any (@balances)) group by metric
            """, new { partnerId, start = period.Start, end = period.End, balances = MetricCatalog.Balances }, ct)).ToDictionary(row => row.Metric, row => row.Value, StringComparer.Ordinal);

    async Task<DateOnly> TodayAsync(CancellationToken ct) => (await calendar.TodayAsync(ct)).Today;

    static DateOnly Least(Period period, DateOnly today) => today < period.End ? today : period.End.AddDays(-1);

    // What cannot be written out any more (a metric that is gone) has no figure; portal verify names it.
    internal static Node? WriteOut(FormulaBook book, KpiVersion version) =>
        DefineKpi.Entry(version) is { } entry && book.WriteOut(entry.Number, entry.Formula, entry.Lines) is WrittenOut.Right(var tree) ? tree : null;
}

/// <summary>A KPI with what it measures.</summary>
/// <param name="Version">The version that holds.</param>
/// <param name="Tree">Its formula, written out; null where it is none any more.</param>
public sealed record MeasuredKpi(KpiVersion Version, Node? Tree);

/// <summary>
/// The KPIs of a period, and the statements that read what was reached of them. Each measure is one sum over the months with a filter, so these are read once however many KPIs there are; each KPI is an expression over those sums.
/// </summary>
/// <param name="Period">The period.</param>
/// <param name="Kpis">What is measured in it.</param>
public sealed record Measured(Period Period, IReadOnlyList<MeasuredKpi> Kpis)
{
    readonly MeasureColumns measures = new(Kpis.Select(kpi => kpi.Tree));

    /// <summary>The day whose balances count: the last of the period or, while that runs, today. Of days to come something is known already (an invoice that will be due), but nothing stands yet.</summary>
    public DateOnly Standing { get; init; } = Period.End.AddDays(-1);

    /// <summary>The KPIs of which a partner has a row even without a figure and a target.</summary>
    public IReadOnlyCollection<long> Always { get; init; } = [];

    /// <summary>True where a figure is made of a balance.</summary>
    public bool HasBalances => measures.HasBalances;

    /// <summary>The values of the statements' parameters.</summary>
    public object Arguments(long? partnerId) => new
    {
        held = Period.HeldOn, start = Period.Start, end = Period.End, standing = Standing, partnerId, versions = Versions,
    };

    /// <summary>The keys of the versions, for whoever puts the parameters together.</summary>
    public long[] Versions => [.. Kpis.Select(kpi => kpi.Version.KpiVersionId)];

    /// <summary>A statement: each partner's figures against its targets, with @held, @start, @end, @standing, @versions, and @partnerId where it is about one partner.</summary>
    public string ByPartner(bool onePartner) => Kpis.Count == 0 ? Nothing : $"""
        with {TargetsThatHold(onePartner)}, {Figures(onePartner)}, actual as (
            select w.partner_id, a.kpi_definition_id, a.value, a.is_touched
            from who w left join figure f using (partner_id)
            cross join lateral (values {Each(kpi => $"({kpi.Version.KpiDefinitionId}::bigint, {Value(kpi, "f")}, {IsTouched(kpi)})")}) as a (kpi_definition_id, value, is_touched)
        )
        select p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, p.partner_type, p.partner_level, k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh,
               k.unit, k.direction, a.value as actual, t.value as target, k.green, k.amber
        from actual a
        join kpi k using (kpi_definition_id)
        join who p using (partner_id)
        left join target t using (partner_id, kpi_definition_id)
        where (t.value is not null or a.is_touched{(Always.Count == 0 ? "" : $" or k.kpi_definition_id in ({string.Join(", ", Always)})")}) and {IsFor("p", "k")}
        order by p.name, p.partner_id, k.name
        """;

    /// <summary>
    /// A statement: the channel against its targets, by KPI, with @held, @start, @end, @standing and @versions: the formula over the sums of the partners that have a target, against the sum of these, or against their average where figures do not add up (a rate, a price).
    /// </summary>
    public string InSum => InSumOf(null);

    /// <summary>The same of some partners.</summary>
    /// <param name="among">A condition on <c>partner_id</c>; null for all.</param>
    public string InSumOf(string? among) => Kpis.Count == 0 ? Nothing : $"""
        with {TargetsThatHold(false)}, {Figures(false)}, summed as (
            select t.kpi_definition_id, sum(t.value) as total, avg(t.value) as average{measures.Added}
            from target t left join figure f using (partner_id)
            {(among is null ? "" : "where " + among)}
            group by t.kpi_definition_id
        )
        select '' as partner_number, '' as partner_name, null::text as partner_name_latin, 'brand' as partner_type, '' as partner_level, k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh,
               k.unit, k.direction, case s.kpi_definition_id {string.Concat(Kpis.Select(kpi => $"when {kpi.Version.KpiDefinitionId} then {Value(kpi, "s")} "))}end as actual,
               case when k.unit in ('money', 'pieces', 'count') then s.total else round(s.average, 4) end as target, k.green, k.amber
        from summed s
        join kpi k using (kpi_definition_id)
        order by k.name
        """;

    /// <summary>The same columns and no row, for a period in which nothing is measured.</summary>
    public static string Nothing => """
        select '' as partner_number, '' as partner_name, null::text as partner_name_latin, '' as partner_type, '' as partner_level, '' as kpi_number, '' as kpi_name, '' as kpi_name_zh,
               '' as unit, '' as direction, null::numeric as actual, null::numeric as target, 1.0 as green, 0.8 as amber
        where false
        """;

    /// <summary>A statement: one formula for one partner, with @start, @end, @standing and @partnerId.</summary>
    internal static string Example(Node tree)
    {
        var asked = new MeasureColumns([tree]);
        return $"""
            select {asked.Figure(tree, "f")}
            from (select {asked.Sums()} from kpi_daily f where f.partner_id = @partnerId and f.day < @end) f
            """;
    }

    /// <summary>A statement: one formula for some partners in some periods, with @starts, @ends and @partners; the place of a period is counted from 1.</summary>
    internal static string ByPeriod(Node tree)
    {
        var asked = new MeasureColumns([tree]);
        return $"""
            select f.partner_id, f.place, {asked.Figure(tree, "f")} as value
            from (
                select f.partner_id, x.place::integer as place, {asked.Sums("x.start", "x.until - 1")}
                from unnest(@starts, @ends) with ordinality as x (start, until, place)
                join kpi_daily f on f.day < x.until and f.metric in ({asked.Metrics})
                    {(asked.HasBalances ? "" : "and f.day >= x.start")}
                where f.partner_id = any (@partners)
                group by f.partner_id, x.place) f
            """;
    }

    // The KPIs, whom they are about (of the level they had when the period began), and for each of them the target that holds: their own before their level's before their territory's. Each table stands here once,
    // for each time it is named its policies are carried out anew.
    static string TargetsThatHold(bool onePartner) => $"""
        kpi as (
            select v.kpi_definition_id, k.number, k.name, k.name_zh, v.period, v.unit, v.direction, v.green, v.amber, v.partner_types, v.partner_levels, {Subtree} as territory_ids
            from kpi_version v join kpi_definition k using (kpi_definition_id) where v.kpi_version_id = any (@versions)
        ), since as (
            select distinct on (partner_id) partner_id, from_level from partner_level_change
            where on_day > @held {(onePartner ? "and partner_id = @partnerId" : "")} order by partner_id, on_day, partner_level_change_id
        ), who as (
            select p.partner_id, p.number, p.name, p.name_latin, p.partner_type, coalesce(c.from_level, p.partner_level) as partner_level, p.territory_id
            from partner p left join since c using (partner_id)
            where {PartnerNames.InBranch("p")} and {(onePartner ? "p.partner_id = @partnerId" : "p.partner_type <> 'brand'")}
        ), aim as (
            select t.partner_id, t.partner_level, t.territory_id, t.kpi_definition_id, t.value
            from kpi_target t join kpi k using (kpi_definition_id, period)
            where t.superseded_at is null and t.starts_on = @start
        ), target as (
            select distinct on (partner_id, kpi_definition_id) partner_id, kpi_definition_id, value
            from (
                select w.partner_id, a.kpi_definition_id, a.value, 1 as choice from aim a join who w using (partner_id)
                union all
                select w.partner_id, a.kpi_definition_id, a.value, 2 from aim a join who w on w.partner_level = a.partner_level and w.partner_type <> 'brand' join kpi k using (kpi_definition_id) where {IsFor("w", "k")}
                union all
                select w.partner_id, a.kpi_definition_id, a.value, 3 from aim a join who w on w.territory_id = a.territory_id and w.partner_type <> 'brand' join kpi k using (kpi_definition_id) where {IsFor("w", "k")}
            ) held
            order by partner_id, kpi_definition_id, choice
        )
        """;

    // A territory counts with those under it, whose codes begin with its own: CN has CN-EAST in it. An empty list narrows nothing.
    internal const string Subtree = """
        array(select distinct below.territory_id from territory above join territory below on below.code = above.code or below.code like replace(above.code, '_', '\_') || '-%' where above.territory_id = any (v.territory_ids))
        """;

    static string IsFor(string partner, string kpi) =>
        $"({kpi}.partner_types = '{{}}' or {partner}.partner_type = any ({kpi}.partner_types)) and ({kpi}.partner_levels = '{{}}' or {partner}.partner_level = any ({kpi}.partner_levels)) and ({kpi}.territory_ids = '{{}}' or {partner}.territory_id = any ({kpi}.territory_ids))";

    // A period is made of whole months, so what happened is read by months; what stands on a day is read as levels are, however long the history.
    string Figures(bool onePartner) => measures.IsEmpty ? "figure as (select 0::bigint as partner_id where false)" : $"""
        figure as (
            select f.partner_id, {measures.Sums()}
            from ({string.Join(" union all ", Sources(onePartner))}) f
            group by f.partner_id
        )
        """;

    IEnumerable<string> Sources(bool onePartner)
    {
        var whose = onePartner ? " and partner_id = @partnerId" : "";
        // What was taken back again was there all the same: nothing of it is 0, and not no figure. A row with something below the partner alone is not its own.
        if (measures.HasFlows)
        {
            yield return $"select partner_id, metric, product_line_id, month as day, own as value from kpi_branch_month where month >= @start and month < @end and metric in ({measures.Flows}) and (own <> 0 or value = 0){whose}";
        }

        if (measures.HasBalances)
        {
            yield return $"select partner_id, metric, product_line_id, @standing::date as day, value from kpi_own_level(array[{measures.Balances}], @standing::date) where true{whose}";
        }
    }

    string Value(MeasuredKpi kpi, string table) => kpi.Tree is null ? "null::numeric" : measures.Figure(kpi.Tree, table);

    string IsTouched(MeasuredKpi kpi) => measures.Of(kpi.Tree) is { Count: > 0 } used ? $"num_nonnulls({string.Join(", ", used.Select(column => "f." + column))}) > 0" : "false";

    string Each(Func<MeasuredKpi, string> row) => string.Join(", ", Kpis.Select(row));
}

/// <summary>What a partner has reached of one KPI in a period.</summary>
/// <param name="PartnerNumber">The partner.</param>
/// <param name="PartnerName">Its name.</param>
/// <param name="PartnerNameLatin">The same in Latin letters.</param>
/// <param name="PartnerType">Its type.</param>
/// <param name="PartnerLevel">Its level.</param>
/// <param name="KpiNumber">The KPI.</param>
/// <param name="KpiName">Its name.</param>
/// <param name="KpiNameZh">Its name in Chinese.</param>
/// <param name="Unit">What it is counted in, see <see cref="Formulas.Unit"/>.</param>
/// <param name="Direction">up or down.</param>
/// <param name="Actual">The figure; null where a formula gives none, as a quotient by zero.</param>
/// <param name="Target">The target that holds.</param>
/// <param name="Green">The attainment from which it is green.</param>
/// <param name="Amber">The attainment below which it is red.</param>
public sealed record Reached(
    string PartnerNumber, string PartnerName, string? PartnerNameLatin, string PartnerType, string PartnerLevel, string KpiNumber, string KpiName, string KpiNameZh,
    string Unit, string Direction, decimal? Actual, decimal? Target, decimal Green, decimal Amber)
{
    /// <summary>True where there is a figure or a target; a row of a condition may have neither.</summary>
    public bool IsShown => Target is not null || Actual is not (null or 0);

    /// <summary>1 at the target; null without one, or without a figure.</summary>
    public decimal? Attainment => Actual is { } actual ? Score.Attainment(actual, Target, Direction == "down") : null;
}
