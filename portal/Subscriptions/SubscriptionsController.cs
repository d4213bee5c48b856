using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Stock;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Subscriptions;

/// <summary>Subscriptions as pages: the list, and one with its terms, what became of it and what can be done.</summary>
[Route("subscriptions")]
[AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "purchasing", "viewer")]
public sealed class SubscriptionsController(SubscriptionStore subscriptions, ChangeSubscription change, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The list.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, SubscriptionStore.Shape);
        return View("SubscriptionList", new SubscriptionListPage(query, await subscriptions.ListAsync(query, ct)));
    }

    /// <summary>The list as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Export(CancellationToken ct) => await Response.SendListAsync(t["subscriptions.subscriptions"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["subscriptions.number"], Width: 21), new(t["subscriptions.holder"], Width: 30), new("SKU", Width: 16), new(t["subscriptions.product"], Width: 30), new(t["subscriptions.quantity"], TableColumnKind.Number, 10, 0),
            new(t["subscriptions.starts_on"], TableColumnKind.Date, 12), new(t["subscriptions.ends_on"], TableColumnKind.Date, 12), new(t["subscriptions.term_amount"], TableColumnKind.Number), new(t["subscriptions.currency"], Width: 10),
            new(t["subscriptions.renews"], Width: 20), new(t["subscriptions.state"], Width: 16), new(t["subscriptions.seller"], Width: 30),
        ],
        subscriptions.StreamAsync(ListQuery.Read(Request, SubscriptionStore.Shape), ct).Select(IReadOnlyList<object?> (row) =>
            [row.Number, row.Holder, row.Sku, SubscriptionWords.Name(row.Name, row.NameZh), row.Quantity, row.StartsOn, row.EndsOn, row.TermAmount, row.Currency, t["subscriptions.renews." + row.Renews].Value, t["subscriptions.state." + row.State].Value, row.Seller]), ct);

    /// <summary>One of them.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await PageAsync(number, ct) is { } page ? View("SubscriptionPage", page) : NotFound();

    /// <summary>Lets it end with its term.</summary>
    [HttpPost("{number}/cancellation"), Idempotent]
    public async Task<IActionResult> Cancel(string number, int version, string? reason, CancellationToken ct) => await AnswerAsync(number, await change.CancelAsync(number, version, reason, ct), ct);

    /// <summary>Takes that back.</summary>
    [HttpPost("{number}/cancellation/delete"), Idempotent]
    public async Task<IActionResult> Keep(string number, int version, CancellationToken ct) => await AnswerAsync(number, await change.KeepAsync(number, version, ct), ct);

    /// <summary>Says with how many the next term begins.</summary>
    [HttpPost("{number}/next"), Idempotent]
    public async Task<IActionResult> Reduce(string number, int version, string? next, CancellationToken ct) => await AnswerAsync(number, await change.ReduceAsync(number, version, SkuLines.Quantity(next), ct), ct, field => field == "quantity" ? "next" : field);

    /// <summary>Writes a draft of what adds to it.</summary>
    [HttpPost("{number}/additions"), Idempotent]
    public async Task<IActionResult> Add(string number, string? quantity, DateOnly? start, CancellationToken ct) => await AnswerAsync(number, await change.AddAsync(number, SkuLines.Quantity(quantity), start, ct), ct);

    /// <summary>Writes the offer of its next term.</summary>
    [HttpPost("{number}/renewal"), Idempotent]
    public async Task<IActionResult> Renew(string number, CancellationToken ct) => await AnswerAsync(number, await change.RenewAsync(number, ct), ct);

    async Task<IActionResult> AnswerAsync(string number, SubscriptionOutcome outcome, CancellationToken ct, Func<string, string>? field = null)
    {
        switch (outcome)
        {
            case SubscriptionOutcome.NotFound:
                return NotFound();
            case SubscriptionOutcome.Forbidden:
                return Forbid();
            case SubscriptionOutcome.Offered(var kind, var made):
                this.Flash(FlashKind.Done, t["subscriptions.drafted", made]);
                return Redirect($"/{kind}s/{made}");
            case SubscriptionOutcome.Done:
                this.Flash(FlashKind.Done, t["subscriptions.done"]);
                return RedirectToAction(nameof(Show), new { number });
            case SubscriptionOutcome.Stale:
                ModelState.AddModelError("", t["subscriptions.problem.changed_meanwhile"]);
                break;
            case SubscriptionOutcome.Refused(var problems):
                ModelState.Explain(problems, t, field);
                break;
            default:
                throw new InvalidOperationException("Every end of an act has its answer.");
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return await PageAsync(number, ct) is { } page ? View("SubscriptionPage", page) : NotFound();
    }

    async Task<SubscriptionPageModel?> PageAsync(string number, CancellationToken ct) => await subscriptions.FindAsync(number, ct) is { } one
        ? new(one, await subscriptions.PartsAsync(one.SubscriptionId, ct), await subscriptions.EventsAsync(one.SubscriptionId, ct), one.IsAlive && change.May(one), one.IsAlive && change.MaySell(one))
        : null;
}

/// <summary>How products are sold by the term, kept by the brand.</summary>
[Route("subscriptions/products")]
[AllowRoles("brand_admin", "deal_desk", "channel_manager")]
public sealed class ProductTermsController(KeepProductTerms keep, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("ProductTermList", new ProductTermListPage(await keep.AllAsync(ct), new(), MayKeep));

    /// <summary>The same as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Export(CancellationToken ct) => await Response.SendListAsync(t["subscriptions.products"], me.PartnerName, clock.GetUtcNow(),
        [
            new("SKU", Width: 18), new(t["subscriptions.product"], Width: 36), new(t["subscriptions.lengths"], Width: 20), new(t["subscriptions.other_lengths"], Width: 16), new(t["subscriptions.renews"], Width: 20),
            new(t["subscriptions.notice_days"], TableColumnKind.Number, 12, 0), new(t["subscriptions.co_terminates"], Width: 16),
        ],
        (await keep.AllAsync(ct)).ToAsyncEnumerable().Select(IReadOnlyList<object?> (row) =>
            [row.Sku, SubscriptionWords.Name(row.Name, row.NameZh), string.Join(", ", row.Months), t[row.OtherLengths ? "subscriptions.yes" : "subscriptions.no"].Value, t["subscriptions.renews." + row.Renews].Value, row.NoticeDays, t[row.CoTerminates ? "subscriptions.yes" : "subscriptions.no"].Value]), ct);

    /// <summary>Says how a product is sold.</summary>
    [HttpPost(""), Idempotent, AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Keep(ProductTermForm form, CancellationToken ct)
    {
        switch (await keep.KeepAsync(form.Facts, ct))
        {
            case SubscriptionOutcome.Done(var sku):
                this.Flash(FlashKind.Done, t["subscriptions.product_kept", sku]);
                return RedirectToAction(nameof(Index));
            case SubscriptionOutcome.Refused(var problems):
                ModelState.Clear();
                ModelState.Explain(problems, t);
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return View("ProductTermList", new ProductTermListPage(await keep.AllAsync(ct), form, MayKeep));
            default:
                return Forbid();
        }
    }

    /// <summary>Sells it no longer by the term.</summary>
    [HttpPost("delete"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Delete(string? sku, CancellationToken ct)
    {
        if (await keep.DropAsync(sku?.Trim() ?? "", ct) is SubscriptionOutcome.Forbidden)
        {
            return Forbid();
        }

        this.Flash(FlashKind.Done, t["subscriptions.product_dropped", sku ?? ""]);
        return RedirectToAction(nameof(Index));
    }

    bool MayKeep => me.Has(KeepProductTerms.Keepers);
}

/// <summary>The list's page.</summary>
public sealed record SubscriptionListPage(ListQuery Query, ListPage<SubscriptionRow> Rows);

/// <summary>One subscription's page.</summary>
/// <param name="One">The subscription.</param>
/// <param name="Parts">What was bought of it.</param>
/// <param name="Events">What became of it.</param>
/// <param name="MayChange">The person may cancel it and change its next term.</param>
/// <param name="MaySell">The person may add to it and have its next term offered.</param>
public sealed record SubscriptionPageModel(Subscription One, IReadOnlyList<SubscriptionPart> Parts, IReadOnlyList<SubscriptionEvent> Events, bool MayChange, bool MaySell);

/// <summary>How products are sold by the term.</summary>
public sealed record ProductTermListPage(IReadOnlyList<ProductTermRow> Products, ProductTermForm Typed, bool MayKeep);

/// <summary>What is typed for a product.</summary>
public sealed class ProductTermForm
{
    /// <summary>The product.</summary>
    public string? Sku { get; set; }

    /// <summary>The lengths, in months.</summary>
    public string? Months { get; set; } = "12, 1, 24, 36";

    /// <summary>Others can be agreed.</summary>
    public bool OtherLengths { get; set; }

    /// <summary>What happens at the end.</summary>
    public string? Renews { get; set; } = "offer";

    /// <summary>How many days before the end the next term is offered.</summary>
    public string? NoticeDays { get; set; } = "30";

    /// <summary>More of it ends together with what runs already.</summary>
    public bool CoTerminates { get; set; } = true;

    internal ProductTermFacts Facts => new(Web.Typed.Trimmed(Sku), ProductTermFacts.Lengths(Months), OtherLengths, Renews ?? "", int.TryParse(NoticeDays, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var days) ? days : -1, CoTerminates);
}

/// <summary>How a subscription's facts are said.</summary>
public static class SubscriptionWords
{
    /// <summary>A name in the reader's language.</summary>
    public static string Name(string name, string? nameZh) => TextBook.LanguageOf(System.Globalization.CultureInfo.CurrentUICulture) == "zh-CN" ? nameZh ?? name : name;
}
