using Portal.Kpis;

namespace Portal.Tests.Kpis;

public sealed class Scoring
{
    [Theory]
    [InlineData(80, 100, false, 0.8)]
    [InlineData(100, 100, false, 1)]
    [InlineData(150, 100, false, 1.5)]
    [InlineData(-5, 100, false, 0)]
    [InlineData(50, 40, true, 0.8)]
    [InlineData(20, 40, true, 2)]
    [InlineData(0, 40, true, 2)]
    public void Attainment_is_actual_against_target_and_turned_round_where_low_is_good(double actual, double target, bool lowIsGood, double attainment) =>
        Assert.Equal((decimal)attainment, Score.Attainment((decimal)actual, (decimal)target, lowIsGood));

    [Fact]
    public void Without_a_target_there_is_no_attainment()
    {
        Assert.Null(Score.Attainment(5, null, false));
        Assert.Equal(0, Score.Points(40, null, new(0, 1)));
    }

    [Theory]
    [InlineData(40, 0.8, 0, 1, 32)]
    [InlineData(40, 0.8, 0.8, 1, 32)]
    [InlineData(40, 0.7999, 0.8, 1, 0)]
    [InlineData(40, 1.5, 0, 1, 40)]
    [InlineData(40, 1.5, 0, 1.2, 48)]
    [InlineData(33.33, 0.5, 0, 1, 16.67)]
    public void Points_are_the_weight_times_attainment_between_threshold_and_cap(double weight, double attainment, double threshold, double cap, double points) =>
        Assert.Equal((decimal)points, Score.Points((decimal)weight, (decimal)attainment, new((decimal)threshold, (decimal)cap)));

    [Theory]
    [InlineData(0.79, "nothing", 0, 0)]
    [InlineData(0.79, "share", 0.5, 15.8)]
    [InlineData(0.8, "share", 0.5, 32)]
    [InlineData(0.79, "fixed", 0.3, 12)]
    [InlineData(0.01, "fixed", 0.3, 12)]
    [InlineData(0, "fixed", 0.3, 0)]
    [InlineData(1.5, "share", 0.5, 48)]
    public void Below_the_threshold_of_80_percent_a_line_of_weight_40_earns_what_its_rule_says(double attainment, string below, double share, double points) =>
        Assert.Equal((decimal)points, Score.Points(40, (decimal)attainment, new(0.8m, 1.2m, below, (decimal)share)));

    [Fact]
    public void More_attainment_never_earns_less()
    {
        foreach (var credit in new[] { new Credit(0.5m, 1.2m), new Credit(0.5m, 1.2m, Credit.Share, 1), new Credit(0.8m, 1, Credit.Share, 0.3m), new Credit(0.5m, 2, Credit.Fixed, 0.5m) })
        {
            List<decimal> earned = [.. Enumerable.Range(0, 250).Select(percent => Score.Points(33.33m, percent / 100m, credit))];
            Assert.Equal(earned.Order(), earned);
        }
    }

    [Theory]
    [InlineData(90, 120, false, 90)]
    [InlineData(140, 120, false, 120)]
    [InlineData(140, 120, true, 0)]
    public void A_card_grants_no_more_than_its_bonus_cap_and_nothing_where_a_condition_voids_it(int sum, int most, bool isVoid, int points) =>
        Assert.Equal(points, Score.Total([sum / 2m, sum / 2m], most, isVoid));

    [Theory]
    [InlineData(0.01, 0, false, true)]
    [InlineData(0.0, 0, false, false)]
    [InlineData(null, 0, false, false)]
    [InlineData(4.0, 5, true, true)]
    [InlineData(5.0, 5, true, false)]
    public void A_condition_asks_for_more_than_its_bound_and_for_less_where_less_is_better(double? actual, int bound, bool lowIsGood, bool isMet) =>
        Assert.Equal(isMet, Score.Meets((decimal?)actual, bound, lowIsGood));

    [Fact]
    public void What_is_needed_for_some_points_earns_them_and_a_little_less_does_not()
    {
        foreach (var credit in new[] { new Credit(0.5m, 1.2m), new Credit(0.8m, 1.2m, Credit.Share, 0.5m), new Credit(0.8m, 1.2m, Credit.Fixed, 0.3m), new Credit(0, 1) })
        {
            foreach (var points in new[] { 3m, 10m, 17.5m, 25m, 37m, 40m, 47m })
            {
                if (Score.Needed(points, 40, credit) is not { } needed)
                {
                    Assert.True(points > 40 * credit.Cap);
                    continue;
                }

                Assert.True(Score.Points(40, needed, credit) >= points, $"{credit} {points} {needed}");
                Assert.True(Score.Points(40, needed - 0.001m, credit) < points || credit.Below == Credit.Fixed, $"{credit} {points} {needed}");
            }
        }
    }

    [Theory]
    [InlineData("2026-07", "2026-07-01", "2026-08-01")]
    [InlineData("2026-Q4", "2026-10-01", "2027-01-01")]
    [InlineData("2026", "2026-01-01", "2027-01-01")]
    [InlineData("2026-H1", "2026-01-01", "2026-07-01")]
    [InlineData("2026-H2", "2026-07-01", "2027-01-01")]
    [InlineData("2026-07-R3", "2026-05-01", "2026-08-01")]
    [InlineData("2026-02-R6", "2025-09-01", "2026-03-01")]
    [InlineData("2026-12-R12", "2026-01-01", "2027-01-01")]
    public void A_period_is_read_and_written_the_same(string text, string start, string end)
    {
        var period = Period.Parse(text)!.Value;

        Assert.Equal(text, period.ToString());
        Assert.Equal(DateOnly.Parse(start), period.Start);
        Assert.Equal(DateOnly.Parse(end), period.End);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026-13")]
    [InlineData("2026-Q5")]
    [InlineData("2026-H3")]
    [InlineData("2026-07-R4")]
    [InlineData("2026-07-R")]
    [InlineData("2026-7")]
    [InlineData("1850")]
    [InlineData("2026-07-01")]
    [InlineData("'; drop table kpi_target; --")]
    public void What_is_no_period_is_none(string? text) => Assert.Null(Period.Parse(text));

    [Theory]
    [InlineData(100, 1, new[] { 1, 1, 1 }, new[] { 34, 33, 33 })]
    [InlineData(100, 1, new[] { 0, 0, 0, 0 }, new[] { 25, 25, 25, 25 })]
    [InlineData(10, 1, new[] { 7, -5, 3 }, new[] { 7, 0, 3 })]
    [InlineData(7, 1, new[] { 5, 3, 1 }, new[] { 4, 2, 1 })]
    [InlineData(1, 1, new[] { 1, 1, 1 }, new[] { 1, 0, 0 })]
    public void A_value_is_divided_without_a_rest(int amount, int step, int[] weights, int[] parts) =>
        Assert.Equal(parts.Select(part => (decimal)part), Spread.Of(amount, [.. weights.Select(weight => (decimal)weight)], step));

    [Fact]
    public void Whatever_is_divided_adds_up_to_the_last_cent()
    {
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var amount = random.NextInt64(0, 1_000_000_000_000) / 100m;
            var parts = Spread.Of(amount, [.. Enumerable.Range(0, random.Next(1, 13)).Select(_ => random.NextInt64(-10, 100_000_000) / 10_000m)], 0.01m);

            Assert.Equal(amount, parts.Sum());
            Assert.All(parts, part => Assert.True(part >= 0));
        }
    }
}
