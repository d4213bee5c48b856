using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Deals;

/// <summary>Special prices on the pages: asked for on a deal, decided and agreed to on their own.</summary>
[Route("deals")]
public sealed class SpecialPricesController(DealStore deals, SpecialPriceStore specials, AskForSpecialPrices askForSpecialPrices, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    const int RowsAtFirst = 5;

    /// <summary>All of them, as far as one may know: the desk's worklist, a partner's own, and those a seller sells at.</summary>
    [HttpGet("special-prices"), AllowRoles("brand_admin", "deal_desk", "channel_manager", "partner_admin", "sales", "viewer")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, SpecialPriceStore.Shape);
        return View("/Deals/SpecialPrices/SpecialPriceList.cshtml", new SpecialPriceListPage(query, await specials.ListAsync(query, await specials.TodayAsync(ct), ct)));
    }

    /// <summary>The same as a file.</summary>
    [HttpGet("special-prices/export"), AllowRoles("brand_admin", "deal_desk", "channel_manager", "partner_admin", "sales", "viewer"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Export(CancellationToken ct)
    {
        var today = await specials.TodayAsync(ct);
        await Response.SendListAsync(t["specials.specials"], me.PartnerName, clock.GetUtcNow(),
            [new(t["specials.number"]), new(t["deals.deal"]), new(t["deals.partner"], Width: 30), new(t["specials.seller"], Width: 30), new(t["specials.state"]), new(t["specials.asked_at"], TableColumnKind.Time, 18), new(t["specials.until"], TableColumnKind.Date, 12)],
            ListQuery.Read(Request, SpecialPriceStore.Shape).AllAsync(query => specials.ListAsync(query, today, ct)).Select(IReadOnlyList<object?> (row) =>
                [row.Number, row.Deal, row.PartnerName, row.SellerName, t[$"specials.state.{row.State}"].Value, row.AskedAt, row.ValidUntil ?? row.WantedUntil]), ct);
    }

    /// <summary>One of them.</summary>
    [HttpGet("special-prices/{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await PageAsync(number, ct) is { } page ? View("/Deals/SpecialPrices/SpecialPricePage.cshtml", page) : NotFound();

    /// <summary>Grants or refuses.</summary>
    [HttpPost("special-prices/{number}/decision"), AllowRoles("deal_desk"), Idempotent]
    public async Task<IActionResult> Decide(string number, [FromForm] SpecialPricesDecisionForm form, CancellationToken ct) =>
        this.Back(number, await askForSpecialPrices.DecideAsync(number, form.Decided(), ct), t, form.Decision is "grant" ? "specials.granted" : "specials.refused", $"/deals/special-prices/{number}");

    /// <summary>The partner takes its request back.</summary>
    [HttpPost("special-prices/{number}/withdrawal"), AllowRoles("sales", "partner_admin"), Idempotent]
    public async Task<IActionResult> Withdraw(string number, CancellationToken ct) =>
        this.Back(number, await askForSpecialPrices.WithdrawAsync(number, ct), t, "specials.withdrawn", PageOf(number));

    /// <summary>A seller agrees to sell at them, or does not.</summary>
    [HttpPost("special-prices/{number}/agreement"), AllowRoles("partner_admin", "sales"), Idempotent]
    public async Task<IActionResult> Say(string number, string? decision, string? reason, CancellationToken ct) => decision is "agree" or "decline"
        ? this.Back(number, await askForSpecialPrices.SayAsync(number, decision is "agree", reason, ct), t, decision is "agree" ? "specials.agreed" : "specials.declined", PageOf(number), PageOf)
        : BadRequest();

    /// <summary>The form.</summary>
    [HttpGet("{number}/special-prices/new"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> New(string number, CancellationToken ct) => await deals.FindAsync(number, ct) is { } deal && deal.Allows("request_special_price")
        ? await FormAsync(deal, new() { ValidUntil = deal.LastProtectedDay, Version = deal.Version, Rows = RowsAtFirst }, ct)
        : NotFound();

    /// <summary>Asks; or shows more rows.</summary>
    [HttpPost("{number}/special-prices"), AllowRoles("sales", "partner_admin"), Idempotent]
    public async Task<IActionResult> Create(string number, [FromForm] SpecialPricesForm form, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return NotFound();
        }

        if (form.Act is "more")
        {
            ModelState.Clear();
            form.Rows = Math.Min(AskForSpecialPrices.MostLines, form.Lines.Count + RowsAtFirst);
            return await FormAsync(deal, form, ct);
        }

        if (ModelState.IsValid && this.Leads(await askForSpecialPrices.RequestAsync(number, form.Version, form.Asked(), ct), t, "specials.requested") is { } led)
        {
            return led;
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return await FormAsync(deal, form, ct);
    }

    async Task<SpecialPricesPage?> PageAsync(string number, CancellationToken ct) => await specials.FindAsync(number, await specials.TodayAsync(ct), ct) is not { } head ? null
        : new(head, await specials.LinesAsync(head, ct))
        {
            MayDecide = head.State is "asked" && me.IsBrand && me.Has("deal_desk"),
            MayWithdraw = head.State is "asked" && !me.IsBrand && me.PartnerId == head.PartnerId && me.Has("sales", "partner_admin"),
            SeesDeal = me.IsBrand || me.PartnerId == head.PartnerId,
        };

    async Task<IActionResult> FormAsync(Deal deal, SpecialPricesForm form, CancellationToken ct) =>
        View("/Deals/SpecialPrices/SpecialPriceForm.cshtml", new SpecialPricesFormPage(deal, form, await specials.ChoicesAsync(deal, ct), me.Currency));

    static string PageOf(string number) => $"/deals/special-prices/{number}";
}

/// <summary>The same for programs.</summary>
[ApiController]
[Route("api/v1")]
public sealed class SpecialPricesApi(DealStore deals, SpecialPriceStore specials, AskForSpecialPrices askForSpecialPrices) : ControllerBase
{
    /// <summary>The special prices that hold for a deal today, and what was asked for, the newest first.</summary>
    [HttpGet("deals/{number}/special-prices")]
    [ProducesResponseType<SpecialPricesOfDeal>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index(string number, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return ApiProblem.NotFound;
        }

        var today = await specials.TodayAsync(ct);
        return Ok(new SpecialPricesOfDeal(await specials.HeldAsync(number, today, ct), await specials.OfDealAsync(deal.DealId, today, ct)));
    }

    /// <summary>Asks for special prices of an approved deal that is protected.</summary>
    [HttpPost("deals/{number}/special-prices"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<SpecialPricesOfDeal>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Ask(string number, [IfMatch] int version, SpecialPricesAsked body, CancellationToken ct) =>
        await askForSpecialPrices.RequestAsync(number, version, body, ct) is not DealOutcome.Done and var outcome ? DealAnswers.Problem(outcome) : await Index(number, ct);

    /// <summary>One request with its products: for its partner and the brand; for the seller what concerns it.</summary>
    [HttpGet("special-prices/{number}")]
    [ProducesResponseType<SpecialPricesAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await specials.FindAsync(number, await specials.TodayAsync(ct), ct) is { } head
        ? Ok(new SpecialPricesAnswer(head, await specials.LinesAsync(head, ct)))
        : ApiProblem.NotFound;

    /// <summary>Decides a request: <c>grant</c>, also other prices or fewer, or <c>refuse</c>, with a reason.</summary>
    [HttpPost("special-prices/{number}/decision"), AllowRoles("deal_desk")]
    [ProducesResponseType<SpecialPricesAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Decide(string number, SpecialPricesDecided body, CancellationToken ct) =>
        await askForSpecialPrices.DecideAsync(number, body, ct) is not DealOutcome.Done and var outcome ? DealAnswers.Problem(outcome) : await Show(number, ct);

    /// <summary>Takes a request back that nobody has decided about.</summary>
    [HttpPost("special-prices/{number}/withdrawal"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<SpecialPricesAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Withdraw(string number, CancellationToken ct) =>
        await askForSpecialPrices.WithdrawAsync(number, ct) is not DealOutcome.Done and var outcome ? DealAnswers.Problem(outcome) : await Show(number, ct);

    /// <summary>A seller that is not the brand agrees to sell at them, or does not, with a reason.</summary>
    [HttpPost("special-prices/{number}/agreement"), AllowRoles("partner_admin", "sales")]
    [ProducesResponseType<SpecialPricesAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Say(string number, AgreementBody body, CancellationToken ct) =>
        await askForSpecialPrices.SayAsync(number, body.Agrees, body.Reason, ct) is not DealOutcome.Done and var outcome ? DealAnswers.Problem(outcome) : await Show(number, ct);
}

/// <summary>The special prices of a deal.</summary>
/// <param name="Held">What holds today.</param>
/// <param name="Requests">What was asked for, the newest first.</param>
public sealed record SpecialPricesOfDeal(IReadOnlyList<HeldSpecialPrice> Held, IReadOnlyList<SpecialPrices> Requests);

/// <summary>A request with its products.</summary>
/// <param name="Request">The request.</param>
/// <param name="Lines">The products.</param>
public sealed record SpecialPricesAnswer(SpecialPrices Request, IReadOnlyList<SpecialPriceLine> Lines);

/// <summary>What a seller says.</summary>
/// <param name="Agrees">It sells at them.</param>
/// <param name="Reason">Why not.</param>
public sealed record AgreementBody(bool Agrees, string? Reason);

/// <summary>What <c>SpecialPriceList.cshtml</c> shows.</summary>
/// <param name="Query">What was asked of the list.</param>
/// <param name="Page">The rows.</param>
public sealed record SpecialPriceListPage(ListQuery Query, ListPage<SpecialPrices> Page);

/// <summary>What <c>SpecialPriceForm.cshtml</c> shows.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Form">What was typed.</param>
/// <param name="Products">What can be asked for.</param>
/// <param name="Currency">The partner's currency.</param>
public sealed record SpecialPricesFormPage(Deal Deal, SpecialPricesForm Form, IReadOnlyList<ProductToAsk> Products, string Currency);

/// <summary>What the form sends.</summary>
public sealed class SpecialPricesForm
{
    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    /// <summary>The last day.</summary>
    public DateOnly? ValidUntil { get; set; }

    /// <summary>The version that was opened.</summary>
    public int? Version { get; set; }

    /// <summary>The products.</summary>
    public List<SpecialPriceAsked> Lines { get; set; } = [];

    /// <summary>How many rows there are.</summary>
    public int Rows { get; set; }

    /// <summary>Which button was pressed: <c>more</c> or <c>ask</c>.</summary>
    public string? Act { get; set; }

    /// <summary>What was typed.</summary>
    public SpecialPricesAsked Asked() => new() { Reason = Reason, ValidUntil = ValidUntil, Lines = Lines };
}

/// <summary>What the deal desk's form sends.</summary>
public sealed class SpecialPricesDecisionForm
{
    /// <summary><c>grant</c> or <c>refuse</c>.</summary>
    public string? Decision { get; set; }

    /// <summary>The last day.</summary>
    public DateOnly? ValidUntil { get; set; }

    /// <summary>What the partner is told.</summary>
    public string? Answer { get; set; }

    /// <summary>The products.</summary>
    public List<SpecialPriceDecided> Lines { get; set; } = [];

    /// <summary>What was decided; a line without prices is not granted.</summary>
    public SpecialPricesDecided Decided() => new() { Decision = Decision, ValidUntil = ValidUntil, Answer = Answer, Lines = Lines };
}
