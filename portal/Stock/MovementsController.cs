using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Stock;

/// <summary>Records supply, sales and losses by hand.</summary>
[Route("stock/moves"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
public sealed class MovementsController(RecordMovement recordMovement, StockPlaces places, LotStore lots, Texts t) : Controller
{
    /// <summary>An empty form.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(string kind = "supply", string? place = null, CancellationToken ct = default) => View("MovementForm", new MovementFormPage(new MovementForm { Kind = kind, Place = place }, await places.OpenAsync(ct), []));

    /// <summary>Records what was typed.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create(MovementForm form, CancellationToken ct)
    {
        switch (await recordMovement.RunAsync(new(form.Kind, form.Note, SkuLines.Read(form.Lines), form.Place, form.Reason, LotLines.ReadWithSku(form.Lots, await lots.SerialProductsAsync(form.Lots, ct))), ct))
        {
            case MovementOutcome.Recorded(var lines):
                this.Flash(FlashKind.Done, t["stock.recorded", lines]);
                return RedirectToAction("Moves", "Stock");
            case MovementOutcome.Wrong(var problems):
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("MovementForm", new MovementFormPage(form, await places.OpenAsync(ct), problems));
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

    /// <summary>Where.</summary>
    public string? Place { get; set; }

    /// <summary>Why, by a code.</summary>
    public string? Reason { get; set; }

    /// <summary>Why, in words.</summary>
    public string? Note { get; set; }

    /// <summary>SKU and quantity, a row each.</summary>
    public string? Lines { get; set; }

    /// <summary>SKU and lot or serial number, a row each.</summary>
    public string? Lots { get; set; }
}

/// <summary>The page on which a movement is recorded.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Places">The places.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record MovementFormPage(MovementForm Form, IReadOnlyList<PlaceName> Places, IReadOnlyList<StockProblem> Problems);
