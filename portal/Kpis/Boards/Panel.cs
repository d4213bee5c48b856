using Portal.Kpis.Metrics;
using Portal.Web.Charts;

namespace Portal.Kpis.Boards;

/// <summary>A part of the dashboard that is read when it comes into view: what it shows as a chart and a table, the same for the screen, files, mail and the API.</summary>
public interface IPanel
{
    /// <summary>Its name, one of <see cref="Panels.All"/>.</summary>
    string Name { get; }

    /// <summary>Reads it, in the language of the request.</summary>
    /// <param name="asked">What the dashboard is asked about.</param>
    /// <param name="ct">Stops waiting.</param>
    Task<PanelFigures> ReadAsync(BoardAsked asked, CancellationToken ct);
}

/// <summary>What a panel shows.</summary>
/// <param name="Title">What it is called, in the reader's language.</param>
/// <param name="Table">Its figures.</param>
public sealed record PanelFigures(string Title, PanelTable Table)
{
    /// <summary>The picture, where one says more than the table.</summary>
    public Chart? Chart { get; init; }

    /// <summary>How the figures came about: the rule, in a sentence or two.</summary>
    public string? Rule { get; init; }

    /// <summary>What there is to see in them, in plain sentences.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>What to do where there is nothing to show.</summary>
    public string? WhenEmpty { get; init; }

    /// <summary>How many rows the page shows; files have all.</summary>
    public int RowsShown { get; init; } = 25;

    /// <summary>True where there is nothing to show.</summary>
    public bool IsEmpty => Table.Rows.Count == 0;
}

/// <summary>Figures in rows and columns.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">A cell for each column.</param>
public sealed record PanelTable(IReadOnlyList<PanelColumn> Columns, IReadOnlyList<IReadOnlyList<PanelCell>> Rows);

/// <summary>A column.</summary>
/// <param name="Key">Its name in the API.</param>
/// <param name="Head">Its name in the reader's language.</param>
/// <param name="Kind">What stands in it.</param>
public sealed record PanelColumn(string Key, string Head, PanelValue Kind = PanelValue.Number);

/// <summary>What stands in a column.</summary>
public enum PanelValue
{
    /// <summary>Words.</summary>
    Text,

    /// <summary>Money in the brand's currency.</summary>
    Money,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A share, 0.5 for half.</summary>
    Share,

    /// <summary>A change, 0.1 for a tenth more.</summary>
    Change,

    /// <summary>A figure in the unit its cell names.</summary>
    Figure,
}

/// <summary>A cell.</summary>
/// <param name="Value">A decimal, an integer or words; null where there is none.</param>
public sealed record PanelCell(object? Value)
{
    /// <summary>What is behind it.</summary>
    public string? Link { get; init; }

    /// <summary>How dark it is in a heat table, 1 to 5; null outside of one.</summary>
    public int? Heat { get; init; }

    /// <summary>The unit of a <see cref="PanelValue.Figure"/>, as tables have it: money, ratio, days.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether more is good news in a <see cref="PanelValue.Change"/>.</summary>
    public MetricDirection Direction { get; init; }

    /// <summary>Where a share is held against a target: how it is judged, for the bar beside it.</summary>
    public AttainmentOf? Judged { get; init; }

    /// <summary>Numbers: the value, or null.</summary>
    public decimal? Number => Value switch { decimal number => number, int number => number, long number => number, _ => null };
}

/// <summary>A change as <c>_Change.cshtml</c> shows it: the arrow says where it goes, the colour whether that is good news.</summary>
/// <param name="Share">0.1 for a tenth more.</param>
/// <param name="Direction">Whether more is good news.</param>
public sealed record ChangeOf(decimal Share, MetricDirection Direction)
{
    /// <summary>The class of its colour; neither good nor bad is grey.</summary>
    public string Tone => Share == 0 ? "change-even" : Direction switch
    {
        MetricDirection.Up => Share > 0 ? "change-up" : "change-down",
        MetricDirection.Down => Share > 0 ? "change-down" : "change-up",
        _ => "change-even",
    };
}

/// <summary>A panel there is.</summary>
/// <param name="Name">As addresses and arrangements have it; its words are the text <c>kpis.panel.NAME</c>.</param>
/// <param name="IsWide">It takes the whole width unless somebody says otherwise.</param>
/// <param name="IsLate">It is read when it comes into view, not with the page.</param>
/// <param name="Icon">One of the icons.</param>
public sealed record PanelKind(string Name, bool IsWide, bool IsLate, string Icon)
{
    /// <summary>It compares a partner with others like it, and says nothing of the brand.</summary>
    public bool IsForPartners { get; init; }
}

/// <summary>All panels, and the arrangements that hold until somebody arranges otherwise.</summary>
public static class Panels
{
    /// <summary>The tiles.</summary>
    public const string Tiles = "tiles";

    /// <summary>Figures against targets.</summary>
    public const string Attainment = "attainment";

    /// <summary>All there are, in the order in which they are offered.</summary>
    public static IReadOnlyList<PanelKind> All { get; } =
    [
        new(Tiles, true, false, "layout-grid"), new("trend", true, false, "chart-line"), new("lines", false, false, "category"), new(Attainment, false, false, "target"), new("branches", true, false, "sitemap"),
        new("forecast", true, true, "trending-up"), new("funnel", false, true, "filter"), new("standing", false, true, "gauge"), new("territories", true, true, "map"), new("cohorts", true, true, "users-group"),
        new("grades", true, true, "medal"), new("peers", false, true, "scale") { IsForPartners = true },
    ];

    /// <summary>For whom the brand can set what is shown at first.</summary>
    public static IReadOnlyList<string> Audiences { get; } = ["brand", "channel_manager", "distributor", "reseller", "store", "agent", "coworking_operator"];

    /// <summary>The panel of that name, or null.</summary>
    public static PanelKind? Find(string name) => All.FirstOrDefault(panel => panel.Name == name);

    /// <summary>What is shown to an audience until the brand or the person says otherwise.</summary>
    public static Board AtFirst(string audience) => audience switch
    {
        "brand" => Of([Metric.SellIn, Metric.SellThrough, Metric.DealsRegistered, Metric.DealsWon],
            "trend", "lines", Attainment, "branches", "territories", "forecast", "funnel", "standing", "grades", "cohorts"),
        "channel_manager" => Of([Metric.SellIn, Metric.SellThrough, Metric.DealsRegistered, Metric.Pipeline],
            Attainment, "funnel", "trend", "branches", "territories", "forecast", "grades", "cohorts"),
        "store" => Of([Metric.Purchases, Metric.SellOutUnits, Metric.StockOnHand, Metric.ReceivablesOverdue], "trend", "lines", Attainment, "peers", "standing", "forecast"),
        "agent" => Of([Metric.DealsRegistered, Metric.DealsApproved, Metric.DealsWon, Metric.DealsWonValue], "funnel", Attainment, "peers", "trend", "standing"),
        "coworking_operator" => Of([Metric.Purchases, Metric.DealsRegistered, Metric.DealsWon, Metric.QuotesSent], "trend", "funnel", Attainment, "peers", "lines", "standing"),
        _ => Of([Metric.Purchases, Metric.SellThrough, Metric.DealsRegistered, Metric.DealsWon],
            "trend", "lines", Attainment, "peers", "branches", "standing", "funnel", "forecast", "grades"),
    };

    static Board Of(IReadOnlyList<string> tiles, params string[] panels) => new([.. panels.Prepend(Tiles).Select(name => new PanelPlace(name, Find(name)!.IsWide))], tiles);
}

/// <summary>A panel in its place.</summary>
/// <param name="Name">Which.</param>
/// <param name="IsWide">It takes the whole width.</param>
public sealed record PanelPlace(string Name, bool IsWide);

/// <summary>Which panels a dashboard has, in their order, and which metrics stand in its tiles.</summary>
/// <param name="Places">The panels.</param>
/// <param name="Tiles">Metrics, base or derived.</param>
public sealed record Board(IReadOnlyList<PanelPlace> Places, IReadOnlyList<string> Tiles)
{
    /// <summary>More tiles than this no eye takes in.</summary>
    public const int MostTiles = 12;

    /// <summary>True where the panel is shown.</summary>
    public bool Has(string panel) => Places.Any(place => place.Name == panel);
}
