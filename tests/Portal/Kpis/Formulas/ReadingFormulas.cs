using Portal.Kpis.Formulas;

namespace Portal.Tests.Kpis.Formulas;

public sealed class ReadingFormulas
{
    [Theory]
    [InlineData("sell_in", "money")]
    [InlineData("sell_in / sell_in_units", "money/pieces")]
    [InlineData("deals_won / (deals_won + deals_lost)", "ratio")]
    [InlineData("win_rate", "ratio")]
    [InlineData("or(win_rate, 0) + 5%", "ratio")]
    [InlineData("sell_in + sell_through - 1000", "money")]
    [InlineData("20% * sell_in", "money")]
    [InlineData("-max(sell_in, sell_through, 0) × 2 ÷ （3）", "money")]
    [InlineData("ratio(sell_through, purchases)", "ratio")]
    [InlineData("round(1 / deals_won, 2)", "1/count")]
    [InlineData("SELL_IN * win_rate", "money")]
    [InlineData("K-A / sell_in_units", "money/pieces")]
    public void A_formula_has_a_unit(string text, string unit) => Assert.Equal(unit, UnitOf(text));

    [Theory]
    [InlineData("sell_in + deals_won", 9, "kpis.formula.cannot_be_added", "sell_in", "money", "deals_won", "count")]
    [InlineData("sell_in - 5%", 9, "kpis.formula.cannot_be_subtracted", "sell_in", "money", "5%", "ratio")]
    [InlineData("sell_in * purchases", 9, "kpis.formula.cannot_be_multiplied", "sell_in", "money", "purchases", "money")]
    [InlineData("1 / sell_in / sell_in", 1, "kpis.formula.cannot_be_divided", "1 / sell_in", "1/money", "sell_in", "money")]
    [InlineData("max(sell_in, deals_won)", 1, "kpis.formula.cannot_be_compared", "sell_in", "money", "deals_won", "count")]
    [InlineData("win_rate + sell_in", 10, "kpis.formula.cannot_be_added", "win_rate", "ratio", "sell_in", "money")]
    public void Units_that_do_not_go_together_are_named_at_the_sign(string text, int column, string key, params string[] named)
    {
        var problem = ProblemOf(text);

        Assert.Equal((column, key), (problem.Column, problem.TextKey));
        Assert.Equal(named, problem.Arguments.Select(argument => argument.ToString()));
    }

    [Theory]
    [InlineData("", 1, "kpis.formula.value_expected_at_end")]
    [InlineData("sell_in +", 10, "kpis.formula.value_expected_at_end")]
    [InlineData("sell_in sell_through", 9, "kpis.formula.sign_expected")]
    [InlineData("(sell_in", 1, "kpis.formula.parenthesis_open")]
    [InlineData("sell_in)", 8, "kpis.formula.parenthesis_closed")]
    [InlineData("sell_inn", 1, "kpis.formula.unknown_metric_near")]
    [InlineData("sell_in + turnover_of_all", 11, "kpis.formula.unknown_metric")]
    [InlineData("sum(sell_in)", 1, "kpis.formula.unknown_function")]
    [InlineData("min(sell_in)", 1, "kpis.formula.arguments")]
    [InlineData("max", 1, "kpis.formula.function_without_parentheses")]
    [InlineData("round(sell_in, sell_in)", 16, "kpis.formula.decimals")]
    [InlineData("sell_in * 1.2.3", 11, "kpis.formula.number")]
    [InlineData("sell_in * 99999999999999999999999999999999999", 11, "kpis.formula.number")]
    [InlineData("sell_in; drop table kpi_target", 8, "kpis.formula.sign_expected")]
    [InlineData("'sell_in'", 1, "kpis.formula.value_expected")]
    [InlineData("sell_in / 0", 11, "kpis.formula.always_zero")]
    [InlineData("sell_in / (sell_through - sell_through)", 12, "kpis.formula.always_zero")]
    [InlineData("ratio(sell_in, 3 - 3)", 16, "kpis.formula.always_zero")]
    [InlineData("1 + 2", 1, "kpis.formula.no_metric")]
    [InlineData("K-NONE + 1", 1, "kpis.formula.unknown_kpi")]
    public void What_is_no_formula_is_refused_at_its_column(string text, int column, string key)
    {
        var problem = ProblemOf(text);

        Assert.Equal((column, key), (problem.Column, problem.TextKey));
    }

    [Theory]
    [InlineData('(')]
    [InlineData('-')]
    [InlineData('1')]
    [InlineData('\0')]
    public void Ten_thousand_of_anything_are_refused(char letter)
    {
        Assert.Equal("kpis.formula.too_long", ProblemOf(new string(letter, 10_000)).TextKey);
        Assert.Contains(ProblemOf(new string(letter, 1_999)).TextKey, new[] { "kpis.formula.too_deep", "kpis.formula.number", "kpis.formula.value_expected" });
    }

    [Fact]
    public void A_formula_of_too_many_parts_is_refused() => Assert.Equal("kpis.formula.too_many_parts", ProblemOf(string.Join('+', Enumerable.Repeat("sell_in", 200))).TextKey);

    [Fact]
    public void A_kpi_within_itself_is_refused_with_the_circle()
    {
        var book = new FormulaBook([Entry("K-B", "K-C + 1"), Entry("K-C", "sell_in + K-A")]);

        var itself = Assert.IsType<WrittenOut.Wrong>(book.WriteOut("K-A", Read("2 * K-A"), [])).Problem;
        var circle = Assert.IsType<WrittenOut.Wrong>(book.WriteOut("K-A", Read("2 * K-B"), [])).Problem;

        Assert.Equal((5, "kpis.formula.itself"), (itself.Column, itself.TextKey));
        Assert.Equal((5, "kpis.formula.circle", "K-A → K-B → K-C → K-A"), (circle.Column, circle.TextKey, circle.Arguments[0]));
    }

    [Fact]
    public void Kpis_that_double_each_other_do_not_grow_for_ever()
    {
        var book = new FormulaBook(Enumerable.Range(1, 60).Select(index => Entry($"K-{index}", index == 1 ? "sell_in" : $"K-{index - 1} + K-{index - 1}")));

        Assert.Equal("kpis.formula.grows", Assert.IsType<WrittenOut.Wrong>(book.WriteOut(null, Read("K-60"), [])).Problem.TextKey);
    }

    [Fact]
    public void Product_lines_narrow_the_metrics_that_know_them_and_no_others()
    {
        var book = new FormulaBook([Entry("K-A", "sell_in")]);

        var tree = Assert.IsType<WrittenOut.Right>(book.WriteOut(null, Read("sell_through / K-A"), [3, 7])).Tree;
        Assert.Equal(["sell_through 3,7", "sell_in "], tree.All.OfType<MeasureNode>().Select(measure => $"{measure.Metric.Name} {string.Join(',', measure.Lines)}"));

        var refused = Assert.IsType<WrittenOut.Wrong>(book.WriteOut(null, Read("sell_in / deals_won"), [3])).Problem;
        Assert.Equal((11, "kpis.formula.no_lines"), (refused.Column, refused.TextKey));
    }

    [Fact]
    public void A_quotient_by_zero_has_no_value_but_where_another_is_given()
    {
        decimal? Value(string text) => FormulaValue.Figure(Written(text), measure => measure.Metric.Name == "sell_in" ? 100m : 0m);

        Assert.Null(Value("sell_in / sell_in_units"));
        Assert.Null(Value("1 + win_rate * 3"));
        Assert.Equal(7m, Value("or(win_rate, 7)"));
        Assert.Equal(33.333333m, Value("sell_in / 3"));
        Assert.Equal(66.67m, Value("round(sell_in / 1.5, 2)"));
    }

    static string UnitOf(string text) => Assert.IsType<FormulaUnit.Right>(FormulaUnits.Of(text.Trim(), Written(text))).Unit.ToString();

    static FormulaProblem ProblemOf(string text) => Formula.Read(text) switch
    {
        FormulaRead.Wrong(var problem) => problem,
        FormulaRead.Right(var formula) => Book.WriteOut(null, formula, []) switch
        {
            WrittenOut.Wrong(var problem) => problem,
            WrittenOut.Right(var tree) => Assert.IsType<FormulaUnit.Wrong>(FormulaUnits.Of(formula.Text, tree)).Problem,
            _ => throw new InvalidOperationException(),
        },
        _ => throw new InvalidOperationException(),
    };

    static FormulaBook Book { get; } = new([Entry("K-A", "sell_in")]);

    static Node Written(string text) => Assert.IsType<WrittenOut.Right>(Book.WriteOut(null, Read(text), [])).Tree;

    static Formula Read(string text) => Assert.IsType<FormulaRead.Right>(Formula.Read(text)).Formula;

    static BookEntry Entry(string number, string text) => new(number, Read(text), []);
}
