using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Stock;

/// <summary>Records supply, sales and losses by hand.</summary>
[Route("stock/moves"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
public sealed class MovementsController(RecordMovement recordMovement, Texts t) : Controller
{
    /// <summary>An empty form.</summary>
    [HttpGet("new")]
    public IActionResult New(string kind = "supply") => View("MovementForm", new MovementFormPage(new MovementForm { Kind = kind }, []));

    /// <summary>Records what was typed.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create(MovementForm form, CancellationToken ct)
    {
        var note = string.IsNullOrWhiteSpace(form.Note) ? null : form.Note.Trim();
        switch (await recordMovement.RunAsync(form.Kind ?? "", note, SkuLines.Read(form.Lines), ct))
        {
            case MovementOutcome.Recorded(var lines):
                this.Flash(FlashKind.Done, t["stock.recorded", lines]);
                return RedirectToAction("Moves", "Stock");
            case MovementOutcome.Wrong(var problems):
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("MovementForm", new MovementFormPage(form, problems));
            default:
                return Forbid();
        }
    }
}

/// <summary>A movement as it is typed.</summary>
public sealed class MovementForm
{
    /// <summary>Supply, sale or loss.</summary>
    public string? Kind { get; set; }

    /// <summary>Why.</summary>
    public string? Note { get; set; }

    /// <summary>SKU and quantity, a row each.</summary>
    public string? Lines { get; set; }
}

/// <summary>The page on which a movement is recorded.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record MovementFormPage(MovementForm Form, IReadOnlyList<StockProblem> Problems);
