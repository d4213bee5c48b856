using System.Globalization;
using System.Text;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;

namespace Portal.Kpis;

/// <summary>The measures that some formulas are made of, each once, as columns <c>m0</c>, <c>m1</c>, … over the days: a sum with a filter.</summary>
sealed class MeasureColumns
{
    readonly List<MeasureNode> measures;
    readonly List<BaseMetric> metrics;

    public MeasureColumns(IEnumerable<Node?> trees)
    {
        measures = [.. trees.SelectMany(MeasuresOf).DistinctBy(Key, StringComparer.Ordinal)];
        metrics = [.. measures.Select(measure => measure.Metric).Distinct()];
    }

    /// <summary>True where no formula measures anything.</summary>
    public bool IsEmpty => measures.Count == 0;

    /// <summary>True where one of them is a balance.</summary>
    public bool HasBalances => metrics.Exists(metric => metric.Nature == MetricNature.Balance);

    /// <summary>Their metrics, as a list in SQL.</summary>
    public string Metrics => Listed(metrics);

    /// <summary>True where one of them is a flow.</summary>
    public bool HasFlows => metrics.Exists(metric => metric.Nature == MetricNature.Flow);

    /// <summary>Those of them that are flows.</summary>
    public string Flows => Listed(metrics.Where(metric => metric.Nature == MetricNature.Flow));

    /// <summary>Those of them that are balances.</summary>
    public string Balances => Listed(metrics.Where(metric => metric.Nature == MetricNature.Balance));

    /// <summary>The columns over the days of <c>kpi_daily f</c>, with a name each.</summary>
    /// <param name="start">The first day of what happened, in SQL.</param>
    /// <param name="standing">The last day of what stands.</param>
    public string Sums(string start = "@start", string standing = "@standing") => string.Join(", ", measures.Select((measure, index) => $"{Sum(measure, start, standing)} as m{index}"));

    /// <summary>The columns of <c>f</c> added up, each with a comma before it.</summary>
    public string Added => string.Concat(measures.Select((_, index) => $", sum(f.m{index}) as m{index}"));

    /// <summary>The columns that a formula is made of.</summary>
    public IReadOnlyList<string> Of(Node? tree) => [.. MeasuresOf(tree).Select(Column).Distinct(StringComparer.Ordinal)];

    /// <summary>A formula over the columns of a table, as a figure.</summary>
    public string Figure(Node tree, string table) => FormulaSql.Figure(tree, measure => $"coalesce({table}.{Column(measure)}, 0)");

    string Column(MeasureNode measure) => string.Create(CultureInfo.InvariantCulture, $"m{measures.FindIndex(other => Key(other) == Key(measure))}");

    static string Sum(MeasureNode measure, string start, string standing)
    {
        var filter = new StringBuilder().Append(CultureInfo.InvariantCulture, $"f.metric = '{measure.Metric.Name}'");
        if (measure.Lines.Count > 0)
        {
            filter.Append(CultureInfo.InvariantCulture, $" and f.product_line_id in ({string.Join(", ", measure.Lines)})");
        }

        filter.Append(measure.Metric.Nature == MetricNature.Flow ? " and f.day >= " + start : " and f.day <= " + standing);
        return $"sum(f.value) filter (where {filter})";
    }

    /// <summary>Metrics as a list in SQL.</summary>
    public static string Listed(IEnumerable<BaseMetric> metrics) => string.Join(", ", metrics.Select(metric => $"'{metric.Name}'"));

    /// <summary>The measures of a formula; none of one that cannot be written out.</summary>
    public static IEnumerable<MeasureNode> MeasuresOf(Node? tree) => tree?.All.OfType<MeasureNode>() ?? [];

    /// <summary>Tells one measure from another.</summary>
    public static string Key(MeasureNode measure) => $"{measure.Metric.Name} {string.Join(',', measure.Lines)}";
}
