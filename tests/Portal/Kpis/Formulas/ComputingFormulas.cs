using System.Globalization;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;
using Support;

namespace Portal.Tests.Kpis.Formulas;

/// <summary>The database and the interpreter compute the same, to the last decimal, whatever the formula is.</summary>
public sealed class ComputingFormulas : IAsyncLifetime
{
    TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.PortalAsync();

    public Task DisposeAsync() => database.DisposeAsync().AsTask();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_is_well_typed_gives_one_value_in_both(int seed)
    {
        var random = new Random(seed);
        var cases = Enumerable.Range(0, 250).Select(_ => new Case(Any(random, Units[random.Next(Units.Length)], 5), Figures(random))).ToList();

        var computed = await database.ListAsync<(int Place, string? Value, string? Figure)>(string.Join(" union all ", cases.Select((given, place) =>
            $"select {place} as place, ({FormulaSql.Of(given.Tree, given.Column)})::text as value, ({FormulaSql.Figure(given.Tree, given.Column)})::text as figure")) + " order by place");

        Assert.Equal(cases.Count, computed.Count);
        foreach (var (place, value, figure) in computed)
        {
            var given = cases[place];
            Assert.True(Same(FormulaValue.Of(given.Tree, given.Of)?.ToString(), value), $"{FormulaSql.Of(given.Tree, given.Column)}: {FormulaValue.Of(given.Tree, given.Of)} and {value}");
            Assert.True(Same(FormulaValue.Figure(given.Tree, given.Of)?.ToString(CultureInfo.InvariantCulture), figure), $"{FormulaSql.Figure(given.Tree, given.Column)}: {figure}");
        }

        Assert.Contains(computed, row => row.Value is null);
        Assert.Contains(computed, row => row.Value is not null);
    }

    [Fact]
    public void Whatever_is_made_well_typed_is_found_to_be()
    {
        var random = new Random(11);
        for (var i = 0; i < 2000; i++)
        {
            var unit = Units[random.Next(Units.Length)];
            var tree = new PairNode('+', Measure(unit), Any(random, unit, 5), 0);

            switch (FormulaUnits.Of(new string(' ', 100), tree))
            {
                case FormulaUnit.Right(var found):
                    Assert.Equal(unit, found);
                    break;
                case FormulaUnit.Wrong(var problem):
                    Assert.Equal("kpis.formula.always_zero", problem.TextKey);
                    break;
            }
        }
    }

    static readonly Unit[] Units = [Unit.Of(MetricUnit.Money), Unit.Of(MetricUnit.Pieces), Unit.Of(MetricUnit.Count)];

    // Trailing zeros are no difference: 1.50 is 1.5.
    static bool Same(string? one, string? other) => one is null || other is null ? one == other : Plain(one) == Plain(other);

    static string Plain(string number)
    {
        var plain = number.Contains('.', StringComparison.Ordinal) ? number.TrimEnd('0').TrimEnd('.') : number;
        return plain is "-0" ? "0" : plain;
    }

    static Node Any(Random random, Unit unit, int depth) => depth == 0 ? Leaf(random, unit) : random.Next(9) switch
    {
        0 => Leaf(random, unit),
        1 => new PairNode('+', Any(random, unit, depth - 1), random.Next(2) == 0 ? Any(random, unit, depth - 1) : new NumberNode(0, 0, random.Next(0, 1_000_000) / 1000m, false), 0),
        2 => new PairNode('-', Any(random, unit, depth - 1), Any(random, unit, depth - 1), 0),
        3 => new PairNode('*', Any(random, unit, depth - 1), Ratio(random, depth - 1), 0),
        4 => new PairNode('/', Any(random, unit, depth - 1), Ratio(random, depth - 1), 0),
        5 => new CallNode(0, 0, random.Next(2) == 0 ? "min" : "max", [Any(random, unit, depth - 1), Any(random, unit, depth - 1), Any(random, unit, depth - 1)]),
        6 => new CallNode(0, 0, "or", [Any(random, unit, depth - 1), Any(random, unit, depth - 1)]),
        7 => new CallNode(0, 0, "round", [Any(random, unit, depth - 1), new NumberNode(0, 0, random.Next(7), false)]),
        _ => new NegativeNode(0, 0, Any(random, unit, depth - 1)),
    };

    static Node Ratio(Random random, int depth)
    {
        var unit = Units[random.Next(Units.Length)];
        return random.Next(4) switch
        {
            0 => new NumberNode(0, 0, random.Next(1, 2000) / 100m, false),
            1 => new NumberNode(0, 0, random.Next(1, 200) / 100m, true),
            2 => new CallNode(0, 0, "ratio", [Any(random, unit, Math.Max(depth - 1, 0)), Any(random, unit, Math.Max(depth - 1, 0))]),
            _ => new PairNode('/', Any(random, unit, Math.Max(depth - 1, 0)), Any(random, unit, Math.Max(depth - 1, 0)), 0),
        };
    }

    // A number alone has no unit: times a ratio it would be one. It stands beside something that has.
    static MeasureNode Leaf(Random random, Unit unit) => new(0, 0, Of(random, unit));

    static MeasureNode Measure(Unit unit) => new(0, 0, MetricCatalog.Base.First(metric => Unit.Of(metric.Unit) == unit));

    static BaseMetric Of(Random random, Unit unit)
    {
        var fitting = MetricCatalog.Base.Where(metric => Unit.Of(metric.Unit) == unit).ToList();
        return fitting[random.Next(fitting.Count)];
    }

    static Dictionary<string, decimal> Figures(Random random) => MetricCatalog.Base.ToDictionary(metric => metric.Name, _ => random.Next(5) switch
    {
        0 => 0m,
        1 => random.Next(-50, 50),
        2 => random.NextInt64(-100_000_000_000_000, 100_000_000_000_000) / 10_000m,
        _ => random.Next(0, 100_000_000) / 10_000m,
    }, StringComparer.Ordinal);

    sealed record Case(Node Tree, Dictionary<string, decimal> Figures)
    {
        public decimal Of(MeasureNode measure) => Figures[measure.Metric.Name];

        public string Column(MeasureNode measure) => $"({Of(measure).ToString(CultureInfo.InvariantCulture)}::numeric)";
    }
}
