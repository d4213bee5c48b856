using Dapper;
using Platform.Database;
using Portal.Kpis.Boards;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;

namespace Portal.Kpis;

/// <summary>Reads what a dashboard shows at once: roll-ups only, in one round trip after that for the definitions, however long the history is. What takes longer comes when it is looked at (<see cref="IPanel"/>).</summary>
public sealed class Dashboard(Db db, Attainments attainments, KeptFigures kept)
{
    /// <summary>How many months the trend shows.</summary>
    public const int TrendMonths = 24;

    /// <summary>How many branches are shown.</summary>
    public const int BranchesShown = 10;

    /// <summary>Reads it.</summary>
    /// <param name="asked">What is asked about.</param>
    /// <param name="board">Which panels and tiles.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DashboardFigures> ReadAsync(BoardAsked asked, Board board, CancellationToken ct)
    {
        var scope = asked.Scope;
        var tiles = board.Tiles.Select(Tile.Asked).ToList();
        string[] metrics = [.. tiles.SelectMany(tile => tile.Flows).Append(scope.Sales).Append(Metric.SellThrough).Distinct(StringComparer.Ordinal)];
        string[] balances = [.. tiles.SelectMany(tile => tile.Balances).Distinct(StringComparer.Ordinal)];
        var args = scope.Arguments();
        var before = scope.Before ?? scope.Period;
        args.Add("metrics", metrics);
        args.Add("balances", balances);
        args.Add("from", scope.FirstOfTrend < before.Start ? scope.FirstOfTrend : before.Start);
        args.Add("until", scope.Period.End);
        args.Add("beforeStanding", before.End.AddDays(-1));
        args.Add("most", BranchesShown);
        args.Add("held", scope.Period.HeldOn);
        var hasAttainment = board.Has(Panels.Attainment);
        // The whole channel's is made of thousands of partners' figures and targets, one partner's of its own. What is measured is read where it is not at hand.
        var channel = hasAttainment && scope.IsWholeChannel
            ? await kept.GetAsync($"attainment of {scope.Period} on {scope.Standing:O} among {scope.Territory?.Code}/{scope.Type}/{scope.Level}", db, async () =>
            {
                var all = await MeasuredAsync();
                return await db.ListAsync<Reached>(scope.IsNarrowed ? all.InSumOf($"partner_id in ({scope.Partners})") : all.InSum, args, ct);
            }, ct) : null;
        var reached = hasAttainment && channel is null ? (await MeasuredAsync()).ByPartner(onePartner: true) : Measured.Nothing;
        List<string> statements = [Months(scope), Lines(scope), Branches(scope), reached];
        if (balances.Length > 0)
        {
            statements.Add(Levels(scope));
        }

        return await db.ReadManyAsync(string.Join(";\n", statements), args, async answers =>
        {
            var (months, lines, branches, own) = ((await answers.ReadAsync<MetricMonth>()).AsList(), (await answers.ReadAsync<LineSum>()).AsList(), (await answers.ReadAsync<BranchSum>()).AsList(), (await answers.ReadAsync<Reached>()).AsList());
            return new DashboardFigures(asked, board, tiles, months, lines, branches, channel ?? own, balances.Length > 0 ? (await answers.ReadAsync<BalanceSums>()).AsList() : []);
        }, ct);

        async Task<Measured> MeasuredAsync()
        {
            var measured = await attainments.MeasuredAsync(scope.Period, ct);
            args.Add("versions", measured.Versions);
            return measured;
        }
    }

    static string Months(BoardScope scope) => $"""
        select metric, month, sum(value) as value from {scope.Facts("metric = any (@metrics) and month >= @from and month < @until")} f group by metric, month
        """;

    // Months of no product line are no line's.
    static string Lines(BoardScope scope) => $"""
        select l.code, l.name, l.name_zh, sum(f.value) as value
        from {scope.Facts("metric = @sales and month >= @start and month < @end")} f join product_line l using (product_line_id)
        group by l.product_line_id
        order by sum(f.value) desc
        """;

    // Branches directly below; where partners are chosen, those, by what they did themselves.
    static string Branches(BoardScope scope) => $"""
        select p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, p.partner_type, p.partner_level, f.value, f.before
        from (
            select f.partner_id, coalesce(sum(f.value) filter (where f.month >= @start and f.month < @end), 0) as value, coalesce(sum(f.value) filter (where f.month >= @beforeStart and f.month < @beforeEnd), 0) as before
            from {(scope.IsNarrowed
                ? scope.OwnFacts("metric = @sales and (month >= @start and month < @end or month >= @beforeStart and month < @beforeEnd)")
                : $"(select m.partner_id, m.month, m.value from partner b join kpi_branch_month m on m.partner_id = b.partner_id where b.upstream_id = @partnerId and m.metric = @sales and (m.month >= @start and m.month < @end or m.month >= @beforeStart and m.month < @beforeEnd){(scope.Line is null ? "" : " and m.product_line_id = @line")})")} f
            group by f.partner_id) f
        join partner p on p.partner_id = f.partner_id
        where f.value <> 0
        order by f.value desc, p.name, p.partner_id
        limit @most
        """;

    static string Levels(BoardScope scope) => $"""
        select metric, coalesce(sum(value) filter (where is_now), 0) as now, coalesce(sum(value) filter (where not is_now), 0) as before
        from (select metric, value, true as is_now from {scope.Levels("@standing")} now{(scope.Before is null ? "" : $" union all select metric, value, false from {scope.Levels("@beforeStanding")} before")}) level
        group by metric
        """;
}

/// <summary>What a dashboard shows of one branch in one period.</summary>
/// <param name="Asked">What it was asked about.</param>
/// <param name="Board">Its panels.</param>
/// <param name="Tiles">The metrics of its tiles.</param>
/// <param name="Months">The metrics by month, from the beginning of the trend or of the period that is compared with, whichever is earlier.</param>
/// <param name="Lines">The sales of the period by product line.</param>
/// <param name="Branches">The largest branches directly under it.</param>
/// <param name="Reached">Figures against targets: the partner's own, or the sum over all partners with a target.</param>
/// <param name="Levels">Balances now and then.</param>
public sealed record DashboardFigures(
    BoardAsked Asked, Board Board, IReadOnlyList<Tile> Tiles, IReadOnlyList<MetricMonth> Months, IReadOnlyList<LineSum> Lines,
    IReadOnlyList<BranchSum> Branches, IReadOnlyList<Reached> Reached, IReadOnlyList<BalanceSums> Levels)
{
    /// <summary>What it was asked about.</summary>
    public BoardScope Scope => Asked.Scope;

    /// <summary>A metric over a period.</summary>
    public decimal Sum(string metric, Period period) =>
        Months.Where(month => month.Metric == metric && month.Month >= period.Start && month.Month < period.End).Sum(month => month.Value);

    /// <summary>False for a tile of a metric that knows no product lines, where the dashboard is narrowed to one.</summary>
    public bool CanTell(Tile tile) => Scope.Line is null || tile.Made.All(metric => MetricCatalog.Find(metric)!.KnowsProductLines);

    /// <summary>What a tile shows; null where a rate has no base.</summary>
    public decimal? Now(Tile tile) => In(tile, Scope.Period, level => level.Now);

    /// <summary>The same in the period that is compared with.</summary>
    public decimal? Before(Tile tile) => In(tile, Scope.Before, level => level.Before);

    /// <summary>The months of the trend.</summary>
    public IReadOnlyList<DateOnly> TrendMonths => [.. Enumerable.Range(0, Dashboard.TrendMonths).Select(Scope.FirstOfTrend.AddMonths)];

    /// <summary>A metric by month over the trend.</summary>
    public IReadOnlyList<decimal?> Trend(string metric)
    {
        var byMonth = Months.Where(month => month.Metric == metric).ToDictionary(month => month.Month, month => month.Value);
        return [.. TrendMonths.Select(month => (decimal?)byMonth.GetValueOrDefault(month))];
    }

    /// <summary>True when the branch has no figure at all in what was read.</summary>
    public bool IsEmpty => Months.Count == 0 && Levels.Count == 0;

    decimal? In(Tile tile, Period? period, Func<BalanceSums, decimal> level) =>
        period is { } asked && CanTell(tile) ? tile.Figure(metric => MetricCatalog.Balances.Contains(metric, StringComparer.Ordinal) ? level(Level(metric)) : Sum(metric, asked)) : null;

    BalanceSums Level(string metric) => Levels.FirstOrDefault(level => level.Metric == metric) ?? new BalanceSums(metric, 0, 0);
}

/// <summary>A metric in a tile.</summary>
/// <param name="Metric">Its name, base or derived.</param>
/// <param name="Unit">What it is counted in, as tables have it.</param>
/// <param name="Tree">What it is made of; null for a base metric.</param>
public sealed record Tile(string Metric, string Unit, Node? Tree)
{
    /// <summary>The tile of a metric of the catalogue.</summary>
    public static Tile Asked(string metric)
    {
        if (MetricCatalog.Find(metric) is { } known)
        {
            return new(metric, Formulas.Unit.Of(known.Unit).ToString(), null);
        }

        var formula = MetricCatalog.FindDerived(metric)?.Formula ?? throw new ArgumentException($"The catalogue has no metric {metric}.", nameof(metric));
        var tree = ((WrittenOut.Right)new FormulaBook([]).WriteOut(null, ((FormulaRead.Right)Formula.Read(formula)).Formula, [])).Tree;
        return new(metric, FormulaUnits.Of(formula, tree) is FormulaUnit.Right(var unit) ? unit.ToString() : "count", tree);
    }

    /// <summary>The metrics that are summed for it.</summary>
    public IEnumerable<string> Flows => Made.Where(name => !MetricCatalog.Balances.Contains(name, StringComparer.Ordinal));

    /// <summary>The balances it stands on.</summary>
    public IEnumerable<string> Balances => Made.Where(name => MetricCatalog.Balances.Contains(name, StringComparer.Ordinal));

    /// <summary>The metrics it is made of: itself, or those of its formula.</summary>
    public IReadOnlyList<string> Made => Tree is null ? [Metric] : [.. Tree.All.OfType<MeasureNode>().Select(measure => measure.Metric.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>Its figure, made of those of its metrics; null where there is no base.</summary>
    public decimal? Figure(Func<string, decimal> of) => Tree is null ? of(Metric) : FormulaValue.Figure(Tree, measure => of(measure.Metric.Name));
}

/// <summary>A balance at the end of the period and of the one that is compared with.</summary>
public sealed record BalanceSums(string Metric, decimal Now, decimal Before);

/// <summary>The partner at the root of a branch; the brand's branch is the whole channel.</summary>
public sealed record BranchRoot(long PartnerId, string Number, string Name, string? NameLatin, string PartnerType);

/// <summary>A product line with the sum of a metric.</summary>
public sealed record LineSum(string Code, string Name, string NameZh, decimal Value);

/// <summary>A branch with the sum of a metric, and that of the period that is compared with.</summary>
public sealed record BranchSum(string PartnerNumber, string PartnerName, string? PartnerNameLatin, string PartnerType, string PartnerLevel, decimal Value, decimal Before);
