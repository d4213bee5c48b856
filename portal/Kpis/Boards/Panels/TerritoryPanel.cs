using Platform.Database;
using Platform.Texts;
using Portal.Web.Display;

namespace Portal.Kpis.Boards;

/// <summary>Sales of the last twelve months by territory (区域热力), darker where more was sold; each territory leads to its own dashboard.</summary>
public sealed class TerritoryPanel(Db db, Texts t) : IPanel
{
    const int Months = 12;
    const int Shades = 5;

    /// <inheritdoc/>
    public string Name => "territories";

    /// <inheritdoc/>
    public async Task<PanelFigures> ReadAsync(BoardAsked asked, CancellationToken ct)
    {
        var scope = asked.Scope;
        var first = scope.LastMonth.AddMonths(1 - Months);
        var args = scope.Arguments();
        args.Add("first", first);
        // The months of the picture, the period and what it is compared with, read once.
        var cells = await db.ListAsync<TerritoryMonth>($"""
            select t.code, t.name, t.name_zh, f.month, sum(f.value) as value
            from {scope.OwnFacts("metric = @sales and (month >= @first and month < @end or month >= @start and month < @end or month >= @beforeStart and month < @beforeEnd)")} f
            join partner p on p.partner_id = f.partner_id
            left join territory t on t.territory_id = p.territory_id
            group by t.code, t.name, t.name_zh, f.month
            """, args, ct);
        var months = Enumerable.Range(0, Months).Select(first.AddMonths).ToList();
        // The largest fifth of the cells is the darkest.
        decimal[] ordered = [.. cells.Where(cell => cell.Month >= first && cell.Value > 0).Select(cell => cell.Value).Order()];
        int? Shade(decimal value) => value <= 0 ? null : Math.Min(Shades, 1 + (Array.FindLastIndex(ordered, other => other <= value) * Shades / ordered.Length));
        var territories = cells.GroupBy(cell => (cell.Code, cell.Name, cell.NameZh)).Select(group => new
        {
            group.Key.Code, Name = group.Key.Code is null ? t["kpis.panel.territories.none"].Value : Named.In(group.Key.Name!, group.Key.NameZh!),
            Of = group.ToDictionary(cell => cell.Month, cell => cell.Value),
            Now = group.Where(cell => cell.Month >= scope.Period.Start && cell.Month < scope.Period.End).Sum(cell => cell.Value),
            Before = scope.Before is { } before ? group.Where(cell => cell.Month >= before.Start && cell.Month < before.End).Sum(cell => cell.Value) : 0,
        }).OrderByDescending(territory => territory.Now).ThenBy(territory => territory.Code, StringComparer.Ordinal).ToList();
        var whole = territories.Sum(territory => territory.Now);
        string Link(string code) => BoardScope.Path + (scope with { Territory = new(0, code, "", "") }).Query;
        return new(t["kpis.panel.territories"], new(
            [
                new("territory", t["kpis.territory"], PanelValue.Text), new("value", scope.Period.Said(t), PanelValue.Money), new("change", Compared.Head(scope, t), PanelValue.Change),
                .. months.Select(month => new PanelColumn(Period.Of(PeriodKind.Month, month).ToString(), Period.Of(PeriodKind.Month, month).ToString(), PanelValue.Money)),
            ],
            [
                .. territories.Select(IReadOnlyList<PanelCell> (territory) =>
                [
                    new(territory.Name) { Link = territory.Code is { } code ? Link(code) : null }, new(territory.Now), new(Compared.Change(territory.Now, territory.Before)),
                    .. months.Select(month => territory.Of.GetValueOrDefault(month) is var value and not 0 ? new PanelCell(value) { Heat = Shade(value) } : new PanelCell(null)),
                ]),
            ]))
        {
            Rule = t["kpis.panel.territories.rule", t["kpis.metric." + scope.Sales]],
            Findings = whole > 0 && territories[0] is { Now: > 0 } most ? [t["kpis.panel.territories.finding", most.Name, Formats.Percent(most.Now / whole)].Value] : [],
            WhenEmpty = t["kpis.nothing_in_period", scope.Period.Said(t)],
        };
    }

    sealed record TerritoryMonth(string? Code, string? Name, string? NameZh, DateOnly Month, decimal Value);
}
