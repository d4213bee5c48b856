using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Kpis.Metrics;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Kpis.Boards.Rows;

/// <summary>From a figure down to the rows that it is made of.</summary>
[Route("kpis/rows/{metric}")]
public sealed class RowsController(FigureRows rows, BoardScopes scopes, PartnerNames partners, Texts t, ICurrentPerson me, TimeProvider clock, Dashboard dashboard) : Controller
{
    /// <summary>The partners that a figure is of; of a derived metric the figures it is made of.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(string metric, BoardAddress asked, CancellationToken ct)
    {
        if (!MetricCatalog.Lists(metric) || await scopes.ReadAsync(asked, ct) is not { } read)
        {
            return NotFound();
        }

        if (MetricCatalog.FindDerived(metric) is { } derived)
        {
            return View("DerivedRows", new DerivedRows(read, derived, Tile.Asked(metric), await dashboard.ReadAsync(read, new Board([], [metric]), ct)));
        }

        var query = ListQuery.Read(Request, FigureRows.Partners);
        var (page, whole) = await rows.PartnersAsync(read.Scope, metric, query, ct);
        return View("PartnerRows", new PartnerRows(read, metric, Tile.Asked(metric).Unit, query, page, whole));
    }

    /// <summary>The same as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string metric, BoardAddress asked, CancellationToken ct)
    {
        if (MetricCatalog.Find(metric) is null || await scopes.ReadAsync(asked, ct) is not { } read)
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, FigureRows.Partners);
        await Response.SendListAsync($"{t["kpis.metric." + metric].Value} {read.Scope.Period}", me.PartnerName, clock.GetUtcNow(),
            [new(t["kpis.partner"], Width: 32), new(t["kpis.partner.number"]), new(t["kpis.partner_type"]), new(t["kpis.partner_level"]), new(Head(metric, read.Currency), TableColumnKind.Number)],
            query.AllAsync(async portion => (await rows.PartnersAsync(read.Scope, metric, portion, ct)).Page)
                .Select(IReadOnlyList<object?> (row) => [row.Name, row.Number, t["kpis.type." + row.PartnerType].Value, t["kpis.level." + row.PartnerLevel].Value, row.Value]), ct);
        return new EmptyResult();
    }

    /// <summary>The rows of what one partner did itself.</summary>
    [HttpGet("{partner}")]
    public async Task<IActionResult> Show(string metric, string partner, string? period, string? line, CancellationToken ct)
    {
        if (MetricCatalog.Find(metric) is null || await partners.FindAsync(partner, ct) is not { } found || await scopes.ReadAsync(new(Partner: partner, Period: period, Line: line), ct) is not { } read)
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, FigureRows.Rows);
        return View("FigureRowList", new FigureRowList(read, metric, Tile.Asked(metric).Unit, found, query, await rows.RowsAsync(read.Scope, found.PartnerId, metric, query, ct)));
    }

    /// <summary>The same as a file.</summary>
    [HttpGet("{partner}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportRows(string metric, string partner, string? period, string? line, CancellationToken ct)
    {
        if (MetricCatalog.Find(metric) is null || await partners.FindAsync(partner, ct) is not { } found || await scopes.ReadAsync(new(Partner: partner, Period: period, Line: line), ct) is not { } read)
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, FigureRows.Rows);
        await Response.SendListAsync($"{t["kpis.metric." + metric].Value} {found.Name} {read.Scope.Period}", me.PartnerName, clock.GetUtcNow(),
            [new(t["kpis.rows.day"], TableColumnKind.Date, 12), new(t["kpis.rows.number"], Width: 22), new(t["kpis.rows.what"], Width: 40), new(Head(metric, read.Currency), TableColumnKind.Number)],
            query.AllAsync(async portion => (await rows.RowsAsync(read.Scope, found.PartnerId, metric, portion, ct)).Page)
                .Select(IReadOnlyList<object?> (row) => [row.Day, row.Number, row.What is null ? null : Named.In(row.What, row.WhatZh ?? row.What), row.Value]), ct);
        return new EmptyResult();
    }

    string Head(string metric, string currency) => MetricCatalog.IsMoney(metric) ? $"{t["kpis.metric." + metric].Value} ({currency})" : t["kpis.metric." + metric].Value;
}

/// <summary>The partners that a figure is of.</summary>
public sealed record PartnerRows(BoardAsked Asked, string Metric, string Unit, ListQuery Query, ListPage<PartnerShare> Page, decimal Whole);

/// <summary>The rows of one partner.</summary>
public sealed record FigureRowList(BoardAsked Asked, string Metric, string Unit, PartnerName Partner, ListQuery Query, RowsPage Rows);

/// <summary>A derived metric, and what it is made of, with their figures.</summary>
public sealed record DerivedRows(BoardAsked Asked, DerivedMetric Metric, Tile Tile, DashboardFigures Figures);
