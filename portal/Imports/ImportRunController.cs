using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Portal.Web;

namespace Portal.Imports;

/// <summary>Starts an import, and stops it. A second click finds it started (or stopped) and changes nothing.</summary>
[Route("imports/{number}"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales")]
public sealed class ImportRunController(ImportStore imports, PreviewImport previewImport, StartImport startImport, CancelImport cancelImport, Texts t) : Controller
{
    /// <summary>Starts it with the columns that are chosen.</summary>
    [HttpPost("run")]
    public async Task<IActionResult> Create(string number, CancellationToken ct)
    {
        if (await imports.FindAsync(number, ct) is not { } import)
        {
            return NotFound();
        }

        var choice = ColumnChoice.Read(Request.Form, import, field => t[ImportKind.Of(import.Kind).LabelKey(field)].Value);
        if (choice.Problems.Count > 0)
        {
            return await ColumnsAsync(import, choice, ct);
        }

        switch (await startImport.RunAsync(number, choice.Mapping, choice.LeavesOutWrong, ct))
        {
            case ImportOutcome.Done or ImportOutcome.TooLate:
                return ToImport(number);
            case ImportOutcome.Refused:
                return await ColumnsAsync(import, choice, ct);
            case ImportOutcome.NotThere:
                return NotFound();
            default:
                throw new InvalidOperationException("An import is started, started already, refused or not there.");
        }
    }

    /// <summary>Stops it; nothing of it is stored.</summary>
    [HttpPost("cancellation")]
    public async Task<IActionResult> Cancel(string number, CancellationToken ct)
    {
        switch (await cancelImport.RunAsync(number, ct))
        {
            case ImportOutcome.Done(ImportStatus.Cancelled):
                return ToImport(number);
            case ImportOutcome.Done:
                this.Flash(FlashKind.Note, t["imports.is_stopping"]);
                return ToImport(number);
            case ImportOutcome.TooLate:
                this.Flash(FlashKind.Note, t["imports.ended_before"]);
                return ToImport(number);
            case ImportOutcome.NotThere:
                return NotFound();
            default:
                throw new InvalidOperationException("An import is stopped, ended already or not there.");
        }
    }

    RedirectToActionResult ToImport(string number) => RedirectToAction(nameof(ImportsController.Show), "Imports", new { number });

    async Task<IActionResult> ColumnsAsync(Import import, ColumnChoice choice, CancellationToken ct)
    {
        var page = View("ImportColumns", new ImportColumnsPage(import, choice, await previewImport.RunAsync(import, choice.Mapping, ct), import.Status == ImportStatus.Ready));
        page.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return page;
    }
}
