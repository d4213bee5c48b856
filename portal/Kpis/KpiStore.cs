using Dapper;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>Scorecards with what was scored on them, and the months of branches.</summary>
public sealed class KpiStore(Db db, Attainments attainments)
{
    /// <summary>The scorecard that held for a period, each KPI as its version of that time has it.</summary>
    public async Task<Card> ScorecardAsync(Period period, CancellationToken ct) => (await ScorecardsAsync([period], ct))[0];

    /// <summary>The scorecards that held for periods of one kind, a place for each.</summary>
    public async Task<IReadOnlyList<Card>> ScorecardsAsync(IReadOnlyList<Period> periods, CancellationToken ct)
    {
        var args = new { kind = periods[0].KindName, held = periods.Select(period => period.HeldOn).ToArray() };
        var (cards, lines, conditions) = await db.ReadManyAsync($"""
            select x.place::integer as place, s.number, s.name, s.name_zh, s.most_points, s.unmet
            from unnest(@held) with ordinality as x (held, place) join scorecard s on s.period = @kind and s.valid @> x.held;
            select x.place::integer as place, {OfKpi}, l.weight, l.threshold, l.cap, l.below, l.below_share
            from unnest(@held) with ordinality as x (held, place) join scorecard s on s.period = @kind and s.valid @> x.held join scorecard_line l using (scorecard_id) {Kpi("l")}
            order by l.weight desc, k.name;
            select x.place::integer as place, {OfKpi}, c.bound
            from unnest(@held) with ordinality as x (held, place) join scorecard s on s.period = @kind and s.valid @> x.held join scorecard_condition c using (scorecard_id) {Kpi("c")}
            order by k.name
            """, args, async answers => ((await answers.ReadAsync<CardRow>()).AsList(), (await answers.ReadAsync<LineRow>()).ToLookup(row => row.Place), (await answers.ReadAsync<ConditionRow>()).ToLookup(row => row.Place)), ct);
        return [.. Enumerable.Range(1, periods.Count).Select(place => cards.Find(row => row.Place == place) is { } card
            ? new Card(card.Number, card.Name, card.NameZh, card.MostPoints, card.Unmet, [.. lines[place].Select(row => row.Line)], [.. conditions[place].Select(row => row.Condition)]) : Card.None)];
    }

    const string OfKpi = "k.kpi_definition_id, k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh, coalesce(v.unit, 'count') as unit, coalesce(v.direction, 'up') as direction";

    static string Kpi(string table) => $"""
        join kpi_definition k on k.kpi_definition_id = {table}.kpi_definition_id
        left join kpi_version v on v.kpi_definition_id = k.kpi_definition_id and v.status = 'published' and v.valid @> x.held
        """;

    /// <summary>Each partner's points on the scorecard of a period, best first. Partners without any target of the card are left out.</summary>
    /// <param name="period">The period.</param>
    /// <param name="card">Its scorecard, see <see cref="ScorecardAsync"/>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<List<PartnerScore>> ScoresAsync(Period period, Card card, CancellationToken ct)
    {
        var reached = (await attainments.ReachedAsync(period, null, card, ct)).ToLookup(row => row.PartnerNumber, StringComparer.Ordinal);
        List<PartnerScore> scores =
        [
            .. from partner in reached
               let first = partner.First()
               let scored = new ScoredCard(card, [.. partner])
               where scored.HasTargets
               orderby scored.Points descending, first.PartnerName, first.PartnerNumber
               select new PartnerScore(first.PartnerNumber, first.PartnerName, first.PartnerNameLatin, first.PartnerType, first.PartnerLevel, scored),
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

    sealed record CardRow(int Place, string Number, string Name, string NameZh, decimal MostPoints, string Unmet);

    sealed record LineRow(
        int Place, long KpiDefinitionId, string KpiNumber, string KpiName, string KpiNameZh, string Unit, string Direction, decimal Weight, decimal Threshold, decimal Cap, string Below, decimal BelowShare)
    {
        public ScorecardLine Line => new(KpiDefinitionId, KpiNumber, KpiName, KpiNameZh, Unit, Direction, Weight, Threshold, Cap, Below, BelowShare);
    }

    sealed record ConditionRow(int Place, long KpiDefinitionId, string KpiNumber, string KpiName, string KpiNameZh, string Unit, string Direction, decimal Bound)
    {
        public CardCondition Condition => new(KpiDefinitionId, KpiNumber, KpiName, KpiNameZh, Unit, Direction, Bound);
    }

    /// <summary>The last month in which a branch has any figure, or null.</summary>
    public Task<DateOnly?> LastMonthAsync(long partnerId, CancellationToken ct) => db.FindAsync<DateOnly?>("""
        select max(month) from kpi_branch_month where partner_id = @partnerId
        """, new { partnerId }, ct);
}

/// <summary>A metric of a branch in a month.</summary>
public sealed record BranchMonth(string Metric, string? ProductLine, string? ProductLineName, string? ProductLineNameZh, DateOnly Month, decimal Value);

/// <summary>A metric in a month.</summary>
public sealed record MetricMonth(string Metric, DateOnly Month, decimal Value);

/// <summary>A partner on a scorecard.</summary>
public sealed record PartnerScore(string PartnerNumber, string PartnerName, string? PartnerNameLatin, string PartnerType, string PartnerLevel, ScoredCard Card)
{
    /// <summary>The points: 100 where every target is just reached.</summary>
    public decimal Points => Card.Points;

    /// <summary>The lines of the card.</summary>
    public IReadOnlyList<ScoredLine> Lines => Card.Lines;

    /// <summary>The place among all, 1 the best; equals share it.</summary>
    public int Rank { get; init; }
}
