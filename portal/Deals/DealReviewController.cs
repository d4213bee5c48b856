using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Customers;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Deals;

/// <summary>The reviewers' queue, the page on which a claim is decided, and the decision.</summary>
[Route("deals"), AllowRoles("deal_desk", "channel_manager", "brand_admin", "finance")]
public sealed class DealReviewController(
    DealStore deals, ReviewLists lists, DealPages pages, CustomerStore customers, ApprovalStore approvals, PartnerRecords records, FamilyClaims families, ReviewDeal reviewDeal, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    // The queue as it was filtered and sorted goes along in the address of each page, form and link.
    ListQuery Queue => ListQuery.Read(Request, ReviewLists.Shape);

    /// <summary>What waits, what is due first first. With <c>chosen=page</c> all of the page are marked, for browsers without script.</summary>
    [HttpGet("reviews")]
    public async Task<IActionResult> Index(string? chosen, CancellationToken ct)
    {
        var page = await lists.PageAsync(Queue, Now, ct);
        return View("ReviewQueue", new ReviewQueue(Queue, page, await pages.ChoicesAsync(ct), Now) { Chosen = chosen is "page" ? [.. page.Rows.Select(deal => deal.Number)] : [] });
    }

    /// <summary>The evidence, side by side.</summary>
    [HttpGet("{number}/review")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await PageAsync(number, new(), ct);

    /// <summary>The queue as a file.</summary>
    [HttpGet("reviews/export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["deals.reviews"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["deals.number"], Width: 21), new(t["deals.customer"], Width: 30), new(t["deals.partner"], Width: 30), new(t["deals.status"], Width: 18), new(t["approvals.clock"], TableColumnKind.Time, 18),
            new(t["deals.waits_since"], TableColumnKind.Time, 18), new(t["reviews.waits_at"], Width: 20), new(t["deals.evidence"]), new(t["deals.amount"], TableColumnKind.Number), new(t["deals.currency"], Width: 10),
        ],
        Queue.AllAsync(query => lists.PageAsync(query, Now, ct)).Select(IReadOnlyList<object?> (deal) =>
        [
            deal.Number, deal.CustomerName, deal.PartnerName, t[$"deals.status.{deal.Status}"].Value, Local(deal.Clock?.DueAt), Local(deal.SubmittedAt), deal.Queue is { } queue ? t[$"approvals.queue.{queue}"].Value : null,
            t[$"deals.band.{deal.Band}"].Value, deal.Amount, deal.Currency,
        ]), ct);

    DateTime? Local(DateTime? utc) => utc is { } at ? Formats.In(at, Formats.Zone(me.TimeZone)) : null;

    /// <summary>Takes it up.</summary>
    [HttpPost("{number}/reviewer"), AllowRoles("deal_desk")]
    public async Task<IActionResult> TakeUp(string number, int? version, CancellationToken ct)
    {
        var review = ReviewOf(number);
        return this.Back(number, await reviewDeal.TakeUpAsync(number, version, ct), t, "deals.taken_up", review, _ => review);
    }

    /// <summary>Decides, and goes on to the next of the queue.</summary>
    [HttpPost("{number}/review")]
    public async Task<IActionResult> Create(string number, [FromForm] ReviewForm form, CancellationToken ct)
    {
        var next = (await lists.PlaceAsync(Queue, number, Now, ct)).NextAfter(number);
        (DealOutcome Outcome, string Done)? decided = form.Decision switch
        {
            "approve" => (await reviewDeal.ApproveAsync(number, form.Version, form.Days, form.SameAs, form.Reason, ct), "deals.approved"),
            "reject" => (await reviewDeal.RejectAsync(number, form.Version, form.Reason, ct), "deals.rejected"),
            "request_information" => (await reviewDeal.RequestInformationAsync(number, form.Version, form.Reason, ct), "deals.information_requested"),
            "mark_duplicate" => (await reviewDeal.MarkDuplicateAsync(number, form.Version, form.Reason, form.SameAs, ct), "deals.marked_duplicate"),
            _ => null,
        };
        return decided is not { } made ? BadRequest()
            : this.Leads(made.Outcome, t, made.Done, next is null ? null : _ => ReviewOf(next), next is null ? null : $"/deals/{number}") ?? await PageAsync(number, form, ct);
    }

    string ReviewOf(string number) => $"/deals/{number}/review{ReviewLists.Suffix(Queue)}";

    async Task<IActionResult> PageAsync(string number, ReviewForm form, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal || await customers.FindAsync(deal.CustomerNumber, ct) is not { } customer)
        {
            return NotFound();
        }

        var now = Now;
        form.Days ??= await reviewDeal.DaysAsync(deal, now, ct);
        return View("ReviewPage", new ReviewPage(
            deal, customer, DealLifecycle.ActsAllowed(deal.Status, deal.CallerIsBrand, deal.CallerRoles.ToHashSet(StringComparer.Ordinal)), await pages.CandidatesAsync(deal.DealId, ct), await pages.RivalsAsync(deal.DealId, now, ct),
            await pages.RemarksAsync(deal.DealId, ct), form)
        {
            Approval = new(false, await approvals.StepsAsync(deal.DealId, now, ct), await approvals.DecisionsAsync(deal.DealId, ct)),
            Partners = await records.OfAsync(deal.DealId, now, ct),
            Family = await families.OfAsync(deal, now, ct),
            Query = Queue,
            Place = await lists.PlaceAsync(Queue, number, now, ct),
        });
    }
}

/// <summary>A reviewer's decision.</summary>
public sealed class ReviewForm
{
    /// <summary><c>approve</c>, <c>reject</c>, <c>request_information</c> or <c>mark_duplicate</c>.</summary>
    public string? Decision { get; set; }

    /// <summary>The reason, question or remark.</summary>
    public string? Reason { get; set; }

    /// <summary>Days of protection.</summary>
    public int? Days { get; set; }

    /// <summary>Customers, by number, that are the same company.</summary>
    public List<string> SameAs { get; set; } = [];

    /// <summary>The version that was seen.</summary>
    public int? Version { get; set; }
}

/// <summary>What <c>ReviewQueue.cshtml</c> shows.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The deals of the page.</param>
/// <param name="Choices">What can be filtered by.</param>
/// <param name="Now">The moment ages are counted from.</param>
public sealed record ReviewQueue(ListQuery Query, ListPage<ReviewRow> Page, DealChoices Choices, DateTime Now)
{
    /// <summary>The deals that are marked.</summary>
    public IReadOnlyCollection<string> Chosen { get; init; } = [];

    /// <summary>The bulk act that was refused; null where none was.</summary>
    public ReviewBatchForm? Refused { get; init; }
}

/// <summary>What <c>ReviewPage.cshtml</c> shows.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Customer">Its customer.</param>
/// <param name="Acts">What the reviewer may do now.</param>
/// <param name="Candidates">Companies the customer may be.</param>
/// <param name="Rivals">Other deals about them.</param>
/// <param name="Remarks">What was said.</param>
/// <param name="Form">What stands in the form.</param>
public sealed record ReviewPage(
    Deal Deal, Customer Customer, IReadOnlyList<DealAct> Acts, IReadOnlyList<ReviewCandidate> Candidates, IReadOnlyList<RivalDeal> Rivals, IReadOnlyList<DealRemark> Remarks, ReviewForm Form)
{
    /// <summary>What the partners concerned did with their claims, the claimant first.</summary>
    public IReadOnlyList<PartnerRecord> Partners { get; init; } = [];

    /// <summary>The companies of the customer's group with what is claimed on them.</summary>
    public IReadOnlyList<ClaimedCompany> Family { get; init; } = [];

    /// <summary>The queue one came from.</summary>
    public required ListQuery Query { get; init; }

    /// <summary>The deal's place in it.</summary>
    public required QueuePlace Place { get; init; }

    /// <summary>The queue, at the page on which the deal stands.</summary>
    public string QueueAddress => "/deals/reviews" + Query.OnPage(Place.Place is { } place ? (place - 1) / Query.Size + 1 : 1).TrimEnd('?');

    /// <summary>The review of another deal of the queue.</summary>
    public string ReviewOf(string number) => $"/deals/{number}/review{ReviewLists.Suffix(Query)}";

    /// <summary>The steps of its approval, with their clock.</summary>
    public ApprovalShown? Approval { get; init; }

    /// <summary>True where the reviewer may do that now.</summary>
    public bool May(string act) => Acts.Any(allowed => string.Equals(allowed.Name, act, StringComparison.Ordinal));

    /// <summary>The fields of a company that are compared, each with what both say.</summary>
    public IEnumerable<(string Field, string? Mine, string? Theirs)> Compare(ReviewCandidate candidate)
    {
        yield return ("name", string.Join(" / ", [Customer.Name, .. Customer.OtherNames]), string.Join(" / ", [candidate.Name, .. candidate.OtherNames]));
        yield return ("credit_code", Customer.CreditCode, candidate.CreditCode);
        yield return ("vat_number", Customer.VatNumber, candidate.VatNumber);
        yield return ("duns", Customer.Duns, candidate.Duns);
        yield return ("domain", Customer.Domain, candidate.Domain);
        yield return ("phone", Customer.Phone, candidate.Phone);
        yield return ("country", Customer.CountryCode, candidate.CountryCode);
        yield return ("city", Customer.City, candidate.City);
        yield return ("address", Customer.Address, candidate.Address);
    }
}
