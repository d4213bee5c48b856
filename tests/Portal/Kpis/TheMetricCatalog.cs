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
}
