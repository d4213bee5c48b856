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
        Assert.Equal(0, Score.Points(40, null, 0, 1));
    }

    [Theory]
    [InlineData(40, 0.8, 0, 1, 32)]
    [InlineData(40, 0.8, 0.8, 1, 32)]
    [InlineData(40, 0.7999, 0.8, 1, 0)]
    [InlineData(40, 1.5, 0, 1, 40)]
    [InlineData(40, 1.5, 0, 1.2, 48)]
    [InlineData(33.33, 0.5, 0, 1, 16.67)]
    public void Points_are_the_weight_times_attainment_between_threshold_and_cap(double weight, double attainment, double threshold, double cap, double points) =>
        Assert.Equal((decimal)points, Score.Points((decimal)weight, (decimal)attainment, (decimal)threshold, (decimal)cap));

    [Theory]
    [InlineData("2026-07", "2026-07-01", "2026-08-01")]
    [InlineData("2026-Q4", "2026-10-01", "2027-01-01")]
    [InlineData("2026", "2026-01-01", "2027-01-01")]
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
    [InlineData("2026-7")]
    [InlineData("1850")]
    [InlineData("2026-07-01")]
    [InlineData("'; drop table kpi_target; --")]
    public void What_is_no_period_is_none(string? text) => Assert.Null(Period.Parse(text));
}
