using Platform.Database;

namespace Portal.Kpis;

/// <summary>
/// Fills the grid with proposals that nobody has stored yet: growth on last year's figures or targets, or a year's value divided over its periods. Who looks at them stores them.
/// </summary>
public sealed class FillTargets(Db db, KpiDefinitions kpis, TargetGrids grids)
{
    /// <summary>So many years make the season.</summary>
    public const int SeasonYears = 3;

    /// <summary>The ways to fill.</summary>
    public static IReadOnlyList<string> Ways { get; } = ["growth_actual", "growth_target", "season", "even"];

    /// <summary>Fills the rows of a grid; what is wrong with what was asked is said instead.</summary>
    public Task<Filled> RunAsync(TargetGrid grid, AskedFill asked, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (Refused(grid, asked) is { } refused)
        {
            return refused;
        }

        var partners = grid.Partners.Where(partner => asked.Owner is null || asked.Owner == partner.Number).ToList();
        string[] owners = [.. asked.Owner is null ? partners.Select(partner => partner.Number) : [asked.Owner]];
        var values = asked.Way switch
        {
            "growth_actual" => Grown(grid, await ActualsAsync(grid, partners, 1, ct), asked.Percent!.Value),
            "growth_target" => Grown(grid, await LastTargetsAsync(grid, owners, ct), asked.Percent!.Value),
            "season" => Divided(grid, owners, await ActualsAsync(grid, partners, SeasonYears, ct), asked.Amount!.Value),
            _ => Divided(grid, owners, [], asked.Amount!.Value),
        };
        return (Filled)new Filled.Proposed(values.Where(cell => !asked.OnlyEmpty || grid.TargetAt(cell.Owner, cell.Period.ToString()) is null)
            .ToDictionary(cell => TargetGrid.Cell(cell.Owner, cell.Period), cell => (string?)TypedTarget.Write(cell.Value, grid.IsRatio), StringComparer.Ordinal));
    }, ct);

    static Filled.Refused? Refused(TargetGrid grid, AskedFill asked) => asked switch
    {
        _ when grid.Kpi is null || grid.Periods.Count == 0 => new("way", "kpis.refused.not_measured_then"),
        { Way: not ("growth_actual" or "growth_target" or "season" or "even") } => new("way", "kpis.refused.fill_way"),
        { Way: "growth_actual" or "growth_target", Percent: not (>= -99 and <= 1000) } => new("percent", "kpis.refused.fill_percent"),
        { Way: "season" or "even", Amount: not (> 0 and <= SetTargets.Most) } => new("amount", "kpis.refused.value"),
        { Way: "season" or "even" } when grid.Kpi!.Unit is not ("money" or "pieces" or "count") || grid.Periods.Any(period => period.IsRolling) => new("way", "kpis.refused.fill_does_not_add_up"),
        _ => null,
    };

    // The same period of the years before, by partner and place in the year.
    async Task<List<Cell>> ActualsAsync(TargetGrid grid, List<GridPartner> partners, int years, CancellationToken ct)
    {
        var held = await kpis.HeldAsync(grid.Periods[^1].HeldOn, ct);
        if (partners.Count == 0 || held.Find(version => version.Number == grid.Kpi!.Number) is not { } version
            || Attainments.WriteOut(DefineKpi.Book(held), version) is not { } tree)
        {
            return [];
        }

        List<(Period Period, Period Then)> before = [.. from back in Enumerable.Range(1, years) from period in grid.Periods select (period, Period.From(period.Kind, period.Start.AddYears(-back)))];
        var rows = await db.ListAsync<(long PartnerId, int Place, decimal? Value)>(Measured.ByPeriod(tree), new
        {
            starts = before.Select(pair => pair.Then.Start).ToArray(), ends = before.Select(pair => pair.Then.End).ToArray(), partners = partners.Select(partner => partner.PartnerId).ToArray(),
        }, ct);
        var numbers = partners.ToDictionary(partner => partner.PartnerId, partner => partner.Number);
        return [.. from row in rows where row.Value is not null select new Cell(numbers[row.PartnerId], before[row.Place - 1].Period, row.Value!.Value)];
    }

    async Task<List<Cell>> LastTargetsAsync(TargetGrid grid, string[] owners, CancellationToken ct)
    {
        var targets = (await grids.TargetsAsync(grid.Kpi!.KpiDefinitionId, grid.Year - 1, [.. grid.Partners.Select(partner => partner.PartnerId)], ct)).ToLookup(target => (target.Owner, target.Period, target.StartsOn));
        return [.. from owner in owners
                   from period in grid.Periods
                   from target in targets[(owner, period.KindName, period.Start.AddYears(-1))]
                   select new Cell(owner, period, target.Value)];
    }

    static IEnumerable<Cell> Grown(TargetGrid grid, List<Cell> bases, decimal percent)
    {
        var decimals = grid.Kpi!.Unit switch { "pieces" or "count" => 0, "money" => 2, _ => 4 };
        return from cell in bases
               let grown = Math.Round(cell.Value * (1 + (percent / 100)), decimals, MidpointRounding.AwayFromZero)
               where grown > 0
               select cell with { Value = grown };
    }

    static IEnumerable<Cell> Divided(TargetGrid grid, string[] owners, List<Cell> actuals, decimal amount)
    {
        var season = actuals.ToLookup(cell => (cell.Owner, cell.Period), cell => cell.Value);
        var step = decimal.Truncate(amount) == amount ? 1m : 0.01m;
        return from owner in owners
               let parts = Spread.Of(Math.Round(amount, 2, MidpointRounding.AwayFromZero), [.. grid.Periods.Select(period => season[(owner, period)].Sum())], step)
               from pair in grid.Periods.Zip(parts)
               where pair.Second > 0
               select new Cell(owner, pair.First, pair.Second);
    }

    sealed record Cell(string Owner, Period Period, decimal Value);
}

/// <summary>How the grid shall be filled.</summary>
/// <param name="Way">growth_actual, growth_target, season or even.</param>
/// <param name="Percent">The growth.</param>
/// <param name="Amount">The year's value.</param>
/// <param name="Owner">One row: a partner's number, <c>level:gold</c> or <c>territory:CN</c>; null is every partner of the page.</param>
/// <param name="OnlyEmpty">Cells that have a target stay as they are.</param>
public sealed record AskedFill(string? Way, decimal? Percent, decimal? Amount, string? Owner, bool OnlyEmpty);

/// <summary>What became of it.</summary>
public abstract record Filled
{
    /// <summary>These values, by the name of their cell; nothing is stored.</summary>
    public sealed record Proposed(IReadOnlyDictionary<string, string?> Cells) : Filled;

    /// <summary>It was refused because of one field.</summary>
    public sealed record Refused(string Field, string TextKey) : Filled;
}
