using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Forms;
using Portal.Web.Lists;

namespace Portal.Orders;

/// <summary>What a seller's buyers wait for: the list, giving out what has come, ordering upwards, and the rules for both.</summary>
[Route("orders/waiting"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager, BuyerRoles.Purchasing)]
public sealed class WaitingController(WaitingLines waiting, AllocateGoods allocate, OrderUpwards orderUpwards, SellingPolicies policies, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The lines that wait.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("WaitingList", await PageAsync([], ct));

    /// <summary>The same as an Excel file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["orders.waiting_lines"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["orders.number"], Width: 21), new(t["orders.line"], TableColumnKind.Number, 8, 0), new(t["orders.buyer"], Width: 30), new(t["orders.sku"], Width: 18), new(t["orders.product"], Width: 40),
            new(t["orders.waiting_for_goods"], TableColumnKind.Number, 14, 0), new(t["orders.ordered_upwards"], TableColumnKind.Number, 14, 0), new(t["orders.promised_on"], TableColumnKind.Date, 14),
        ],
        waiting.StreamAsync(ListQuery.Read(Request, WaitingLines.Shape), ct).Select(IReadOnlyList<object?> (row) =>
            [row.Number, row.LineNumber, row.BuyerName, row.Sku, OrderWords.Name(row.Name, row.NameZh), row.Wanted, row.OrderedUpwards, row.PromisedOn]), ct);

    /// <summary>Gives out what there is.</summary>
    [HttpPost("allocation"), Idempotent, AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Allocate(CancellationToken ct)
    {
        this.Flash(FlashKind.Done, t["orders.allocated", await allocate.RunAsync(null, ct)]);
        return RedirectToAction(nameof(Index));
    }

    /// <summary>Makes a draft of an order upwards for what lacks, one for each place that it is sent from.</summary>
    [HttpPost("order"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Order(string? number, CancellationToken ct)
    {
        switch (await orderUpwards.RunAsync(string.IsNullOrWhiteSpace(number) ? null : number, submit: false, null, ct))
        {
            case OrderOutcome.Done { Further.Count: > 0 } drafts:
                this.Flash(FlashKind.Done, t["orders.drafted_upwards_by_place", string.Join(t["orders.parcel_comma"], drafts.Numbers)]);
                return this.ToOrder(drafts.Number);
            case OrderOutcome.Done(var draft, _):
                this.Flash(FlashKind.Done, t["orders.drafted_upwards", draft]);
                return this.ToOrder(draft);
            case OrderOutcome.Wrong wrong:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("WaitingList", await PageAsync(wrong.Problems, ct));
            default:
                return Forbid();
        }
    }

    /// <summary>Chooses who is served first and whether what lacks is ordered by itself.</summary>
    [HttpPost("policy"), AllowRoles(SellerRoles.Admin, SellerRoles.BrandAdmin)]
    public async Task<IActionResult> Policy(string? allocates, string? passesUp, string? reservationDays, string? releases, CancellationToken ct)
    {
        int? days = int.TryParse(reservationDays, System.Globalization.CultureInfo.InvariantCulture, out var some) ? some : null;
        if ((days is not null || string.IsNullOrWhiteSpace(reservationDays)) && await policies.KeepAsync(new(allocates ?? "", passesUp ?? "", days, releases ?? "stopped"), ct))
        {
            this.Flash(FlashKind.Done, t["orders.policy_kept"]);
        }
        else
        {
            this.Flash(FlashKind.Problem, t["orders.policy_not_kept"]);
            this.KeepTyped("/orders/waiting");
        }

        return RedirectToAction(nameof(Index));
    }

    async Task<WaitingListPage> PageAsync(IReadOnlyList<OrderProblem> problems, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, WaitingLines.Shape);
        return new(query, await waiting.ListAsync(query, ct), await policies.FindAsync(null, ct), (await waiting.MissingAsync(null, null, ct)).Count > 0, problems);
    }
}

/// <summary>The list of lines that wait.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Policy">What the seller does about them.</param>
/// <param name="IsMissing">True where something that waits has not been ordered upwards.</param>
/// <param name="Problems">Why nothing was ordered upwards.</param>
public sealed record WaitingListPage(ListQuery Query, ListPage<WaitingLine> Page, SellingPolicy Policy, bool IsMissing, IReadOnlyList<OrderProblem> Problems);
