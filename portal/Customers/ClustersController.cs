using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Customers;

/// <summary>The page of a company as all partners know it, for the brand: its customers, what is claimed on it, how it came about; merging and splitting.</summary>
[Route("customers/{number}/company"), AllowRoles("deal_desk", "channel_manager", "brand_admin")]
public sealed class ClustersController(
    CustomerStore customers, CustomerLists lists, ClusterStore clusters, MergeClusters mergeClusters, SplitCluster splitCluster, UndoClusterAct undoClusterAct, CustomerGroups groups,
    IEnumerable<IClusterStake> stakes, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>The company.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) =>
        await customers.FindAsync(number, ct) is { } customer ? await PageAsync(customer, [], ct) : NotFound();

    /// <summary>Which other company is the same? Found by words, chosen by number, with what would meet.</summary>
    [HttpGet("merge"), AllowRoles("deal_desk")]
    public async Task<IActionResult> Merge(string number, string? q, string? with, CancellationToken ct) =>
        await customers.FindAsync(number, ct) is { } customer ? await MergePageAsync(customer, q, with, ct) : NotFound();

    /// <summary>Merges.</summary>
    [HttpPost("merges"), AllowRoles("deal_desk"), Idempotent]
    public async Task<IActionResult> CreateMerge(string number, [FromForm] string? with, [FromForm] string? reason, CancellationToken ct) =>
        await customers.FindAsync(number, ct) is { } customer
            ? Leads(await mergeClusters.RunAsync(number, with, reason, ct), number, "customers.merged") ?? await MergePageAsync(customer, null, with, ct)
            : NotFound();

    /// <summary>Splits customers off.</summary>
    [HttpPost("splits"), AllowRoles("deal_desk"), Idempotent]
    public async Task<IActionResult> CreateSplit(string number, [FromForm] List<string> members, [FromForm] string? reason, CancellationToken ct) =>
        await customers.FindAsync(number, ct) is { } customer
            ? Leads(await splitCluster.RunAsync(number, members, reason, ct), number, "customers.split") ?? await PageAsync(customer, members, ct)
            : NotFound();

    /// <summary>Says that the company belongs to another.</summary>
    [HttpPost("parents"), AllowRoles("deal_desk"), Idempotent]
    public async Task<IActionResult> CreateParent(string number, [FromForm] string? parent, [FromForm] string? linkReason, CancellationToken ct) =>
        await customers.FindAsync(number, ct) is { } customer
            ? Leads(await groups.LinkAsync(number, parent, linkReason, ct), number, "customers.linked", "linkReason") ?? await PageAsync(customer, [], ct)
            : NotFound();

    /// <summary>Takes that back.</summary>
    [HttpPost("links/{link}/ending"), AllowRoles("deal_desk")]
    public async Task<IActionResult> EndParent(string number, string link, [FromForm] string? endReason, CancellationToken ct) =>
        await customers.FindAsync(number, ct) is { } customer
            ? Leads(await groups.EndAsync(link, endReason, ct), number, "customers.unlinked", "endReason") ?? await PageAsync(customer, [], ct)
            : NotFound();

    /// <summary>Takes a merge or a split back.</summary>
    [HttpPost("acts/{act}/undoing"), AllowRoles("deal_desk")]
    public async Task<IActionResult> Undo(string number, string act, [FromForm] string? reason, CancellationToken ct)
    {
        if (Leads(await undoClusterAct.RunAsync(act, reason, ct), number, "customers.undone") is { } led)
        {
            return led;
        }

        foreach (var problem in ModelState.Values.SelectMany(entry => entry.Errors))
        {
            this.Flash(FlashKind.Problem, problem.ErrorMessage);
        }

        return RedirectToAction(nameof(Show), new { number });
    }

    IActionResult? Leads(ClusterOutcome outcome, string number, string doneKey, string reasonField = "reason")
    {
        switch (outcome)
        {
            case ClusterOutcome.Done:
                this.Flash(FlashKind.Done, t[doneKey]);
                return RedirectToAction(nameof(Show), new { number });
            case ClusterOutcome.Missing:
                return NotFound();
            case ClusterOutcome.Invalid(var problems):
                ModelState.Explain(problems, t, field => field is "reason" ? reasonField : field);
                return null;
            case ClusterOutcome.Refused(var key, var arguments):
                ModelState.AddModelError("", t[key, [.. arguments]]);
                return null;
            default:
                throw new InvalidOperationException("An act on clusters is done, wrong, refused, or about nobody.");
        }
    }

    async Task<IActionResult> PageAsync(Customer customer, IReadOnlyCollection<string> chosen, CancellationToken ct)
    {
        var shown = new List<ShownPart>();
        foreach (var stake in stakes)
        {
            shown.Add(await stake.ShowAsync(customer.CustomerClusterId, ct));
        }

        return View("ClusterPage", new ClusterPage(customer, await clusters.MembersAsync(customer.CustomerClusterId, ct), shown, await clusters.HistoryAsync(customer.CustomerClusterId, ct), await groups.OfAsync(customer.CustomerClusterId, ct), chosen, me.Has("deal_desk")));
    }

    async Task<IActionResult> MergePageAsync(Customer customer, string? words, string? with, CancellationToken ct)
    {
        var other = string.IsNullOrWhiteSpace(with) ? null : await customers.FindAsync(with.Trim(), ct);
        var found = string.IsNullOrWhiteSpace(words) ? [] : (await lists.FindAsync(words.Trim(), 20, ct)).Where(hit => !string.Equals(hit.Number, customer.Number, StringComparison.Ordinal)).ToList();
        return View("MergePage", new MergePage(
            customer, words, found, other, other is null ? [] : await clusters.MembersAsync(other.CustomerClusterId, ct), other is null ? [] : await mergeClusters.PreviewAsync(customer, other, ct)));
    }
}

/// <summary>What <c>ClusterPage.cshtml</c> shows.</summary>
/// <param name="Customer">The customer whose company it is.</param>
/// <param name="Members">The customers of the company.</param>
/// <param name="Parts">What other features show.</param>
/// <param name="History">How it came about.</param>
/// <param name="Group">The links of its group.</param>
/// <param name="Chosen">The customers that were chosen to leave.</param>
/// <param name="MayChange">The person may merge and split.</param>
public sealed record ClusterPage(Customer Customer, IReadOnlyList<Customer> Members, IReadOnlyList<ShownPart> Parts, IReadOnlyList<ClusterEvent> History, IReadOnlyList<GroupLink> Group, IReadOnlyCollection<string> Chosen, bool MayChange);

/// <summary>What <c>MergePage.cshtml</c> shows.</summary>
/// <param name="Customer">The customer whose company stays.</param>
/// <param name="Words">What was searched for.</param>
/// <param name="Found">What was found.</param>
/// <param name="Other">The customer whose company is found to be the same.</param>
/// <param name="OtherMembers">The customers of that company.</param>
/// <param name="Meetings">The live claims that would meet.</param>
public sealed record MergePage(Customer Customer, string? Words, IReadOnlyList<NamedCustomer> Found, Customer? Other, IReadOnlyList<Customer> OtherMembers, IReadOnlyList<MeetingClaims> Meetings);
