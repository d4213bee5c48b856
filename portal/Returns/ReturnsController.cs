using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Orders;
using Portal.Stock;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Returns;

/// <summary>Returns and rotations on the pages: the list of both sides, asking, answering, sending, inspecting, and the seller's rules.</summary>
[Route("returns")]
public sealed class ReturnsController(ReturnStore returns, ReturnPolicies policies, RequestReturn requestReturn, HandleReturn handle, StockPlaces places, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The returns of one's company, as buyer and as seller.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ReturnStore.Shape);
        return View("ReturnList", new ReturnListPage(query, await returns.ListAsync(query, ct)));
    }

    /// <summary>The same as an Excel file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["returns.returns"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["returns.return"], Width: 21), new(t["returns.kind"], Width: 12), new(t["returns.cause"], Width: 16), new(t["returns.status"], Width: 14), new(t["returns.amount"], TableColumnKind.Number, 14, 2), new(t["orders.currency"], Width: 9),
            new(t["returns.against_order"], Width: 21), new(t["returns.credit_notes"], Width: 24), new(t["orders.buyer"], Width: 30), new(t["orders.seller"], Width: 30),
        ],
        returns.StreamAsync(ListQuery.Read(Request, ReturnStore.Shape), ct).Select(IReadOnlyList<object?> (row) =>
            [row.Number, t[$"returns.kind.{row.Kind}"].Value, t[$"returns.cause.{row.Cause}"].Value, t[$"returns.return_status.{row.Status}"].Value, row.Amount, row.Currency, row.AgainstOrder, row.CreditNotes, row.BuyerName, row.SellerName]), ct);

    /// <summary>One return with all that happened to it.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await returns.FindAsync(number, ct) is { } page ? View("ReturnPage", await ShownAsync(page, null, ct)) : NotFound();

    /// <summary>What can go back: of one order, or of all that arrived lately.</summary>
    [HttpGet("new"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> New(string? order, string? q, string? kind, CancellationToken ct) =>
        View("ReturnForm", await FormAsync(new() { Order = order, Kind = kind is "rotation" ? kind : "return" }, q, ct));

    /// <summary>Asks.</summary>
    [HttpPost(""), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin), RequestFormLimits(ValueCountLimit = 8 * ReturnStore.Most)]
    public async Task<IActionResult> Create(ReturnForm form, CancellationToken ct)
    {
        switch (await requestReturn.RunAsync(form.Asked, ct))
        {
            case ReturnOutcome.Done(var number):
                this.Flash(FlashKind.Done, t["returns.requested", number]);
                return RedirectToAction(nameof(Show), new { number });
            case ReturnOutcome.Wrong(var problems):
                ModelState.Explain(problems, t, OnForm);
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("ReturnForm", await FormAsync(form, null, ct));
            default:
                return Forbid();
        }
    }

    /// <summary>The seller lets the goods come.</summary>
    [HttpPost("{number}/approval"), Idempotent, AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager), RequestFormLimits(ValueCountLimit = 8 * ReturnStore.Most)]
    public Task<IActionResult> Approve(string number, ReturnAnswerForm form, CancellationToken ct) => AnswerAsync(number, ReturnLifecycle.Approve,
        () => handle.ApproveAsync(number, form.Version, [.. form.Lines.Select(line => new LineApproval(line.LineNumber, SkuLines.Quantity(line.Quantity ?? "0"), Typed.Text(line.Reason)))], ct), ct);

    /// <summary>The seller does not.</summary>
    [HttpPost("{number}/refusal"), Idempotent, AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public Task<IActionResult> Refuse(string number, int? version, string? reason, CancellationToken ct) => AnswerAsync(number, ReturnLifecycle.Refuse, () => handle.EndAsync(number, version, ReturnLifecycle.Refuse, Typed.Text(reason), ct), ct);

    /// <summary>The buyer keeps the goods after all.</summary>
    [HttpPost("{number}/withdrawal"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public Task<IActionResult> Withdraw(string number, int? version, string? reason, CancellationToken ct) => AnswerAsync(number, ReturnLifecycle.Withdraw, () => handle.EndAsync(number, version, ReturnLifecycle.Withdraw, Typed.Text(reason), ct), ct);

    /// <summary>The buyer sends them.</summary>
    [HttpPost("{number}/dispatch"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin), RequestFormLimits(ValueCountLimit = 8 * ReturnStore.Most)]
    public Task<IActionResult> Send(string number, ReturnAnswerForm form, CancellationToken ct) => AnswerAsync(number, ReturnLifecycle.Send,
        () => handle.SendAsync(number, form.Version, new(Typed.Text(form.Carrier), Typed.Text(form.TrackingNumber), [.. form.Lines.Select(line => new DispatchedLine(line.LineNumber, SkuLines.Quantity(line.Quantity ?? "0")) { Lots = line.Pieces })], Typed.Text(form.FromPlace)), ct), ct);

    /// <summary>The seller says what came.</summary>
    [HttpPost("{number}/inspection"), Idempotent, AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager), RequestFormLimits(ValueCountLimit = 8 * ReturnStore.Most)]
    public Task<IActionResult> Inspect(string number, ReturnAnswerForm form, CancellationToken ct) => AnswerAsync(number, ReturnLifecycle.Inspect,
        () => handle.InspectAsync(number, form.Version, [.. form.Lines.Select(line => new LineInspection(line.LineNumber, Count(line.Quantity), Count(line.Damaged), string.IsNullOrWhiteSpace(line.Credited) ? null : SkuLines.Quantity(line.Credited) ?? -1) { Lots = line.Pieces })], ct), ct);

    /// <summary>The seller's rules.</summary>
    [HttpGet("policy"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Policy(CancellationToken ct) => View("ReturnPolicyPage", new ReturnPolicyPage(ReturnPolicyForm.Of(await policies.FindAsync(null, ct)), await LinesAsync(ct)));

    /// <summary>Keeps them.</summary>
    [HttpPost("policy"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> KeepPolicy(ReturnPolicyForm form, CancellationToken ct)
    {
        var outcome = await policies.KeepAsync(form.Policy, ct);
        if (outcome is ReturnOutcome.Wrong(var problems))
        {
            ModelState.Explain(problems, t, FieldProblems.AsOnForm);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return View("ReturnPolicyPage", new ReturnPolicyPage(form, await LinesAsync(ct)));
        }

        return this.AnswerTo(outcome, t, "returns.policy_kept", "", "/returns/policy");
    }

    async Task<IActionResult> AnswerAsync(string number, string act, Func<Task<ReturnOutcome>> work, CancellationToken ct)
    {
        var outcome = await work();
        if (outcome is ReturnOutcome.Wrong(var problems) && await returns.FindAsync(number, ct) is { } page)
        {
            ModelState.Explain(problems, t, OnForm);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return View("ReturnPage", await ShownAsync(page, act, ct));
        }

        return this.AnswerTo(outcome, t, $"returns.return_done.{act}", "returns.return_status.", "/returns/" + number);
    }

    async Task<ReturnShow> ShownAsync(ReturnPage page, string? refusedAct, CancellationToken ct) => new(page, refusedAct, page.Head.Allows(ReturnLifecycle.Send) ? await places.OpenAsync(ct) : []);

    async Task<ReturnFormPage> FormAsync(ReturnForm form, string? words, CancellationToken ct)
    {
        var offered = form.Lines.Count > 0
            ? await returns.ReturnableAsync(null, null, [.. form.Lines.Select(line => (line.Shipment ?? "", line.LineNumber))], null, ct)
            : await returns.ReturnableAsync(form.Order, words, null, form.Order is null ? 365 : null, ct);
        if (form.Lines.Count == 0)
        {
            form.Lines = [.. offered.Select(line => new ReturnFormLine { Shipment = line.ShipmentNumber, LineNumber = line.LineNumber })];
        }

        return new(form, offered, offered.Count > 0 ? await policies.FindAsync(offered[0].SellerId, ct) : new(), words);
    }

    async Task<IReadOnlyList<SelectListItem>> LinesAsync(CancellationToken ct) => [.. (await policies.LinesAsync(ct)).Select(line => new SelectListItem(OrderWords.Name(line.Name, line.NameZh), line.Code))];

    static string OnForm(string field) => field.StartsWith("lines[", StringComparison.Ordinal) ? "Lines" : FieldProblems.AsOnForm(field);

    static decimal? Count(string? typed) => string.IsNullOrWhiteSpace(typed) ? 0 : SkuLines.Quantity(typed);
}

/// <summary>The list of returns.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
public sealed record ReturnListPage(ListQuery Query, ListPage<ReturnHead> Page);

/// <summary>The page of a return.</summary>
/// <param name="Page">The return.</param>
/// <param name="RefusedAct">The act that was refused just now.</param>
/// <param name="Places">The buyer's open places, where it is to send.</param>
public sealed record ReturnShow(ReturnPage Page, string? RefusedAct, IReadOnlyList<PlaceName> Places);

/// <summary>The page on which a return is asked for.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Offered">What can go back.</param>
/// <param name="Policy">The seller's rules.</param>
/// <param name="Words">What was looked for.</param>
public sealed record ReturnFormPage(ReturnForm Form, IReadOnlyList<Returnable> Offered, ReturnPolicy Policy, string? Words);

/// <summary>The page of the rules.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Lines">The product lines.</param>
public sealed record ReturnPolicyPage(ReturnPolicyForm Form, IReadOnlyList<SelectListItem> Lines);
