using Portal.Kpis.Boards;
using Portal.Kpis.Metrics;
using Portal.Tests.House;

namespace Portal.Tests.Kpis;

public sealed class TheMetricCatalog
{
    [Fact]
    public void Every_metric_has_one_name_and_its_words()
    {
        string[] names = [.. MetricCatalog.Base.Select(metric => metric.Name), .. MetricCatalog.Derived.Select(metric => metric.Name)];
        var texts = SourceTree.Files("portal", ".json").Single(file => file.Path.EndsWith("Kpis/texts.json", StringComparison.Ordinal)).Text;

        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
        Assert.Equal([], names.Where(name => !texts.Contains($"\"kpis.metric.{name}\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("deals_won", 0.1, "change-up")]
    [InlineData("deals_won", -0.1, "change-down")]
    [InlineData("receivables_overdue", 0.1, "change-down")]
    [InlineData("overdue_share", -0.1, "change-up")]
    [InlineData("stock_on_hand", 0.1, "change-even")]
    [InlineData("deals_won", 0.0, "change-even")]
    public void More_is_good_news_only_where_the_catalog_says_so(string metric, double share, string tone) =>
        Assert.Equal(tone, new ChangeOf((decimal)share, MetricCatalog.DirectionOf(metric)).Tone);
}
