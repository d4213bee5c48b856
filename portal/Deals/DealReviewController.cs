using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Portal.Customers;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Deals;

/// <summary>The reviewer's queue, the page on which a claim is decided, and the decision.</summary>
[Route("deals"), AllowRoles("deal_desk", "channel_manager", "brand_admin", "finance")]
public sealed class DealReviewController(
    DealStore deals, DealLists lists, DealPages pages, CustomerStore customers, ApprovalStore approvals, ReviewDeal reviewDeal, Texts t, TimeProvider clock) : Controller
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>What waits, the oldest first.</summary>
    [HttpGet("reviews")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, DealLists.Reviews);
        return View("ReviewQueue", new ReviewQueue(query, await lists.ReviewsAsync(query, ct), await pages.ChoicesAsync(ct), Now));
    }

    /// <summary>The evidence, side by side.</summary>
    [HttpGet("{number}/review")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal || await customers.FindAsync(deal.CustomerNumber, ct) is not { } customer)
        {
            return NotFound();
        }

        return View("ReviewPage", new ReviewPage(
            deal, customer, DealLifecycle.ActsAllowed(deal.Status, deal.CallerIsBrand, deal.CallerRoles.ToHashSet(StringComparer.Ordinal)), await pages.CandidatesAsync(deal.DealId, ct), await pages.RivalsAsync(deal.DealId, Now, ct),
            await pages.RemarksAsync(deal.DealId, ct), await reviewDeal.DaysAsync(deal, Now, ct))
        {
            Approval = new(false, await approvals.StepsAsync(deal.DealId, ct), await approvals.DecisionsAsync(deal.DealId, ct), Now),
        });
    }

    /// <summary>Takes it up.</summary>
    [HttpPost("{number}/reviewer"), AllowRoles("deal_desk")]
    public async Task<IActionResult> TakeUp(string number, int? version, CancellationToken ct) =>
        this.Back(number, await reviewDeal.TakeUpAsync(number, version, ct), t, "deals.taken_up", $"/deals/{number}/review");

    /// <summary>Decides.</summary>
    [HttpPost("{number}/review")]
    public async Task<IActionResult> Create(string number, [FromForm] ReviewForm form, CancellationToken ct)
    {
        var page = $"/deals/{number}/review";
        return form.Decision switch
        {
            "approve" => this.Back(number, await reviewDeal.ApproveAsync(number, form.Version, form.Days, form.SameAs, form.Reason, ct), t, "deals.approved", page),
            "reject" => this.Back(number, await reviewDeal.RejectAsync(number, form.Version, form.Reason, ct), t, "deals.rejected", page),
            "request_information" => this.Back(number, await reviewDeal.RequestInformationAsync(number, form.Version, form.Reason, ct), t, "deals.information_requested", page),
            "mark_duplicate" => this.Back(number, await reviewDeal.MarkDuplicateAsync(number, form.Version, form.Reason, form.SameAs, ct), t, "deals.marked_duplicate", page),
            _ => BadRequest(),
        };
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
public sealed record ReviewQueue(ListQuery Query, ListPage<ReviewRow> Page, DealChoices Choices, DateTime Now);

/// <summary>What <c>ReviewPage.cshtml</c> shows.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Customer">Its customer.</param>
/// <param name="Acts">What the reviewer may do now.</param>
/// <param name="Candidates">Companies the customer may be.</param>
/// <param name="Rivals">Other deals about them.</param>
/// <param name="Remarks">What was said.</param>
/// <param name="Days">For how long it is protected unless the reviewer says otherwise.</param>
public sealed record ReviewPage(
    Deal Deal, Customer Customer, IReadOnlyList<DealAct> Acts, IReadOnlyList<ReviewCandidate> Candidates, IReadOnlyList<RivalDeal> Rivals, IReadOnlyList<DealRemark> Remarks, int Days)
{
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
