using Platform.Database;

namespace Portal.Kpis;

/// <summary>Definitions, targets and scorecards, and what was reached against them.</summary>
public sealed class KpiStore(Db db)
{
    /// <summary>All definitions, the retired ones last.</summary>
    public Task<List<KpiDefinition>> DefinitionsAsync(CancellationToken ct) => db.ListAsync<KpiDefinition>("""
        select k.kpi_definition_id, k.number, k.name, k.name_zh, k.metric, l.code as product_line, l.name as product_line_name, l.name_zh as product_line_name_zh,
               k.direction, k.period, k.status, k.version
        from kpi_definition k left join product_line l on l.product_line_id = k.product_line_id
        order by k.status, k.name
        """, null, ct);

    /// <summary>The definition of that number, or null.</summary>
    public Task<KpiDefinition?> FindDefinitionAsync(string number, CancellationToken ct) => db.FindAsync<KpiDefinition>("""
        select k.kpi_definition_id, k.number, k.name, k.name_zh, k.metric, l.code as product_line, l.name as product_line_name, l.name_zh as product_line_name_zh,
               k.direction, k.period, k.status, k.version
        from kpi_definition k left join product_line l on l.product_line_id = k.product_line_id
        where k.number = @number
        """, new { number }, ct);

    /// <summary>Adds a definition. Null where the product line is unknown.</summary>
    public Task<KpiDefinition?> AddDefinitionAsync(NewKpi kpi, string number, DateTime now, CancellationToken ct) => db.FindAsync<KpiDefinition>("""
        with added as (
            insert into kpi_definition (number, name, name_zh, metric, product_line_id, direction, period, created_at)
            select @number, @Name, @NameZh, @Metric, l.product_line_id, @Direction, @Period, @now
            from (select) as one left join product_line l on l.code = @ProductLine
            where @ProductLine::text is null or l.product_line_id is not null
            returning *)
        select k.kpi_definition_id, k.number, k.name, k.name_zh, k.metric, l.code as product_line, l.name as product_line_name, l.name_zh as product_line_name_zh,
               k.direction, k.period, k.status, k.version
        from added k left join product_line l on l.product_line_id = k.product_line_id
        """, new { number, now, kpi.Name, kpi.NameZh, kpi.Metric, kpi.ProductLine, kpi.Direction, kpi.Period }, ct);

    /// <summary>Retires a published definition; false when it is not published (any more).</summary>
    public async Task<bool> RetireAsync(string number, int version, CancellationToken ct) => await db.ExecuteAsync("""
        update kpi_definition set status = 'retired', version = version + 1
        where number = @number and version = @version and status = 'published'
        """, new { number, version }, ct) == 1;

    /// <summary>
    /// Puts targets in place of those that held: per definition, period and partner (or level). One statement each for any number of targets;
    /// an equal value changes nothing, and no value leaves none in place.
    /// </summary>
    /// <returns>The partners whose own targets changed.</returns>
    public async Task<List<ChangedTarget>> SetTargetsAsync(IReadOnlyCollection<NewTarget> targets, string setBy, DateTime now, CancellationToken ct)
    {
        var args = new
        {
            now,
            setBy,
            definitions = targets.Select(target => target.KpiDefinitionId).ToArray(),
            partners = targets.Select(target => target.PartnerId).ToArray(),
            levels = targets.Select(target => target.PartnerLevel).ToArray(),
            starts = targets.Select(target => target.StartsOn).ToArray(),
            values = targets.Select(target => target.Value).ToArray(),
            notes = targets.Select(target => target.Note).ToArray(),
        };
        var removed = await db.ListAsync<ChangedTarget>("""
            with ended as (
                update kpi_target t set superseded_at = @now
                from unnest(@definitions, @partners::bigint[], @levels, @starts, @values) as new (kpi_definition_id, partner_id, partner_level, starts_on, value)
                where t.kpi_definition_id = new.kpi_definition_id and t.starts_on = new.starts_on and t.superseded_at is null and t.value is distinct from new.value
                  and t.partner_id is not distinct from new.partner_id and t.partner_level is not distinct from new.partner_level
                returning t.kpi_definition_id, t.partner_id, t.partner_level, t.starts_on, new.value)
            select k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh, e.partner_id, p.number as partner_number, e.partner_level, e.starts_on, e.value
            from ended e join kpi_definition k using (kpi_definition_id) left join partner p on p.partner_id = e.partner_id
            where e.value is null
            """, args, ct);
        var set = await db.ListAsync<ChangedTarget>("""
            with changed as (
                insert into kpi_target (kpi_definition_id, partner_id, partner_level, starts_on, value, note, set_at, set_by)
                select new.kpi_definition_id, new.partner_id, new.partner_level, new.starts_on, new.value, new.note, @now, @setBy
                from unnest(@definitions, @partners::bigint[], @levels, @starts, @values, @notes) as new (kpi_definition_id, partner_id, partner_level, starts_on, value, note)
                where new.value is not null and not exists (
                    select from kpi_target t
                    where t.kpi_definition_id = new.kpi_definition_id and t.starts_on = new.starts_on and t.superseded_at is null
                      and t.partner_id is not distinct from new.partner_id and t.partner_level is not distinct from new.partner_level)
                returning kpi_definition_id, partner_id, partner_level, starts_on, value)
            select k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh, c.partner_id, p.number as partner_number, c.partner_level, c.starts_on, c.value
            from changed c join kpi_definition k using (kpi_definition_id) left join partner p on p.partner_id = c.partner_id
            """, args, ct);
        return [.. removed, .. set];
    }

    /// <summary>
    /// What the partners have reached of each KPI in a period, with the target that holds for them: their own, else their level's.
    /// One row per partner and KPI; partners without a target and without a figure are left out.
    /// </summary>
    /// <param name="period">Its kind selects the KPIs.</param>
    /// <param name="partnerId">One partner, or null for all that the caller may see.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<Reached>> ReachedAsync(Period period, long? partnerId, CancellationToken ct) =>
        db.ListAsync<Reached>(ReachedBy(partnerId is not null), new { kind = period.KindName, start = period.Start, end = period.End, partnerId }, ct);

    /// <summary>The statement of <see cref="ReachedAsync"/>, with @kind, @start, @end, and @partnerId where it is about one partner.</summary>
    internal static string ReachedBy(bool onePartner) => $"""
        with {TargetsThatHold(onePartner)}, actual as (
            select f.partner_id, k.kpi_definition_id, sum(f.value) as value
            from kpi_daily f
            join kpi k on k.metric = f.metric and (k.product_line_id is null or k.product_line_id = f.product_line_id)
            where f.day >= @start and f.day < @end {(onePartner ? "and f.partner_id = @partnerId" : "")}
            group by f.partner_id, k.kpi_definition_id
        )
        select p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, p.partner_type, p.partner_level, k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh,
               k.metric, k.direction, coalesce(a.value, 0) as actual, t.value as target
        from target t
        full join actual a using (partner_id, kpi_definition_id)
        join kpi k using (kpi_definition_id)
        join who p using (partner_id)
        order by p.name, p.partner_id, k.name
        """;

    /// <summary>
    /// A statement: the channel's sum against the sum of its targets, by KPI, with @kind, @start and @end. What the partners that have a target reached, and what
    /// they should; one <see cref="Reached"/> per KPI.
    /// </summary>
    internal static string ReachedInSum { get; } = $"""
        with {TargetsThatHold(false)}, actual as (
            select t.kpi_definition_id, sum(f.value) as value
            from target t
            join kpi k using (kpi_definition_id)
            join kpi_daily f on f.partner_id = t.partner_id and f.metric = k.metric and (k.product_line_id is null or k.product_line_id = f.product_line_id)
            where f.day >= @start and f.day < @end
            group by t.kpi_definition_id
        )
        select '' as partner_number, '' as partner_name, null::text as partner_name_latin, 'brand' as partner_type, '' as partner_level, k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh,
               k.metric, k.direction, coalesce(a.value, 0) as actual, t.value as target
        from (select kpi_definition_id, sum(value) as value from target group by kpi_definition_id) t
        join kpi k using (kpi_definition_id)
        left join actual a using (kpi_definition_id)
        order by k.name
        """;

    // The KPIs of that kind of period, whom it is about, and for each of them the target that holds: their own before their level's. Each table stands here once,
    // for each time it is named its policies are carried out anew.
    static string TargetsThatHold(bool onePartner) => $"""
        kpi as (
            select * from kpi_definition where period = @kind and status = 'published'
        ), who as (
            select partner_id, number, name, name_latin, partner_type, partner_level from partner {(onePartner ? "where partner_id = @partnerId" : "")}
        ), aim as (
            select t.partner_id, t.partner_level, t.kpi_definition_id, t.value
            from kpi_target t join kpi k using (kpi_definition_id)
            where t.superseded_at is null and t.starts_on = @start
        ), target as (
            select distinct on (partner_id, kpi_definition_id) partner_id, kpi_definition_id, value
            from (
                select w.partner_id, a.kpi_definition_id, a.value, 1 as choice from aim a join who w using (partner_id)
                union all
                select w.partner_id, a.kpi_definition_id, a.value, 2 from aim a join who w on w.partner_level = a.partner_level and w.partner_type <> 'brand'
            ) held
            order by partner_id, kpi_definition_id, choice
        )
        """;

    /// <summary>The lines of the scorecard that held on the first day of a period; empty where none did.</summary>
    public Task<List<ScorecardLine>> ScorecardAsync(Period period, CancellationToken ct) => db.ListAsync<ScorecardLine>("""
        select s.number as scorecard_number, s.name as scorecard_name, s.name_zh as scorecard_name_zh, k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh,
               k.metric, k.direction, l.weight, l.threshold, l.cap
        from scorecard s join scorecard_line l using (scorecard_id) join kpi_definition k using (kpi_definition_id)
        where s.period = @kind and s.valid @> @start
        order by l.weight desc, k.name
        """, new { kind = period.KindName, start = period.Start }, ct);

    /// <summary>
    /// Each partner's points on the scorecard of a period, best first: weight times attainment, nothing below a
    /// line's threshold, no more than its cap. Partners without any target of the card are left out.
    /// </summary>
    /// <param name="period">The period.</param>
    /// <param name="card">Its scorecard, see <see cref="ScorecardAsync"/>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<List<PartnerScore>> ScoresAsync(Period period, IReadOnlyList<ScorecardLine> card, CancellationToken ct)
    {
        var reached = (await ReachedAsync(period, null, ct)).ToLookup(row => row.PartnerNumber, StringComparer.Ordinal);
        List<PartnerScore> scores =
        [
            .. from partner in reached
               let first = partner.First()
               let lines = card.Select(line => new ScoredLine(line, partner.FirstOrDefault(row => row.KpiNumber == line.KpiNumber))).ToList()
               where lines.Exists(line => line.Reached?.Target is not null)
               let score = new PartnerScore(first.PartnerNumber, first.PartnerName, first.PartnerNameLatin, first.PartnerType, first.PartnerLevel, lines)
               orderby score.Points descending, score.PartnerName, score.PartnerNumber
               select score,
        ];
        var rank = 0;
        for (var place = 0; place < scores.Count; place++)
        {
            rank = place > 0 && scores[place].Points == scores[place - 1].Points ? rank : place + 1;
            scores[place] = scores[place] with { Rank = rank };
        }

        return scores;
    }

    /// <summary>Months of a branch: the partner and all below it, by metric and product line.</summary>
    /// <param name="partnerId">The branch's root; the brand's is the whole channel.</param>
    /// <param name="from">First day of the first month.</param>
    /// <param name="until">First day of the month after the last.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<BranchMonth>> BranchMonthsAsync(long partnerId, DateOnly from, DateOnly until, CancellationToken ct) => db.ListAsync<BranchMonth>("""
        select f.metric, l.code as product_line, l.name as product_line_name, l.name_zh as product_line_name_zh, f.month, f.value
        from kpi_branch_month f left join product_line l using (product_line_id)
        where f.partner_id = @partnerId and f.month >= @from and f.month < @until
        order by f.month
        """, new { partnerId, from, until }, ct);

    /// <summary>Months of a branch by metric alone, all product lines together.</summary>
    /// <param name="partnerId">The branch's root; the brand's is the whole channel.</param>
    /// <param name="metrics">Which metrics.</param>
    /// <param name="from">First day of the first month.</param>
    /// <param name="until">First day of the month after the last.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<MetricMonth>> MetricMonthsAsync(long partnerId, IReadOnlyCollection<string> metrics, DateOnly from, DateOnly until, CancellationToken ct) =>
        db.ListAsync<MetricMonth>(MetricMonths, new { partnerId, metrics, from, until }, ct);

    /// <summary>The statement of <see cref="MetricMonthsAsync"/>, with @partnerId, @metrics, @from and @until.</summary>
    internal const string MetricMonths = """
        select metric, month, sum(value) as value
        from kpi_branch_month
        where partner_id = @partnerId and metric = any(@metrics) and month >= @from and month < @until
        group by metric, month
        """;

    /// <summary>The last month in which a branch has any figure, or null.</summary>
    public Task<DateOnly?> LastMonthAsync(long partnerId, CancellationToken ct) => db.FindAsync<DateOnly?>("""
        select max(month) from kpi_branch_month where partner_id = @partnerId
        """, new { partnerId }, ct);
}

/// <summary>A KPI as the brand defined it.</summary>
public sealed record KpiDefinition(
    long KpiDefinitionId, string Number, string Name, string NameZh, string Metric, string? ProductLine, string? ProductLineName, string? ProductLineNameZh,
    string Direction, string Period, string Status, int Version);

/// <summary>A KPI to be defined.</summary>
public sealed record NewKpi(string Name, string NameZh, string Metric, string? ProductLine, string Direction, string Period);

/// <summary>A target to be set, for a partner or a level; without a value the one that holds is taken away.</summary>
public sealed record NewTarget(long KpiDefinitionId, long? PartnerId, string? PartnerLevel, DateOnly StartsOn, decimal? Value, string? Note);

/// <summary>A target that was set anew or changed; without a value it was taken away.</summary>
public sealed record ChangedTarget(
    string KpiNumber, string KpiName, string KpiNameZh, long? PartnerId, string? PartnerNumber, string? PartnerLevel, DateOnly StartsOn, decimal? Value);

/// <summary>What a partner has reached of one KPI in a period.</summary>
public sealed record Reached(
    string PartnerNumber, string PartnerName, string? PartnerNameLatin, string PartnerType, string PartnerLevel, string KpiNumber, string KpiName, string KpiNameZh,
    string Metric, string Direction, decimal Actual, decimal? Target)
{
    /// <summary>1 at the target; null without one.</summary>
    public decimal? Attainment => Score.Attainment(Actual, Target, Direction == "down");
}

/// <summary>One weighted KPI of a scorecard.</summary>
public sealed record ScorecardLine(
    string ScorecardNumber, string ScorecardName, string ScorecardNameZh, string KpiNumber, string KpiName, string KpiNameZh,
    string Metric, string Direction, decimal Weight, decimal Threshold, decimal Cap);

/// <summary>A metric of a branch in a month.</summary>
public sealed record BranchMonth(string Metric, string? ProductLine, string? ProductLineName, string? ProductLineNameZh, DateOnly Month, decimal Value);

/// <summary>A metric in a month.</summary>
public sealed record MetricMonth(string Metric, DateOnly Month, decimal Value);

/// <summary>A line of a scorecard with what a partner reached of it.</summary>
/// <param name="Line">Weight, threshold and cap.</param>
/// <param name="Reached">Figure and target; null where the partner has neither.</param>
public sealed record ScoredLine(ScorecardLine Line, Reached? Reached)
{
    /// <summary>What the line earns.</summary>
    public decimal Points => Score.Points(Line.Weight, Reached?.Attainment, Line.Threshold, Line.Cap);
}

/// <summary>A partner on a scorecard.</summary>
public sealed record PartnerScore(string PartnerNumber, string PartnerName, string? PartnerNameLatin, string PartnerType, string PartnerLevel, IReadOnlyList<ScoredLine> Lines)
{
    /// <summary>The sum of the lines' points: 100 where every target is just reached.</summary>
    public decimal Points { get; } = Lines.Sum(line => line.Points);

    /// <summary>The place among all, 1 the best; equals share it.</summary>
    public int Rank { get; init; }
}
