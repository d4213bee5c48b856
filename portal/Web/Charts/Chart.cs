using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Charts;

/// <summary>How a row of values is drawn.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChartKind>))]
public enum ChartKind
{
    /// <summary>Upright bars.</summary>
    Bar,

    /// <summary>A line.</summary>
    Line,

    /// <summary>A line with the area under it.</summary>
    Area,

    /// <summary>Lying bars, for names that are long.</summary>
    Row,

    /// <summary>Shares of a ring; only the first series is drawn.</summary>
    Ring,

    /// <summary>What lies between two lines: the values and <see cref="ChartSeries.Upper"/>.</summary>
    Band,
}

/// <summary>What a chart shows. The same values stand in a table under it, for print and for those who do not see it.</summary>
/// <param name="Labels">What the values are by: months, partners.</param>
/// <param name="Series">The values, a row for each thing measured.</param>
public sealed record Chart(IReadOnlyList<string> Labels, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>Draws the series on top of each other.</summary>
    public bool Stacked { get; init; }

    /// <summary>The unit of all values, such as a currency.</summary>
    public string? Unit { get; init; }

    /// <summary>The values are counted: the axis has whole numbers alone.</summary>
    public bool IsCount { get; init; }

    /// <summary>How many decimals values are shown with.</summary>
    public int Decimals { get; init; }
}

/// <summary>One thing measured.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">Its values, one for each label; null where there is none.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<decimal?> Values)
{
    /// <summary>How it is drawn.</summary>
    public ChartKind Kind { get; init; } = ChartKind.Bar;

    /// <summary>The upper edge of a <see cref="ChartKind.Band"/>, whose lower are the values.</summary>
    public IReadOnlyList<decimal?>? Upper { get; init; }

    /// <summary>A target to compare with: drawn thin and dashed.</summary>
    public bool IsTarget { get; init; }
}

/// <summary>
/// A chart: <c>&lt;chart title="@T["kpis.sell_in"]" data="Model.SellIn" /&gt;</c>. Drawn by <c>wwwroot/js/charts.js</c>, which the page loads by
/// itself; with <c>open-table="true"</c> the table is shown from the start.
/// </summary>
[HtmlTargetElement("chart", Attributes = "data", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ChartTagHelper(IHtmlHelper html) : PartTagHelper(html)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>What it shows.</summary>
    public Chart Data { get; set; } = null!;

    /// <summary>What it is called.</summary>
    public string Title { get; set; } = "";

    /// <summary>What stands over the labels in the table.</summary>
    public string? LabelsTitle { get; set; }

    /// <summary>How high it is: small, medium or large.</summary>
    public string Size { get; set; } = "medium";

    /// <summary>Shows the table from the start.</summary>
    public bool OpenTable { get; set; }

    /// <summary>Tells it from those that parts of the page bring along later; needed where a part draws charts.</summary>
    public string? Key { get; set; }

    /// <summary>True where its title stands above it already: it is then only read out.</summary>
    public bool IsTitled { get; set; }

    /// <summary>Says that parts of this page will bring charts along: the page loads what draws them.</summary>
    public static void ComeLater(HttpContext http) => http.Items.TryAdd(typeof(Chart), 0);

    /// <inheritdoc/>
    public override Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        // A part that is rendered several times has the same UniqueId each time.
        var drawn = ViewContext.HttpContext.Items.TryGetValue(typeof(Chart), out var before) && before is int number ? number + 1 : 1;
        ViewContext.HttpContext.Items[typeof(Chart)] = drawn;
        var id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"chart-{Key}{context.UniqueId}-{drawn}");
        return WriteAsync(output, "/Web/Charts/_Chart.cshtml", new ChartPart(id, Title, LabelsTitle, Size, OpenTable, Data, JsonSerializer.Serialize(Data, Json)) { IsTitled = IsTitled });
    }
}

/// <summary>A chart as <c>_Chart.cshtml</c> shows it.</summary>
/// <param name="Id">Its id on the page.</param>
/// <param name="Title">What it is called.</param>
/// <param name="LabelsTitle">What stands over the labels.</param>
/// <param name="Size">How high it is.</param>
/// <param name="OpenTable">Shows the table from the start.</param>
/// <param name="Data">What it shows.</param>
/// <param name="Json">The same for the script.</param>
public sealed record ChartPart(string Id, string Title, string? LabelsTitle, string Size, bool OpenTable, Chart Data, string Json)
{
    /// <summary>Its title stands above it already.</summary>
    public bool IsTitled { get; init; }
}
