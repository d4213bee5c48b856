using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Amendments of protected deals, and wins that the desk looks at, on the pages.</summary>
[Route("deals/{number}")]
public sealed class AmendmentsController(DealStore deals, DealPages pages, AmendDeal amendDeal, ReviewOutcome reviewOutcome, Texts t) : Controller
{
    /// <summary>The form.</summary>
    [HttpGet("amendments/new"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> New(string number, CancellationToken ct) => await deals.FindAsync(number, ct) is { } deal && deal.Allows("request_amendment")
        ? await FormAsync(deal, new() { Amount = deal.Amount, ProductLines = [.. deal.ProductLines], Territory = deal.Territory, Version = deal.Version }, ct)
        : NotFound();

    /// <summary>Asks for it.</summary>
    [HttpPost("amendments"), AllowRoles("sales", "partner_admin"), Idempotent]
    public async Task<IActionResult> Create(string number, [FromForm] AmendmentForm form, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return NotFound();
        }

        return ModelState.IsValid && this.Leads(await amendDeal.RequestAsync(number, form.Version, form.Typed(), ct), t, "amendments.requested") is { } page ? page : await FormAsync(deal, form, ct);
    }

    /// <summary>Grants or refuses it.</summary>
    [HttpPost("amendments/decision"), AllowRoles("deal_desk")]
    public async Task<IActionResult> Decide(string number, int? version, string? decision, string? reason, CancellationToken ct) => decision switch
    {
        "grant" => this.Back(number, await amendDeal.GrantAsync(number, version, ct), t, "amendments.granted"),
        "refuse" => this.Back(number, await amendDeal.RefuseAsync(number, version, reason, ct), t, "amendments.refused_done"),
        _ => BadRequest(),
    };

    /// <summary>Confirms a win that came soon, or does not.</summary>
    [HttpPost("outcome/decision"), AllowRoles("deal_desk")]
    public async Task<IActionResult> DecideOutcome(string number, int? version, string? decision, string? reason, CancellationToken ct) => decision switch
    {
        "confirm" => this.Back(number, await reviewOutcome.ConfirmAsync(number, version, ct), t, "outcomes.confirmed"),
        "refuse" => this.Back(number, await reviewOutcome.RefuseAsync(number, version, reason, ct), t, "outcomes.refused_done"),
        _ => BadRequest(),
    };

    async Task<IActionResult> FormAsync(Deal deal, AmendmentForm form, CancellationToken ct)
    {
        ViewData["Page"] = new DealFormPage(deal, await pages.ChoicesAsync(ct), []);
        return View("/Deals/Protection/AmendmentForm.cshtml", form);
    }
}

/// <summary>The same for programs.</summary>
[ApiController]
[Route("api/v1/deals/{number}")]
public sealed class AmendmentsApi(DealStore deals, DealPages pages, AmendDeal amendDeal, ReviewOutcome reviewOutcome) : ControllerBase
{
    /// <summary>Asks that a protected deal's amount, product lines or territory be other ones; what is left out stays.</summary>
    [HttpPost("amendments"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Ask(string number, [IfMatch] int version, AmendmentTyped body, CancellationToken ct) => await AnswerAsync(number, await amendDeal.RequestAsync(number, version, body, ct), ct);

    /// <summary>Decides the amendment that was asked for: <c>grant</c> or <c>refuse</c>, the latter with a reason.</summary>
    [HttpPost("amendments/decision"), AllowRoles("deal_desk")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Decide(string number, [IfMatch] int version, ReviewBody body, CancellationToken ct) => body.Decision switch
    {
        "grant" => await AnswerAsync(number, await amendDeal.GrantAsync(number, version, ct), ct),
        "refuse" => await AnswerAsync(number, await amendDeal.RefuseAsync(number, version, body.Reason, ct), ct),
        _ => ApiProblem.Invalid(new FieldProblem("decision", "deals.invalid.decision", "grant, refuse")),
    };

    /// <summary>Decides a win that was reported within hours of the registration: <c>confirm</c> or <c>refuse</c>, the latter with a reason.</summary>
    [HttpPost("outcome/decision"), AllowRoles("deal_desk")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> DecideOutcome(string number, [IfMatch] int version, ReviewBody body, CancellationToken ct) => body.Decision switch
    {
        "confirm" => await AnswerAsync(number, await reviewOutcome.ConfirmAsync(number, version, ct), ct),
        "refuse" => await AnswerAsync(number, await reviewOutcome.RefuseAsync(number, version, body.Reason, ct), ct),
        _ => ApiProblem.Invalid(new FieldProblem("decision", "deals.invalid.decision", "confirm, refuse")),
    };

    async Task<IActionResult> AnswerAsync(string number, DealOutcome outcome, CancellationToken ct)
    {
        if (outcome is not DealOutcome.Done)
        {
            return DealAnswers.Problem(outcome);
        }

        var deal = (await deals.FindAsync(number, ct))!;
        this.SendVersion(deal.Version);
        return Ok(DealAnswer.Of(deal, await pages.VerdictAsync(deal.DealId, ct)));
    }
}

/// <summary>What the form sends.</summary>
public sealed class AmendmentForm
{
    /// <summary>The amount.</summary>
    public decimal? Amount { get; set; }

    /// <summary>The product lines, by code.</summary>
    public List<string> ProductLines { get; set; } = [];

    /// <summary>The territory, by code.</summary>
    public string? Territory { get; set; }

    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    /// <summary>The version that was opened.</summary>
    public int? Version { get; set; }

    /// <summary>What was typed.</summary>
    public AmendmentTyped Typed() => new() { Amount = Amount, ProductLines = ProductLines, Territory = Territory, Reason = Reason };
}
