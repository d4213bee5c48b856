using Platform.Database;

namespace Portal.Kpis;

/// <summary>Scorecards with what was scored on them, and the months of branches.</summary>
public sealed class KpiStore(Db db, Attainments attainments)
{
    /// <summary>The lines of the scorecard that held for a period, each KPI as its version of that time has it; empty where none did.</summary>
    public Task<List<ScorecardLine>> ScorecardAsync(Period period, CancellationToken ct) => db.ListAsync<ScorecardLine>("""
        select s.number as scorecard_number, s.name as scorecard_name, s.name_zh as scorecard_name_zh, k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh,
               coalesce(v.unit, 'count') as unit, coalesce(v.direction, 'up') as direction, l.weight, l.threshold, l.cap
        from scorecard s join scorecard_line l using (scorecard_id) join kpi_definition k using (kpi_definition_id)
        left join kpi_version v on v.kpi_definition_id = k.kpi_definition_id and v.status = 'published' and v.valid @> @held
        where s.period = @kind and s.valid @> @held
        order by l.weight desc, k.name
        """, new { kind = period.KindName, held = period.HeldOn }, ct);

    /// <summary>
    /// Each partner's points on the scorecard of a period, best first: weight times attainment, nothing below a
    /// line's threshold, no more than its cap. Partners without any target of the card are left out.
    /// </summary>
    /// <param name="period">The period.</param>
    /// <param name="card">Its scorecard, see <see cref="ScorecardAsync"/>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<List<PartnerScore>> ScoresAsync(Period period, IReadOnlyList<ScorecardLine> card, CancellationToken ct)
    {
        var reached = (await attainments.ReachedAsync(period, null, ct)).ToLookup(row => row.PartnerNumber, StringComparer.Ordinal);
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

/// <summary>One weighted KPI of a scorecard.</summary>
public sealed record ScorecardLine(
    string ScorecardNumber, string ScorecardName, string ScorecardNameZh, string KpiNumber, string KpiName, string KpiNameZh,
    string Unit, string Direction, decimal Weight, decimal Threshold, decimal Cap);

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
