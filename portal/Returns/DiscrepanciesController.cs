using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Attachments;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Orders;
using Portal.Stock;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Returns;

/// <summary>Discrepancy cases on the pages: the list of both sides, filing one, and what each side says.</summary>
[Route("discrepancies")]
public sealed class DiscrepanciesController(CaseStore cases, SettleDiscrepancy settle, DeliveryFiles files, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The cases of one's company, as buyer and as seller.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, CaseStore.Shape);
        return View("CaseList", new CaseListPage(query, await cases.ListAsync(query, ct)));
    }

    /// <summary>The same as an Excel file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["orders.discrepancies"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["returns.case"], Width: 21), new(t["orders.number"], Width: 21), new(t["orders.shipment_number"], Width: 21), new(t["orders.sku"], Width: 18), new(t["orders.discrepancy"], Width: 12), new(t["orders.quantity"], TableColumnKind.Number, 10, 0),
            new(t["returns.wanted"], Width: 18), new(t["returns.status"], Width: 16), new(t["returns.settled_as"], Width: 18), new(t["returns.answer_by"], TableColumnKind.Date, 14), new(t["orders.buyer"], Width: 30), new(t["orders.seller"], Width: 30),
        ],
        cases.StreamAsync(ListQuery.Read(Request, CaseStore.Shape), ct).Select(IReadOnlyList<object?> (row) =>
        [
            row.Number, row.OrderNumber, row.ShipmentNumber, row.Sku, t[$"orders.discrepancy.{row.Kind}"].Value, row.Quantity, t[$"returns.path.{row.Wanted}"].Value, t[$"returns.case_status.{row.Status}"].Value,
            row.SettledAs is { } path ? t[$"returns.path.{path}"].Value : null, row.AnswerBy, row.BuyerName, row.SellerName,
        ]), ct);

    /// <summary>One case with all that was said.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await PageAsync(number, null, ct) is { } page ? View("CasePage", page) : NotFound();

    /// <summary>What differed, to be claimed; without a word what about, the list.</summary>
    [HttpGet("new"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> New(string? receipt, int line, string? kind, CancellationToken ct) =>
        receipt is null ? RedirectToAction(nameof(Index)) : await cases.DifferenceAsync(receipt, line, kind ?? "", ct) is { IsBuyer: true } about
            ? about.CaseNumber is { } exists ? RedirectToAction(nameof(Show), new { number = exists }) : View("CaseForm", new CaseFormPage(about, new() { Quantity = FormattableString.Invariant($"{about.Quantity}") }, files.Limits))
            : NotFound();

    /// <summary>Files a case, with the photos that come along.</summary>
    [HttpPost(""), LimitFiles, Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Create(CaseForm form, List<IFormFile> photos, CancellationToken ct)
    {
        switch (await settle.FileAsync(form.Asked, ct))
        {
            case ReturnOutcome.Done(var number):
                this.Flash(FlashKind.Done, t["returns.case_filed", number]);
                if (photos.Count > 0 && await files.AddAsync(DeliveryRecord.Case, number, await SentFiles.ReadAsync(photos, files.Limits, ct), ct) is ReturnOutcome.Wrong(var refused))
                {
                    this.Say(refused, t);
                }

                return RedirectToAction(nameof(Show), new { number });
            case ReturnOutcome.Wrong(var problems) when await cases.DifferenceAsync(form.Receipt ?? "", form.LineNumber, form.Kind ?? "", ct) is { } about:
                ModelState.Explain(problems, t, FieldProblems.AsOnForm);
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("CaseForm", new CaseFormPage(about, form, files.Limits));
            case ReturnOutcome.Forbidden:
                return Forbid();
            default:
                return NotFound();
        }
    }

    /// <summary>The seller says yes; what the buyer wants is done.</summary>
    [HttpPost("{number}/acceptance"), Idempotent, AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public Task<IActionResult> Accept(string number, int? version, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Accept, null, null, ct);

    /// <summary>The seller says no, and perhaps what it offers.</summary>
    [HttpPost("{number}/dispute"), Idempotent, AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public Task<IActionResult> Dispute(string number, int? version, string? path, string? reason, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Dispute, path, reason, ct);

    /// <summary>The buyer takes what is offered; it is done.</summary>
    [HttpPost("{number}/agreement"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public Task<IActionResult> Agree(string number, int? version, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Agree, null, null, ct);

    /// <summary>The buyer asks again.</summary>
    [HttpPost("{number}/renewal"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public Task<IActionResult> Renew(string number, int? version, string? path, string? reason, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Renew, path, reason, ct);

    /// <summary>The buyer asks no longer.</summary>
    [HttpPost("{number}/withdrawal"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public Task<IActionResult> Withdraw(string number, int? version, string? reason, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Withdraw, null, reason, ct);

    async Task<IActionResult> ActAsync(string number, int? version, string act, string? path, string? reason, CancellationToken ct)
    {
        var outcome = await settle.RunAsync(number, version, act, string.IsNullOrWhiteSpace(path) ? null : path, Typed.Text(reason), ct);
        if (outcome is ReturnOutcome.Wrong(var problems) && await PageAsync(number, act, ct) is { } page)
        {
            ModelState.Explain(problems, t);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return View("CasePage", page);
        }

        return this.AnswerTo(outcome, t, $"returns.case_done.{act}", "returns.case_status.", "/discrepancies/" + number);
    }

    async Task<CasePage?> PageAsync(string number, string? refusedAct, CancellationToken ct) => await cases.FindAsync(number, ct) is { } found
        ? new CasePage(found, await cases.StepsAsync(found.DiscrepancyCaseId, ct),
            new(await files.OfAsync(DeliveryRecord.Case, number, ct), $"/discrepancies/{number}/files", found.Side is not null && me.Has([.. OrderLifecycle.RolesOf(found.Side.Value)]) && found.Status is CaseLifecycle.Open or CaseLifecycle.Disputed, files.Limits), refusedAct)
        : null;
}

/// <summary>The list of cases.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
public sealed record CaseListPage(ListQuery Query, ListPage<DiscrepancyCase> Page);

/// <summary>A case with what was said and the files.</summary>
/// <param name="Case">The case.</param>
/// <param name="Steps">What was said, the oldest first.</param>
/// <param name="Files">The files.</param>
/// <param name="RefusedAct">The act that was refused just now; its question stands open.</param>
public sealed record CasePage(DiscrepancyCase Case, IReadOnlyList<CaseStep> Steps, DeliveryFilesShown Files, string? RefusedAct);

/// <summary>The page on which a case is filed.</summary>
/// <param name="About">What differed.</param>
/// <param name="Form">What is typed.</param>
/// <param name="Limits">How large files may be.</param>
public sealed record CaseFormPage(FoundDifference About, CaseForm Form, AttachmentLimits Limits);

/// <summary>A case as it is typed.</summary>
public sealed class CaseForm
{
    /// <summary>The goods receipt.</summary>
    public string? Receipt { get; set; }

    /// <summary>The order's line.</summary>
    public int LineNumber { get; set; }

    /// <summary>What differed.</summary>
    public string? Kind { get; set; }

    /// <summary>Of how many pieces.</summary>
    public string? Quantity { get; set; }

    /// <summary>What is wanted.</summary>
    public string? Path { get; set; }

    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    internal CaseAsked Asked => new(Receipt, LineNumber, Kind, SkuLines.Quantity(Quantity), Path, Typed.Text(Reason));
}

/// <summary>The answers that pages of cases and returns give alike.</summary>
static class ReturnAnswers
{
    /// <summary>Back to the record's page with a word that it is done, or why it is not.</summary>
    public static IActionResult AnswerTo(this Controller controller, ReturnOutcome outcome, Texts t, string doneKey, string statusKey, string page)
    {
        switch (outcome)
        {
            case ReturnOutcome.Done:
                controller.Flash(FlashKind.Done, t[doneKey]);
                return controller.Redirect(page);
            case ReturnOutcome.NotNow(var status):
                controller.Flash(FlashKind.Problem, t["returns.not_now", t[statusKey + status].Value]);
                return controller.Redirect(page);
            case ReturnOutcome.Stale:
                controller.Flash(FlashKind.Problem, t["returns.changed_meanwhile"]);
                return controller.Redirect(page);
            case ReturnOutcome.Wrong(var problems):
                controller.Say(problems, t);
                return controller.Redirect(page);
            case ReturnOutcome.Forbidden:
                return controller.Forbid();
            default:
                return controller.NotFound();
        }
    }

    /// <summary>Says problems on the page that comes next.</summary>
    public static void Say(this Controller controller, IReadOnlyList<FieldProblem> problems, Texts t)
    {
        foreach (var problem in problems)
        {
            controller.Flash(FlashKind.Problem, problem.Text(t));
        }
    }
}
