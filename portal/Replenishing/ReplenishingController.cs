using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Orders;
using Portal.Stock;
using Portal.Web;
using Portal.Web.Forms;
using Portal.Web.Lists;

namespace Portal.Replenishing;

/// <summary>What is to be ordered, and the levels by which that is known.</summary>
[Route("stock/replenishment")]
public sealed class ReplenishingController(LevelStore levels, KeepLevels keepLevels, OrderProposals orderProposals, StockPlanning stockPlanning, StockPlaces places, StockSheet sheet, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    static readonly SheetColumn Safety = new("safety", ["safety", "safety stock", "安全库存"]);
    static readonly SheetColumn ReorderPoint = new("reorder", ["reorder point", "reorder", "再订货点", "补货点"]);
    static readonly SheetColumn Target = new("target", ["target", "up to", "target stock", "目标库存", "最高库存"]);

    /// <summary>What is to be ordered for a place.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(string? place, CancellationToken ct) => await ProposalsAsync(place, [], null, ct);

    /// <summary>Makes a draft of what was chosen.</summary>
    [HttpPost("orders"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin), RequestFormLimits(ValueCountLimit = 6 * LevelStore.MostLines)]
    public async Task<IActionResult> Order(ProposalForm form, CancellationToken ct)
    {
        switch (await orderProposals.RunAsync(form.Place, [.. form.Lines.Where(line => line.IsChosen).Select(line => new SkuLine(line.Sku ?? "", SkuLines.Quantity(line.Quantity)))], ct))
        {
            case OrderOutcome.Done(var number, _):
                this.Flash(FlashKind.Done, t["replenishing.drafted", number]);
                return Redirect("/orders/" + number);
            case OrderOutcome.Wrong(var problems):
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return await ProposalsAsync(form.Place, [.. problems.Select(problem => t.Say(problem))], form, ct);
            default:
                return Forbid();
        }
    }

    /// <summary>All levels.</summary>
    [HttpGet("levels")]
    public Task<IActionResult> Levels(CancellationToken ct) => LevelsAsync(null, null, [], [], ct);

    /// <summary>The levels as an Excel file, which can be changed and uploaded.</summary>
    [HttpGet("levels/export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["replenishing.levels"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["stock.place"], Width: 12), new(t["stock.sku"], Width: 18), new(t["stock.name"], Width: 40), new(t["replenishing.safety"], TableColumnKind.Number, 14, 0), new(t["replenishing.reorder_point"], TableColumnKind.Number, 14, 0),
            new(t["replenishing.target"], TableColumnKind.Number, 14, 0),
        ],
        levels.StreamAsync(ListQuery.Read(Request, LevelStore.Shape), ct).Select(IReadOnlyList<object?> (row) => [row.Place, row.Sku, StockWords.Name(row.Name, row.NameZh), row.Safety, row.ReorderPoint, row.Target]), ct);

    /// <summary>Takes levels that were typed: SKU, safety stock, reorder point, target, a row each.</summary>
    [HttpPost("levels"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Keep(string? place, string? lines, CancellationToken ct) => await KeptAsync(place, lines, await keepLevels.RunAsync(place, LevelForm.Read(lines), "typed", ct), [], ct);

    /// <summary>Takes levels from a file.</summary>
    [HttpPost("levels/file"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin"), RequestSizeLimit(StockSheet.MostBytes + (256 * 1024)), RequestFormLimits(MultipartBodyLengthLimit = StockSheet.MostBytes)]
    public async Task<IActionResult> Upload(string? place, IFormFile? file, CancellationToken ct)
    {
        SheetRows read = new([], [t["stock.file.none"]]);
        if (file is not null)
        {
            await using var content = file.OpenReadStream();
            read = await sheet.ReadAsync(content, file.FileName, [StockSheet.Sku, Target, ReorderPoint, Safety], t, ct);
        }

        var lines = read.Rows.Select(row => new LevelLine(row.Cell(StockSheet.Sku) ?? "", row.Quantity(Safety) ?? 0, row.Quantity(ReorderPoint) ?? row.Quantity(Safety) ?? 0, row.Quantity(Target)) { Row = (int)row.Number }).ToList();
        return await KeptAsync(place, null, lines.Count == 0 ? new(new StockOutcome.Wrong([]), 0) : await keepLevels.RunAsync(place, lines, "file", ct), read.Noticed, ct);
    }

    /// <summary>What the levels of a place would be by what went out of it, each explained.</summary>
    [HttpGet("levels/proposed")]
    public async Task<IActionResult> Proposed(string? place, CancellationToken ct)
    {
        var planning = await stockPlanning.FindAsync(ct);
        return await places.KeyAsync(place, ct) is { } key
            ? View("ProposedLevels", new ProposedLevelsPage(place, await places.OpenAsync(ct), planning, await levels.FromDemandAsync(key, planning, ct)))
            : NotFound();
    }

    /// <summary>Takes those that were chosen.</summary>
    [HttpPost("levels/proposed"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin"), RequestFormLimits(ValueCountLimit = 6 * LevelStore.MostLines)]
    public async Task<IActionResult> Accept(string? place, List<string>? skus, CancellationToken ct)
    {
        if (await places.KeyAsync(place, ct) is not { } key)
        {
            return NotFound();
        }

        // Computed anew: what stands on a page may be of yesterday, and is nobody's to write.
        var chosen = (await levels.FromDemandAsync(key, await stockPlanning.FindAsync(ct), ct)).Where(line => skus?.Contains(line.Product.Sku) is true)
            .Select(line => new LevelLine(line.Product.Sku, line.Demand.Safety, line.Demand.ReorderPoint, line.Demand.Target)).ToList();
        return await KeptAsync(place, null, await keepLevels.RunAsync(place, chosen, "proposed", ct), [], ct);
    }

    /// <summary>Says how the company plans.</summary>
    [HttpPost("planning"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Plan(PlanningForm form, CancellationToken ct)
    {
        switch (await stockPlanning.KeepAsync(form.Planning, form.Version, ct))
        {
            case StockOutcome.Done:
                this.Flash(FlashKind.Done, t["replenishing.planned"]);
                break;
            case StockOutcome.Stale:
                this.Flash(FlashKind.Problem, t["stock.stale"]);
                break;
            case StockOutcome.Wrong(var problems):
                this.Flash(FlashKind.Problem, t.Say(problems[0]));
                this.KeepTyped("/stock/replenishment/levels");
                break;
            default:
                return Forbid();
        }

        return RedirectToAction(nameof(Levels));
    }

    async Task<IActionResult> ProposalsAsync(string? place, IReadOnlyList<string> problems, ProposalForm? typed, CancellationToken ct)
    {
        var open = await places.OpenAsync(ct);
        return await places.KeyAsync(place, ct) is { } key
            ? View("ProposalList", new ProposalListPage(open.Single(one => one.StockPlaceId == key).Code, open, await levels.ProposalsAsync(key, ct), problems) { Typed = typed?.Lines.ToDictionary(line => line.Sku ?? "", StringComparer.Ordinal) ?? [] })
            : NotFound();
    }

    async Task<IActionResult> KeptAsync(string? place, string? typed, LevelsKept kept, IReadOnlyList<string> noticed, CancellationToken ct)
    {
        if (kept.Outcome is StockOutcome.Forbidden)
        {
            return Forbid();
        }

        if (kept.Kept > 0)
        {
            this.Flash(FlashKind.Done, t["replenishing.kept", kept.Kept]);
        }

        if (kept.Outcome is StockOutcome.Done && noticed.Count == 0)
        {
            return RedirectToAction(nameof(Levels), new { place });
        }

        Response.StatusCode = kept.Kept == 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
        return await LevelsAsync(place, typed, (kept.Outcome as StockOutcome.Wrong)?.Problems ?? [], noticed, ct);
    }

    async Task<IActionResult> LevelsAsync(string? place, string? typed, IReadOnlyList<StockProblem> problems, IReadOnlyList<string> noticed, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, LevelStore.Shape);
        return View("LevelList", new LevelListPage(query, await levels.ListAsync(query, ct), await places.OpenAsync(ct), await stockPlanning.FindAsync(ct), problems, noticed) { Place = place ?? query["place"], Typed = typed });
    }
}

/// <summary>Reads levels as they are typed.</summary>
static class LevelForm
{
    static readonly char[] Separators = ['\t', ',', ';', '|', ' '];

    public static List<LevelLine> Read(string? text) =>
        [.. (text ?? "").Normalize(System.Text.NormalizationForm.FormKC).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(SkuLines.Most).Select(row => row.Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Where(parts => parts.Length > 0).Select(parts =>
            new LevelLine(parts[0], SkuLines.Quantity(parts.ElementAtOrDefault(1)), SkuLines.Quantity(parts.ElementAtOrDefault(2)), SkuLines.Quantity(parts.ElementAtOrDefault(3))))];
}

/// <summary>What was chosen from the proposals.</summary>
public sealed class ProposalForm
{
    /// <summary>The code of the place.</summary>
    public string? Place { get; set; }

    /// <summary>The lines.</summary>
    public List<ProposalFormLine> Lines { get; set; } = [];
}

/// <summary>A proposed line as it is typed.</summary>
public sealed class ProposalFormLine
{
    /// <summary>The product.</summary>
    public string? Sku { get; set; }

    /// <summary>How many.</summary>
    public string? Quantity { get; set; }

    /// <summary>It is to be ordered.</summary>
    public bool IsChosen { get; set; }
}

/// <summary>How a company plans, as it is typed.</summary>
public sealed class PlanningForm
{
    /// <summary>Days on the road.</summary>
    public int? InboundDays { get; set; }

    /// <summary>Weeks of demand.</summary>
    public int? DemandWeeks { get; set; }

    /// <summary>Service level.</summary>
    public string? ServicePercent { get; set; }

    /// <summary>Days between orders.</summary>
    public int? ReviewDays { get; set; }

    /// <summary>The version the person saw.</summary>
    public int? Version { get; set; }

    internal Planning Planning => new() { InboundDays = InboundDays ?? -1, DemandWeeks = DemandWeeks ?? 0, ReviewDays = ReviewDays ?? 0, ServicePercent = SkuLines.Quantity(ServicePercent) ?? 0 };
}

/// <summary>What is to be ordered.</summary>
/// <param name="Place">The code of the place.</param>
/// <param name="Places">The open places.</param>
/// <param name="Proposals">The lines.</param>
/// <param name="Problems">Why nothing was drafted.</param>
public sealed record ProposalListPage(string Place, IReadOnlyList<PlaceName> Places, IReadOnlyList<Proposal> Proposals, IReadOnlyList<string> Problems)
{
    /// <summary>What was typed, by SKU.</summary>
    public IReadOnlyDictionary<string, ProposalFormLine> Typed { get; init; } = new Dictionary<string, ProposalFormLine>(StringComparer.Ordinal);
}

/// <summary>The levels.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Places">The open places.</param>
/// <param name="Planning">How the company plans.</param>
/// <param name="Problems">What is wrong with some lines.</param>
/// <param name="Noticed">What was noticed about a file.</param>
public sealed record LevelListPage(ListQuery Query, ListPage<LevelRow> Page, IReadOnlyList<PlaceName> Places, Planning Planning, IReadOnlyList<StockProblem> Problems, IReadOnlyList<string> Noticed)
{
    /// <summary>The place that is written to.</summary>
    public string? Place { get; init; }

    /// <summary>What was typed and not kept.</summary>
    public string? Typed { get; init; }
}

/// <summary>What the levels would be by demand.</summary>
/// <param name="Place">The code of the place; null for the default one.</param>
/// <param name="Places">The open places.</param>
/// <param name="Planning">How the company plans.</param>
/// <param name="Lines">The lines.</param>
public sealed record ProposedLevelsPage(string? Place, IReadOnlyList<PlaceName> Places, Planning Planning, IReadOnlyList<ProposedLevel> Lines);
