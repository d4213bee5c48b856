using Portal.Kpis.Boards;

namespace Portal.Tests.Kpis.Boards;

public sealed class Forecasting
{
    [Fact]
    public void What_sells_the_same_every_month_is_forecast_without_a_band()
    {
        var forecast = SalesForecast.Of([.. Enumerable.Repeat(100m, 24)], 3);

        Assert.Equal([new(100, 100, 100), new(100, 100, 100), new ForecastMonth(100, 100, 100)], forecast);
    }

    [Fact]
    public void A_season_comes_again_at_the_pace_of_the_last_six_months()
    {
        // Two years of a busy December, the second one tenth above the first.
        decimal[] year = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 400];
        var forecast = SalesForecast.Of([.. year, .. year.Select(month => month * 1.1m), .. year.Take(6).Select(month => month * 1.21m)], 6);

        // July to December of the third year: the second's, a tenth more.
        Assert.Equal([85m, 97m, 109m, 121m, 133m, 484m], forecast.Select(month => month.Value));
    }

    [Fact]
    public void The_band_holds_the_forecast_is_never_below_nothing_and_grows_with_the_distance()
    {
        decimal[] restless = [.. Enumerable.Range(0, 30).Select(month => 100m + (month * 37 % 90))];

        var forecast = SalesForecast.Of(restless, 6);

        Assert.All(forecast, month => Assert.True(month.Low >= 0 && month.Low <= month.Value && month.Value <= month.High));
        Assert.True(forecast[^1].High - forecast[^1].Value > forecast[0].High - forecast[0].Value);
    }

    [Fact]
    public void Months_before_the_first_sale_are_no_months_of_nothing()
    {
        Assert.Equal(100, SalesForecast.Of([.. Enumerable.Repeat(0m, 30), 100, 100, 100], 1)[0].Value);
    }

    [Theory]
    [InlineData()]
    [InlineData(5)]
    [InlineData(5, 5)]
    [InlineData(0, 0, 0, 0, 0)]
    public void Nothing_is_forecast_of_less_than_three_months(params int[] months) => Assert.Empty(SalesForecast.Of([.. months.Select(month => (decimal)month)], 6));

    [Fact]
    public void Grades_go_by_rank_and_classes_by_what_is_sold()
    {
        Assert.Equal("AABBBCCCDD", string.Concat(Enumerable.Range(1, 10).Select(place => GradePanel.GradeOf(place, 10))));
        Assert.Equal("A", GradePanel.GradeOf(1, 1));
        Assert.Equal(["A", "A", "B", "B", "C"], new[] { 0m, 0.79m, 0.8m, 0.949m, 0.95m }.Select(GradePanel.ClassOf));
    }
}
