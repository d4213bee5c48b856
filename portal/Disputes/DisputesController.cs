using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Customers;
using Portal.Deals;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Disputes;

/// <summary>The list of disputes, filing one, and a dispute's page with all that is done on it.</summary>
[Route("disputes")]
public sealed class DisputesController(
    DisputeStore disputes, DisputeLists lists, FileDispute fileDispute, AnswerDispute answerDispute, DecideDispute decideDispute, DealStore deals, DealPages pages,
    IEnumerable<IDisputePart> parts, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The list.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, DisputeLists.Shape);
        return View("DisputeList", new DisputeListPage(query, await lists.PageAsync(query, Now, ct)));
    }

    /// <summary>The list as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["disputes.disputes"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["disputes.number"], Width: 21), new(t["disputes.customer"], Width: 30), new(t["disputes.deal"], Width: 21), new(t["disputes.claimant"], Width: 30), new(t["disputes.kind"], Width: 20), new(t["disputes.status"], Width: 18),
            new(t["disputes.opened_at"], TableColumnKind.Time, 18), new(t["disputes.due"], TableColumnKind.Date, 12),
        ],
        ListQuery.Read(Request, DisputeLists.Shape).AllAsync(query => lists.PageAsync(query, Now, ct)).Select(IReadOnlyList<object?> (dispute) =>
        [
            dispute.Number, dispute.CustomerName, dispute.DealNumber, dispute.PartnerName, t[$"disputes.kind.{dispute.Kind}"].Value, t[$"disputes.status.{dispute.Status}"].Value,
            Formats.In(dispute.OpenedAt, Formats.Zone(me.TimeZone)), dispute.DueDay,
        ]), ct);

    /// <summary>The form that files one about a deal that was stopped.</summary>
    [HttpGet("new"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> New(string? deal, CancellationToken ct) =>
        deal is not null && await deals.FindAsync(deal, ct) is { } disputed && FileDispute.IsOpenTo(disputed, await pages.VerdictAsync(disputed.DealId, ct))
            ? View("DisputeForm", disputed)
            : NotFound();

    /// <summary>Files it.</summary>
    [HttpPost(""), AllowRoles("sales", "partner_admin"), Idempotent]
    public async Task<IActionResult> Create([FromForm] string? deal, [FromForm] string? grounds, CancellationToken ct) =>
        deal is null || await deals.FindAsync(deal, ct) is not { } disputed ? NotFound()
        : Leads(await fileDispute.RunAsync(deal, grounds, ct), "disputes.filed") ?? View("DisputeForm", disputed);

    /// <summary>One dispute.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) =>
        await disputes.FindAsync(number, Now, ct) is { } dispute ? await PageAsync(dispute, ct) : NotFound();

    /// <summary>A side says something.</summary>
    [HttpPost("{number}/statements"), AllowRoles("sales", "partner_admin"), Idempotent]
    public async Task<IActionResult> State(string number, [FromForm] string? body, CancellationToken ct) =>
        await AnswerAsync(number, await answerDispute.StateAsync(number, body, ct), "disputes.stated", ct);

    /// <summary>The brand asks a side.</summary>
    [HttpPost("{number}/questions"), AllowRoles("deal_desk"), Idempotent]
    public async Task<IActionResult> Ask(string number, [FromForm] int? version, [FromForm] string? side, [FromForm] string? reason, CancellationToken ct) =>
        await AnswerAsync(number, await answerDispute.AskAsync(number, version, side, reason, ct), "disputes.asked", ct);

    /// <summary>The brand notes something for itself.</summary>
    [HttpPost("{number}/notes"), AllowRoles("deal_desk", "channel_manager", "brand_admin"), Idempotent]
    public async Task<IActionResult> Note(string number, [FromForm] string? reason, CancellationToken ct) =>
        await AnswerAsync(number, await answerDispute.NoteAsync(number, reason, ct), "disputes.noted", ct);

    /// <summary>The brand decides.</summary>
    [HttpPost("{number}/decision"), AllowRoles("deal_desk")]
    public async Task<IActionResult> Decide(string number, [FromForm] int? version, [FromForm] string? decision, [FromForm] string? reason, CancellationToken ct) => decision switch
    {
        "uphold" => await AnswerAsync(number, await decideDispute.UpholdAsync(number, version, reason, ct), "disputes.upheld", ct),
        "overturn" => await AnswerAsync(number, await decideDispute.OverturnAsync(number, version, reason, ct), "disputes.overturned", ct),
        _ => BadRequest(),
    };

    /// <summary>The claimant withdraws.</summary>
    [HttpPost("{number}/withdrawal"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> Withdraw(string number, [FromForm] int? version, [FromForm] string? reason, CancellationToken ct) =>
        await AnswerAsync(number, await answerDispute.WithdrawAsync(number, version, reason, ct), "disputes.withdrawn", ct);

    // What was refused is said on the dispute's own page, with the words that were typed still in their form.
    async Task<IActionResult> AnswerAsync(string number, DisputeOutcome outcome, string doneKey, CancellationToken ct) =>
        Leads(outcome, doneKey) ?? (await disputes.FindAsync(number, Now, ct) is { } dispute ? await PageAsync(dispute, ct) : NotFound());

    async Task<IActionResult> PageAsync(Dispute dispute, CancellationToken ct)
    {
        var shown = new List<ShownPart>();
        foreach (var part in parts)
        {
            if (await part.ShowAsync(dispute, ct) is { } something)
            {
                shown.Add(something);
            }
        }

        return View("DisputePage", new DisputePage(dispute, await disputes.StatementsAsync(dispute.DisputeId, ct), shown));
    }

    IActionResult? Leads(DisputeOutcome outcome, string doneKey)
    {
        switch (outcome)
        {
            case DisputeOutcome.Done(var number):
                this.Flash(FlashKind.Done, t[doneKey, number]);
                return Redirect($"/disputes/{number}");
            case DisputeOutcome.Missing:
                return NotFound();
            case DisputeOutcome.Forbidden:
                return StatusCode(StatusCodes.Status403Forbidden);
            case DisputeOutcome.Invalid(var problems):
                ModelState.Explain(problems, t);
                return null;
            case DisputeOutcome.Refused(var key, var arguments):
                ModelState.AddModelError("", t[key, [.. arguments]]);
                return null;
            default:
                ModelState.AddModelError("", t["disputes.refused.stale"]);
                return null;
        }
    }
}

/// <summary>What another feature shows on a dispute's page; found by the container, so that disputes need not know it.</summary>
public interface IDisputePart
{
    /// <summary>Reads it; null where there is nothing to show.</summary>
    Task<ShownPart?> ShowAsync(Dispute dispute, CancellationToken ct);
}

/// <summary>What <c>DisputeList.cshtml</c> shows.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The disputes of the page.</param>
public sealed record DisputeListPage(ListQuery Query, ListPage<DisputeRow> Page);

/// <summary>What <c>DisputePage.cshtml</c> shows.</summary>
/// <param name="Dispute">The dispute.</param>
/// <param name="Statements">What was said.</param>
/// <param name="Parts">What other features show.</param>
public sealed record DisputePage(Dispute Dispute, IReadOnlyList<DisputeStatement> Statements, IReadOnlyList<ShownPart> Parts);
