using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Kpis.Boards;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Kpis;

/// <summary>What partners shall reach, in a grid of partners and periods; the brand types into it, others read theirs.</summary>
[Route("kpis/targets")]
public sealed class KpiTargetsController(
    TargetGrids grids, SetTargets setTargets, FillTargets fillTargets, TargetFiles files, TargetStore targets, Texts t, ICurrentPerson me, TimeProvider clock) : Controller
{
    /// <summary>The grid of one KPI in one year.</summary>
    [HttpGet]
    public async Task<IActionResult> Edit(string? kpi, int? year, string? q, int? page, CancellationToken ct) =>
        await GridAsync(kpi, year, q, page ?? 1, ct) is { } grid ? View("TargetGrid", grid) : NotFound();

    /// <summary>Sets what was typed, and takes away what was emptied: a cell that nobody touched here keeps what others made of it since the grid was read, and one that both changed is asked about.</summary>
    [HttpPost, AllowRoles("brand_admin", "channel_manager"), RequestFormLimits(ValueCountLimit = 20_000)]
    public async Task<IActionResult> Update(string kpi, int year, string? q, int? page, DateTimeOffset? seen, string? note, [FromForm] Dictionary<string, string?> cells, CancellationToken ct)
    {
        if (await GridAsync(kpi, year, q, page ?? 1, ct) is not { Kpi: not null } grid)
        {
            return NotFound();
        }

        var seenAt = (seen ?? grid.Seen).UtcDateTime;
        grid = grid with { Gone = await grids.GoneSinceAsync(grid.Kpi!.KpiDefinitionId, year, seenAt, ct) };
        var typed = cells.Select(cell => TypedCell.Read(cell.Key, cell.Value, grid.IsRatio)).ToList();
        var asked = typed.FindAll(cell => cell.IsTouched(grid, seenAt));
        if (asked.FindAll(cell => cell.Crosses(grid, seenAt)) is { Count: > 0 } crossed)
        {
            foreach (var cell in crossed)
            {
                ModelState.AddModelError($"cells[{cell.Key}]", t["kpis.targets.changed_meanwhile", grid.TargetAt(cell.Owner, cell.Period) is { } now ? TypedTarget.Write(now.Value, grid.IsRatio) : "–"]);
            }

            // What was typed stands there again, beside what others made of the rest meanwhile: that has been seen from now on.
            ModelState.Remove(nameof(seen));
            Response.StatusCode = StatusCodes.Status409Conflict;
            return View("TargetGrid", grid with { Typed = asked.ToDictionary(cell => cell.Key, cell => cells[cell.Key], StringComparer.Ordinal) });
        }

        var outcome = await setTargets.RunAsync([.. asked.Select(cell => cell.Asked(kpi, Typed.Text(note)))], me.PersonNumber, ct);
        switch (outcome)
        {
            case TargetsSet.Stored(var changed):
                var removed = changed.Count(target => target.Value is null);
                this.Flash(FlashKind.Done, removed == 0 ? t["kpis.targets.stored", changed.Count] : t["kpis.targets.stored_and_removed", changed.Count - removed, removed]);
                return RedirectToAction(nameof(Edit), new { kpi, year, q, page });
            case TargetsSet.Refused(var refusals):
                foreach (var refusal in refusals)
                {
                    ModelState.AddModelError($"cells[{asked[refusal.Row].Key}]", t[refusal.Field == "value" ? asked[refusal.Row].Reason(refusal.TextKey) : refusal.TextKey]);
                }

                Response.StatusCode = StatusCodes.Status400BadRequest;
                return View("TargetGrid", grid with { Typed = cells });
            default:
                throw new InvalidOperationException("Targets are either stored or refused.");
        }
    }

    /// <summary>Fills the grid with what was asked for, to be looked at and stored.</summary>
    [HttpPost("fill"), AllowRoles("brand_admin", "channel_manager"), RequestFormLimits(ValueCountLimit = 20_000)]
    public async Task<IActionResult> Fill(string kpi, int year, string? q, int? page, DateTimeOffset? seen, FillForm fill, [FromForm] Dictionary<string, string?> cells, CancellationToken ct)
    {
        if (await GridAsync(kpi, year, q, page ?? 1, ct) is not { Kpi: not null } grid)
        {
            return NotFound();
        }

        switch (await fillTargets.RunAsync(grid, new(fill.Way, fill.Percent, fill.Amount, Typed.Trimmed(fill.Owner), fill.OnlyEmpty), ct))
        {
            case Filled.Proposed(var proposed):
                var typed = new Dictionary<string, string?>(cells, StringComparer.Ordinal);
                foreach (var (cell, value) in proposed)
                {
                    typed[cell] = value;
                }

                ViewData["Proposed"] = proposed.Count;
                return View("TargetGrid", grid with { Typed = typed, Fill = fill });
            case Filled.Refused(var field, var reason):
                ModelState.AddModelError("fill." + field, t[reason]);
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return View("TargetGrid", grid with { Typed = cells, Fill = fill });
            default:
                throw new InvalidOperationException("A grid is either filled or not.");
        }
    }

    /// <summary>The grid as a file, with every partner.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string? kpi, int? year, string? q, CancellationToken ct)
    {
        if (await GridAsync(kpi, year, q, 1, ct) is not { Kpi: { } chosen } grid)
        {
            return NotFound();
        }

        var rows = await files.RowsAsync(grid, t, ct);
        await Response.SendListAsync($"{t["kpis.targets"].Value} {Named.In(chosen.Name, chosen.NameZh)} {grid.Year}", me.PartnerName, clock.GetUtcNow(), TargetFiles.Columns(grid, t), rows.ToAsyncEnumerable(), ct);
        return new EmptyResult();
    }

    /// <summary>Takes a file of the grid in again: all of it, or nothing.</summary>
    [HttpPost("import"), AllowRoles("brand_admin", "channel_manager"), EnableRateLimiting(RateLimits.Costly), RequestFormLimits(MultipartBodyLengthLimit = TargetFiles.MostBytes + 65536)]
    public async Task<IActionResult> Import(string kpi, int year, string? note, IFormFile? file, CancellationToken ct)
    {
        if (file is null || file.Length > TargetFiles.MostBytes)
        {
            return AfterFile(kpi, year, t[file is null ? "kpis.file.none" : "kpis.file.too_large", TargetFiles.MostBytes / 1048576]);
        }

        await using var content = file.OpenReadStream();
        switch (await files.TakeAsync(kpi, content, file.FileName, Typed.Text(note), me.PersonNumber, t, ct))
        {
            case TargetFileTaken.Stored(var changed):
                this.Flash(FlashKind.Done, t["kpis.targets.stored", changed.Count]);
                return RedirectToAction(nameof(Edit), new { kpi, year });
            case TargetFileTaken.Unreadable(var said):
                return AfterFile(kpi, year, said);
            case TargetFileTaken.Wrong wrong:
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return View("TargetFileProblems", new TargetFileProblems(kpi, year, wrong));
            default:
                throw new InvalidOperationException("A file is stored or refused.");
        }
    }

    /// <summary>The wrong rows of a file, given back as one: they come from the page that shows them, for nothing of a refused file is kept.</summary>
    [HttpPost("import/wrong"), AllowRoles("brand_admin", "channel_manager"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Wrong(string rows, CancellationToken ct)
    {
        var read = JsonSerializer.Deserialize<List<List<string?>>>(rows) ?? [];
        if (read.Count == 0)
        {
            return NotFound();
        }

        await Response.SendListAsync(t["kpis.file.wrong"], me.PartnerName, clock.GetUtcNow(), [.. read[0].Select(head => new TableColumn(head ?? "")), new(t["kpis.file.problem"], Width: 60)],
            read.Skip(1).Select(row => (IReadOnlyList<object?>)[.. row]).ToAsyncEnumerable(), ct);
        return new EmptyResult();
    }

    /// <summary>Every target a KPI had: who set it, when, from what to what, and why.</summary>
    [HttpGet("history")]
    public async Task<IActionResult> History(string kpi, string? owner, string? period, CancellationToken ct)
    {
        if (await GridAsync(kpi, null, null, 1, ct) is not { Kpi: { } chosen } grid || (period is not null && Period.Parse(period) is null))
        {
            return NotFound();
        }

        return View("TargetHistory", new TargetHistoryPage(chosen, owner, period, grid.Currency, await targets.HistoryAsync(kpi, Typed.Trimmed(owner), Period.Parse(period), 500, ct)));
    }

    /// <summary>The same as a file, all of it.</summary>
    [HttpGet("history/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportHistory(string kpi, string? owner, string? period, CancellationToken ct)
    {
        if (await GridAsync(kpi, null, null, 1, ct) is not { Kpi: { } chosen } grid || (period is not null && Period.Parse(period) is null))
        {
            return NotFound();
        }

        var zone = Formats.Zone(me.TimeZone);
        var unit = PanelTables.UnitName(chosen.Unit, t, grid.Currency);
        await Response.SendListAsync(t["kpis.history.of", Named.In(chosen.Name, chosen.NameZh)], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.partner"], Width: 30), new(t["kpis.period"]), new(t["kpis.target"], TableColumnKind.Number), new(t["kpis.unit"]), new(t["kpis.history.set"], TableColumnKind.Time, 18), new(t["kpis.history.set_by"], Width: 20),
                new(t["kpis.version.note"], Width: 40), new(t["kpis.history.ended"], TableColumnKind.Time, 18), new(t["kpis.history.ended_by"], Width: 20), new(t["kpis.history.ended_why"], Width: 40),
            ],
            (await targets.HistoryAsync(kpi, Typed.Trimmed(owner), Period.Parse(period), int.MaxValue, ct)).ToAsyncEnumerable().Select(IReadOnlyList<object?> (target) =>
            [
                target.OwnerName(t), Period.From(Period.ParseKind(target.Period)!.Value, target.StartsOn).ToString(), target.Value, unit, Formats.In(target.SetAt, zone), Who(target.SetBy, target.SetByName), target.Note,
                target.SupersededAt is { } ended ? Formats.In(ended, zone) : null, target.SupersededAt is null ? null : Who(target.SupersededBy, target.SupersededByName), target.SupersededWhy,
            ]), ct);
        return new EmptyResult();
    }

    // Who is none of the reader's business is the brand.
    string Who(string? number, string? person) => person ?? (me.IsBrand ? number ?? "" : t["kpis.proposal.brand"].Value);

    RedirectToActionResult AfterFile(string kpi, int year, string said)
    {
        this.Flash(FlashKind.Problem, said);
        return RedirectToAction(nameof(Edit), new { kpi, year });
    }

    Task<TargetGrid?> GridAsync(string? number, int? year, string? words, int page, CancellationToken ct) => grids.ReadAsync(number, year, words, Math.Max(page, 1), ct);

    sealed record TypedCell(string Key, string Owner, string Period, string? Text, decimal? Value)
    {
        public static TypedCell Read(string key, string? text, bool isRatio)
        {
            var parts = key.Split('|');
            return new(key, parts[0], parts.Length > 1 ? parts[1] : "", text, TypedTarget.Read(text, isRatio, CultureInfo.CurrentCulture));
        }

        public bool IsEmpty => string.IsNullOrWhiteSpace(Text);

        public string Reason(string refused) => TypedTarget.Reason(Text, CultureInfo.CurrentCulture, refused);

        /// <summary>True where something else stands in it than whoever typed had before them.</summary>
        public bool IsTouched(TargetGrid grid, DateTime seen) => grid.SeenAt(Owner, Period, seen) is var was && (IsEmpty ? was is not null : was is null || was.Value != Value);

        /// <summary>True where somebody else has changed the same cell meanwhile, to something else.</summary>
        public bool Crosses(TargetGrid grid, DateTime seen) => grid.TargetAt(Owner, Period) is var held && held != grid.SeenAt(Owner, Period, seen) && (IsEmpty ? held is not null : held?.Value != Value);

        public AskedTarget Asked(string kpi, string? note) => TypedTarget.Asked(kpi, Owner, Period, Value, note, IsEmpty);
    }
}

/// <summary>How the grid shall be filled, as typed.</summary>
public sealed class FillForm
{
    /// <summary>One of <see cref="FillTargets.Ways"/>.</summary>
    public string? Way { get; set; }

    /// <summary>The growth.</summary>
    public decimal? Percent { get; set; }

    /// <summary>The year's value.</summary>
    public decimal? Amount { get; set; }

    /// <summary>One row; nothing is every partner of the page.</summary>
    public string? Owner { get; set; }

    /// <summary>Cells that have a target stay.</summary>
    public bool OnlyEmpty { get; set; }
}

/// <summary>What is wrong with a file of targets.</summary>
public sealed record TargetFileProblems(string Kpi, int Year, TargetFileTaken.Wrong Wrong);

/// <summary>The page of the targets a KPI had.</summary>
public sealed record TargetHistoryPage(KpiDefinition Kpi, string? Owner, string? Period, string Currency, IReadOnlyList<PastTarget> Targets);
