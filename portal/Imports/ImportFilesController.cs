using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Web;

namespace Portal.Imports;

/// <summary>Files out: an empty one to fill in, what is there already, and the rows of an import that were refused. All are sent row by row.</summary>
[Route("imports"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales"), EnableRateLimiting(RateLimits.Costly)]
public sealed class ImportFilesController(ImportStore imports, EntriesFile entries, TemplateFile template, ExportRows rows, RepairFile repair, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>An empty file of a kind, with one row as an example.</summary>
    [HttpGet("templates/{kind}.{format:regex(^(csv|xlsx)$)}")]
    public async Task<IActionResult> Template(string kind, string format, CancellationToken ct)
    {
        if (ImportKind.Find(kind) is not { } known || !ImportRights.MayImport(me, kind))
        {
            return NotFound();
        }

        Response.BeginTable($"{NameOf(known)} - {t["imports.template"].Value}.{format}", format == "xlsx");
        await template.WriteAsync(known, me.IsBrand, format == "xlsx", Response.Body, ct);
        return new EmptyResult();
    }

    /// <summary>Everything of a kind that this person may see, as a file that can be imported again.</summary>
    [HttpGet("exports/{kind}.{format:regex(^(csv|xlsx)$)}")]
    public async Task<IActionResult> Export(string kind, string format, CancellationToken ct)
    {
        if (ImportKind.Find(kind) is not { } known || !ImportRights.MayImport(me, kind))
        {
            return NotFound();
        }

        Response.BeginTable(FormattableString.Invariant($"{NameOf(known)} {clock.GetUtcNow():yyyy-MM-dd}.{format}"), format == "xlsx");
        await TableExport.WriteAsync(format == "xlsx", Response.Body, new ExcelBookInfo(NameOf(known), me.PartnerName, clock.GetUtcNow()), ExportRows.Columns(known), rows.OfAsync(known, ct), ct);
        return new EmptyResult();
    }

    /// <summary>The rows that were refused, each with what is wrong with it; corrected, it is imported like any other file.</summary>
    [HttpGet("{number}/repair")]
    public async Task<IActionResult> Repair(string number, CancellationToken ct) =>
        await imports.FindAsync(number, ct) is { } import && RepairFile.CanBeMade(import)
            && await repair.WriteAsync(import, () => Response.BeginTable(RepairFile.NameOf(import), RepairFile.IsExcel(import)), Response.Body, ct)
            ? new EmptyResult()
            : NotFound();

    /// <summary>What the rows became: number, state and, for registrations, the verdict.</summary>
    [HttpGet("{number}/rows.{format:regex(^(csv|xlsx)$)}")]
    public async Task<IActionResult> Rows(string number, string format, CancellationToken ct)
    {
        if (await imports.FindAsync(number, ct) is not { } import)
        {
            return NotFound();
        }

        Response.BeginTable($"{Path.GetFileNameWithoutExtension(import.FileName)} - {t["imports.entries"].Value}.{format}", format == "xlsx");
        await entries.WriteAsync(import, format == "xlsx", Response.Body, ct);
        return new EmptyResult();
    }

    string NameOf(ImportKind kind) => t["imports.kind." + kind.Code].Value;
}
