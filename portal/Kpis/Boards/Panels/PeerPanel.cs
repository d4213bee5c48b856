using Platform.Database;
using Platform.Texts;
using Portal.Kpis.Metrics;
using Portal.Web.Display;

namespace Portal.Kpis.Boards;

/// <summary>
/// A partner against those like it: of its type and level, or of its type where these are too few. Of the others only the quartiles are told, rounded, and nothing where they are fewer than five: the database's
/// <c>kpi_peers</c> decides that, nobody gets their figures.
/// </summary>
public sealed class PeerPanel(Db db, Texts t) : IPanel
{
    static readonly string[] Metrics = [Metric.Purchases, Metric.SellThrough, Metric.SellOutUnits, Metric.DealsRegistered, Metric.DealsWon, Metric.QuotesSent, Metric.NewCustomers];

    /// <inheritdoc/>
    public string Name => "peers";

    /// <inheritdoc/>
    public async Task<PanelFigures> ReadAsync(BoardAsked asked, CancellationToken ct)
    {
        var scope = asked.Scope;
        // Peers are of whole companies: a product line or a territory would make so few of them known that they could be guessed.
        var peers = scope.IsBrand ? [] : await db.ListAsync<PeerRow>("""
            select metric, peers, same_level, own, low, middle, high, place from kpi_peers(@partnerId, @metrics, @start, @end)
            """, new { partnerId = scope.Root.PartnerId, metrics = Metrics, start = scope.Period.Start, end = scope.Period.End }, ct);
        var told = peers.Where(row => row.Middle is not null).OrderBy(row => Array.IndexOf(Metrics, row.Metric)).ToList();
        return new(t["kpis.panel.peers"], new(
            [
                new("metric", t["kpis.metric"], PanelValue.Text), new("own", t["kpis.panel.peers.own"], PanelValue.Figure), new("low", t["kpis.panel.peers.low"], PanelValue.Figure), new("middle", t["kpis.panel.peers.middle"], PanelValue.Figure),
                new("high", t["kpis.panel.peers.high"], PanelValue.Figure), new("place", t["kpis.panel.peers.place"], PanelValue.Text),
            ],
            [
                .. told.Select(IReadOnlyList<PanelCell> (row) =>
                {
                    var unit = MetricCatalog.IsMoney(row.Metric) ? "money" : "count";
                    return
                    [
                        new(t["kpis.metric." + row.Metric].Value), new(row.Own) { Unit = unit, Link = scope.RowsOf(row.Metric, scope.Root.Number) }, new(row.Low) { Unit = unit }, new(row.Middle) { Unit = unit },
                        new(row.High) { Unit = unit }, new(row.Own == 0 ? "–" : t["kpis.panel.peers.quarter." + row.Place].Value),
                    ];
                }),
            ]))
        {
            Rule = told.Count > 0 ? t[told[0].SameLevel ? "kpis.panel.peers.rule_level" : "kpis.panel.peers.rule_type", told[0].Peers].Value : null,
            Findings = told.Find(row => row.Metric == Metric.Purchases) is { Middle: > 0, Own: not 0 } bought ? [t["kpis.panel.peers.finding", t["kpis.panel.peers.quarter." + bought.Place], Formats.Percent(bought.Own / bought.Middle.Value)].Value] : [],
            WhenEmpty = t["kpis.panel.peers.empty"],
        };
    }

    // Place: the quarter of all it is in, 1 the best. Whoever has nothing has none: where most have nothing, nobody would be better.
    sealed record PeerRow(string Metric, int Peers, bool SameLevel, decimal Own, decimal? Low, decimal? Middle, decimal? High, int Place);
}
