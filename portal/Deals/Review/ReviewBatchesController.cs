using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Deals;

/// <summary>Bulk acts from the queue, and what became of each deal.</summary>
[Route("deals/reviews"), AllowRoles("deal_desk", "channel_manager", "brand_admin", "finance")]
public sealed class ReviewBatchesController(ReviewLists lists, DealPages pages, ReviewInBulk reviewInBulk, ReviewBatchStore batches, Texts t, TimeProvider clock) : Controller
{
    /// <summary>Does one thing with the marked deals.</summary>
    [HttpPost(""), NamedRequest]
    public async Task<IActionResult> Create([FromForm] ReviewBatchForm form, CancellationToken ct)
    {
        switch (await reviewInBulk.RunAsync(RequestName.Of(HttpContext), form.Decision, form.Reason, form.Seen, ct))
        {
            case BatchOutcome.Done(var number):
                return Redirect($"/deals/reviews/{number}{ReviewLists.Suffix(form.Query)}");
            case BatchOutcome.UsedBefore:
                this.Flash(FlashKind.Problem, t["reviews.sent_before"]);
                return Redirect("/deals/reviews" + ReviewLists.Suffix(form.Query));
            case BatchOutcome.Invalid(var problems):
                ModelState.Explain(problems, t);
                break;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        return View("/Deals/ReviewQueue.cshtml", new ReviewQueue(form.Query, await lists.PageAsync(form.Query, now, ct), await pages.ChoicesAsync(ct), now) { Chosen = [.. form.Seen.Select(deal => deal.Number)], Refused = form });
    }

    /// <summary>What became of each deal.</summary>
    [HttpGet("{batch}")]
    public async Task<IActionResult> Show(string batch, CancellationToken ct) =>
        await batches.FindAsync(batch, ct) is { } found ? View("/Deals/Review/ReviewBatchPage.cshtml", new ReviewBatchPage(found, ListQuery.Read(Request, ReviewLists.Shape))) : NotFound();

    /// <summary>Goes on with a batch that stopped half-way.</summary>
    [HttpPost("{batch}")]
    public async Task<IActionResult> GoOn(string batch, CancellationToken ct) => await reviewInBulk.GoOnAsync(batch, ct) ? Redirect($"/deals/reviews/{batch}{ReviewLists.Suffix(ListQuery.Read(Request, ReviewLists.Shape))}") : NotFound();
}

/// <summary>A bulk act as the page sends it.</summary>
public sealed class ReviewBatchForm
{
    /// <summary>The act.</summary>
    public string? Decision { get; set; }

    /// <summary>The reason of a rejection.</summary>
    public string? RejectReason { get; set; }

    /// <summary>The question.</summary>
    public string? Question { get; set; }

    /// <summary>A note with an approval.</summary>
    public string? Note { get; set; }

    /// <summary>The marked deals, each as <c>number:version</c>.</summary>
    public List<string> Deals { get; set; } = [];

    /// <summary>The queue as it was filtered and sorted.</summary>
    public string? List { get; set; }

    /// <summary>What was written for the act.</summary>
    internal string? Reason => Decision switch { "reject" => RejectReason, "request_information" => Question, "approve" => Note, _ => null };

    /// <summary>The queue, checked.</summary>
    internal ListQuery Query => ListQuery.Read(List ?? "", ReviewLists.Shape);

    /// <summary>The deals at the versions that were seen; what is none is left out.</summary>
    internal IReadOnlyList<SeenDeal> Seen => [.. Deals.Select(deal => deal.Split(':', 2)).Where(parts => parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(parts => new SeenDeal(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture)))];
}

/// <summary>What <c>ReviewBatchPage.cshtml</c> shows.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Query">The queue one came from.</param>
public sealed record ReviewBatchPage(ReviewBatch Batch, ListQuery Query);
