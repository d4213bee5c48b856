using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Documents.Tables;
using Portal.Documents.Typst;
using Portal.Kpis.Metrics;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Kpis.Boards;

/// <summary>Where the channel, or one partner's branch of it, stands: the dashboard, its panels one by one, and how a person arranges them.</summary>
[Route("kpis")]
public sealed class BoardsController(
    Dashboard dashboard, BoardScopes scopes, BoardStore boards, PanelReader panels, SavedViews views, Texts t, ICurrentPerson me, TimeProvider clock) : Controller
{
    /// <summary>The list under which views of the dashboard are saved.</summary>
    public const string SavedAs = "kpis";

    /// <summary>The dashboard; the address says which branch and period, against what, and to what it is narrowed.</summary>
    [HttpGet]
    public async Task<IActionResult> Show(BoardAddress asked, CancellationToken ct)
    {
        if (await scopes.ReadAsync(asked, ct) is not { } read)
        {
            return NotFound();
        }

        var arranged = await boards.OfAsync(ct);
        var figures = await dashboard.ReadAsync(read, arranged.Board, ct);
        var (lines, territories) = await scopes.ChoicesAsync(ct);
        return View("KpiDashboard", new KpiDashboardPage(figures, arranged, lines, territories, await views.OfAsync(SavedAs, ct)));
    }

    /// <summary>One panel: as a part of the page that asks for it, else as a page of its own.</summary>
    /// <param name="name">Which.</param>
    /// <param name="asked">What it is asked about.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("panels/{name}")]
    public async Task<IActionResult> Panel(string name, BoardAddress asked, CancellationToken ct)
    {
        if (Panels.Find(name) is not { } kind || await scopes.ReadAsync(asked, ct) is not { } read)
        {
            return NotFound();
        }

        var page = new PanelPage(kind, read, await panels.ReadAsync(kind, read, ct));
        return Request.Headers.ContainsKey("HX-Request") ? PartialView("_Panel", page) : View("PanelPage", page with { IsAlone = true });
    }

    /// <summary>One panel as a file: all rows, Excel or CSV.</summary>
    /// <param name="name">Which.</param>
    /// <param name="asked">What it is asked about.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("panels/{name}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string name, BoardAddress asked, CancellationToken ct)
    {
        if (Panels.Find(name) is not { } kind || await scopes.ReadAsync(asked, ct) is not { } read)
        {
            return NotFound();
        }

        var figures = await panels.ReadAsync(kind, read, ct);
        await Response.SendListAsync($"{figures.Title} {read.Scope.Period}", me.PartnerName, clock.GetUtcNow(), PanelTables.Columns(figures, read.Currency), PanelTables.Rows(figures, t, read.Currency).ToAsyncEnumerable(), ct);
        return new EmptyResult();
    }

    /// <summary>The whole dashboard as PDF, with its charts.</summary>
    [HttpGet("pdf"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Pdf(BoardAddress asked, [FromServices] BoardReport report, CancellationToken ct)
    {
        if (await scopes.ReadAsync(asked, ct) is not { } read)
        {
            return NotFound();
        }

        return await report.PdfAsync(read, await panels.ReadAllAsync(read, ct), ct) switch
        {
            Typesetting.Pdf pdf => File(pdf.Content, "application/pdf", $"{report.Title(read)}.pdf"),
            Typesetting.Refused refused => DocumentsBusy.Answer(refused.TextKey),
            var flawed => throw new InvalidOperationException($"The dashboard's template is wrong: {flawed}"),
        };
    }

    /// <summary>The whole dashboard as a workbook, a sheet for each panel.</summary>
    [HttpGet("excel"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Excel(BoardAddress asked, [FromServices] BoardReport report, CancellationToken ct)
    {
        if (await scopes.ReadAsync(asked, ct) is not { } read)
        {
            return NotFound();
        }

        return File(await report.ExcelAsync(read, await panels.ReadAllAsync(read, ct), me.PartnerName, ct), TableExport.ExcelType, $"{report.Title(read)}.xlsx");
    }

    /// <summary>The form in which panels and tiles are arranged.</summary>
    /// <param name="audience">Whose first arrangement; one's own where it is left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("board")]
    public async Task<IActionResult> Arrange(string? audience, CancellationToken ct)
    {
        if (!MayArrange(audience))
        {
            return audience is null || Panels.Audiences.Contains(audience) ? Forbid() : NotFound();
        }

        var arranged = audience is null ? await boards.OfAsync(ct) : new(await boards.OfAsync(audience, ct), true);
        return View("BoardForm", new BoardForm(arranged.Board, arranged.IsOwn, audience, IsForBrand(audience)));
    }

    /// <summary>Keeps an arrangement.</summary>
    /// <param name="audience">Whose; one's own where it is left out.</param>
    /// <param name="places">By panel: its place, and none, half or whole.</param>
    /// <param name="tiles">Metrics.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpPost("board")]
    public async Task<IActionResult> Keep(string? audience, [FromForm] Dictionary<string, TypedPlace> places, [FromForm] List<string> tiles, CancellationToken ct)
    {
        if (!MayArrange(audience))
        {
            return Forbid();
        }

        var board = new Board(
            [
                .. places.Where(place => Panels.Find(place.Key) is not null && place.Value.Width is "half" or "whole").OrderBy(place => place.Value.At)
                    .ThenBy(place => Panels.All.ToList().FindIndex(panel => panel.Name == place.Key)).Select(place => new PanelPlace(place.Key, place.Value.Width == "whole")),
            ],
            [.. tiles.Where(MetricCatalog.Lists).Distinct(StringComparer.Ordinal)]);
        var problem = board.Places.Count == 0 ? "kpis.board.no_panel" : board.Tiles.Count is 0 or > Board.MostTiles ? "kpis.board.wrong_tiles" : null;
        if (problem is not null)
        {
            ModelState.AddModelError(board.Places.Count == 0 ? "places" : "tiles", t[problem, Board.MostTiles]);
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View("BoardForm", new BoardForm(board, true, audience, IsForBrand(audience)));
        }

        await boards.KeepAsync(board, audience, ct);
        this.Flash(FlashKind.Done, audience is null ? t["kpis.board.kept"] : t["kpis.board.kept_for", t["kpis.audience." + audience]]);
        return audience is null ? RedirectToAction(nameof(Show)) : RedirectToAction(nameof(Arrange), new { audience });
    }

    /// <summary>Back to what the brand, or the product, shows at first.</summary>
    /// <param name="audience">Whose; one's own where it is left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpPost("board/reset")]
    public async Task<IActionResult> Reset(string? audience, CancellationToken ct)
    {
        if (!MayArrange(audience))
        {
            return Forbid();
        }

        await boards.ForgetAsync(audience, ct);
        this.Flash(FlashKind.Done, t["kpis.board.reset_done"]);
        return RedirectToAction(nameof(Arrange), new { audience });
    }

    bool MayArrange(string? audience) => audience is null || (me.Has("brand_admin") && Panels.Audiences.Contains(audience));

    bool IsForBrand(string? audience) => (audience ?? BoardStore.AudienceOf(me)) is "brand" or "channel_manager";
}

/// <summary>The dashboard's page.</summary>
/// <param name="Figures">What it shows at once.</param>
/// <param name="Arranged">Its panels.</param>
/// <param name="Lines">Product lines to narrow to.</param>
/// <param name="Territories">Territories to narrow to.</param>
/// <param name="Views">Views the person has saved.</param>
public sealed record KpiDashboardPage(DashboardFigures Figures, Arranged Arranged, IReadOnlyList<BoardChoice> Lines, IReadOnlyList<BoardChoice> Territories, IReadOnlyList<SavedView> Views);

/// <summary>One panel, as part of a page or alone.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Asked">What it was asked about.</param>
/// <param name="Figures">What it shows.</param>
public sealed record PanelPage(PanelKind Kind, BoardAsked Asked, PanelFigures Figures)
{
    /// <summary>It takes the whole width.</summary>
    public bool IsWide { get; init; } = Kind.IsWide;

    /// <summary>It is a page of its own: all rows are shown.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Its address, to be opened alone.</summary>
    public string Link => $"/kpis/panels/{Kind.Name}{Asked.Scope.Query}";

    /// <summary>Its file.</summary>
    public string File => $"/kpis/panels/{Kind.Name}/export{Asked.Scope.Query}";
}

/// <summary>The form of an arrangement.</summary>
/// <param name="Board">The arrangement.</param>
/// <param name="IsOwn">There is one of one's own to go back from.</param>
/// <param name="Audience">Whose first arrangement it is; null for one's own.</param>
/// <param name="ForBrand">It is seen by the brand's people.</param>
public sealed record BoardForm(Board Board, bool IsOwn, string? Audience, bool ForBrand);

/// <summary>Where a panel shall stand, as typed.</summary>
/// <param name="At">Its place, from 1.</param>
/// <param name="Width">none, half or whole.</param>
public sealed record TypedPlace(int At = 99, string Width = "none");
