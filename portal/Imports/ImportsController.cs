using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Imports;

/// <summary>The list of imports, the page on which a file is given, and the page of one import: columns first, progress then, result at last.</summary>
[Route("imports"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales")]
public sealed class ImportsController(ImportStore imports, ImportEntries entries, TakeUpload takeUpload, PreviewImport previewImport, DocumentSettings settings, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The list.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ImportStore.Shape);
        return View("ImportList", new ImportListPage(query, await imports.PageAsync(query, ct), ImportRights.KindsFor(me)));
    }

    /// <summary>The list as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["imports.imports"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["imports.number"], Width: 21), new(t["imports.file"], Width: 40), new(t["imports.kind"], Width: 20), new(t["imports.status"], Width: 16), new(t["imports.rows_taken"], TableColumnKind.Number, 12, 0),
            new(t["imports.rows_refused"], TableColumnKind.Number, 12, 0), new(t["imports.by"], Width: 24), new(t["imports.created_at"], TableColumnKind.Time, 18),
        ],
        ListQuery.Read(Request, ImportStore.Shape).AllAsync(query => imports.PageAsync(query, ct)).Select(IReadOnlyList<object?> (import) =>
        [
            import.Number, import.FileName, t["imports.kind." + import.Kind].Value, t["imports.status." + import.Status].Value, import.EndedAt is null ? null : import.RowsTaken, import.EndedAt is null ? null : import.RowsRefused,
            import.PersonName ?? t["imports.command_line"].Value, Formats.In(import.CreatedAt, Formats.Zone(me.TimeZone)),
        ]), ct);

    /// <summary>The page on which a file is chosen.</summary>
    [HttpGet("new")]
    public IActionResult New(string? kind) => FormOf(kind);

    /// <summary>Takes the file in.</summary>
    [HttpPost(""), LimitUpload, Idempotent, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Create(string? kind, IFormFile? file, CancellationToken ct)
    {
        if (ImportKind.Find(kind) is null)
        {
            ModelState.AddModelError(nameof(kind), t["imports.choose_kind"]);
        }

        if (file is null)
        {
            ModelState.AddModelError(nameof(file), t["imports.choose_file"]);
        }

        if (kind is null || file is null || !ModelState.IsValid)
        {
            return Refused(kind);
        }

        await using var content = file.OpenReadStream();
        switch (await takeUpload.RunAsync(kind, file.FileName, content, file.Length, ct))
        {
            case Upload.Taken(var import):
                return RedirectToAction(nameof(Show), new { number = import.Number });
            case Upload.Refused(var problem):
                ModelState.AddModelError(nameof(file), $"{file.FileName}: {problem.Describe(t)}");
                return Refused(kind);
            default:
                throw new InvalidOperationException("A file is taken or refused.");
        }
    }

    /// <summary>One import, where it stands.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, bool again, CancellationToken ct) => await imports.FindAsync(number, ct) switch
    {
        null => NotFound(),
        { Status: ImportStatus.Ready, FileIsStored: true } import => await ColumnsAsync(import, ColumnChoice.Of(import), ct),
        { Status: ImportStatus.Queued or ImportStatus.Running } import => View("ImportProgress", import),
        { FileIsStored: true, Status: not ImportStatus.Done } import when again => await ColumnsAsync(import, ColumnChoice.Of(import), ct),
        var import => await ResultAsync(import, ct),
    };

    /// <summary>What the rows of a file of registrations or leads became, where each stands now.</summary>
    [HttpGet("{number}/rows")]
    public async Task<IActionResult> Rows(string number, CancellationToken ct)
    {
        if (await imports.FindAsync(number, ct) is not { } import)
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, ImportEntries.Shape);
        return View("ImportRows", new ImportRowsPage(import, query, await entries.PageAsync(import, query, ct)));
    }

    /// <summary>How the file would be read with the columns that are chosen; nothing is kept.</summary>
    [HttpPost("{number}/preview")]
    public async Task<IActionResult> Preview(string number, CancellationToken ct) => await imports.FindAsync(number, ct) is { } import
        ? await ColumnsAsync(import, ColumnChoice.Read(Request.Form, import, LabelOf(import)), ct)
        : NotFound();

    /// <summary>How far it is, for the open page; once it has ended, the page is loaded anew.</summary>
    [HttpGet("{number}/progress")]
    public async Task<IActionResult> Progress(string number, CancellationToken ct)
    {
        if (await imports.FindAsync(number, ct) is not { } import)
        {
            return NotFound();
        }

        if (import.Status is not (ImportStatus.Queued or ImportStatus.Running))
        {
            Response.Headers["HX-Refresh"] = "true";
        }

        return PartialView("_ImportProgress", import);
    }

    ViewResult FormOf(string? kind)
    {
        var kinds = ImportRights.KindsFor(me);
        return View("ImportForm", new UploadPage(kinds, kinds.FirstOrDefault(known => known.Code == kind || kinds.Count == 1)?.Code, settings.UploadBytes));
    }

    ViewResult Refused(string? kind)
    {
        var form = FormOf(kind);
        form.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return form;
    }

    async Task<IActionResult> ColumnsAsync(Import import, ColumnChoice choice, CancellationToken ct) =>
        View("ImportColumns", new ImportColumnsPage(import, choice, await previewImport.RunAsync(import, choice.Mapping, ct), import.Status == ImportStatus.Ready));

    async Task<IActionResult> ResultAsync(Import import, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ImportStore.RefusalShape);
        var refusals = await imports.RefusalPageAsync(import, query, ct);
        return View("ImportResult", new ImportResultPage(import, query, refusals, refusals.Total > query.Size ? await imports.RefusalKindsAsync(import, ct) : [], await entries.CountAsync(import, ct)));
    }

    Func<ImportField, string> LabelOf(Import import) => field => t[ImportKind.Of(import.Kind).LabelKey(field)].Value;
}
