using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Audit;
using Platform.Database;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Quotes;
using Portal.Stock;
using Portal.Web;

namespace Portal.Configuring;

/// <summary>Workspace plans: what somebody needs, what fits, and the one that was chosen into a quote.</summary>
[Route("configure/plans")]
[AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales")]
public sealed class PlansController(Plans plans, ConfigurationStore configurations, QuoteStore quotes, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>Asks what is needed and, once it is said, proposes what fits.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(string? seats, string? months, string? hours, string? start, string? style, CancellationToken ct)
    {
        var form = new PlanForm { Seats = seats, Months = months, Hours = hours, Start = start, Style = style };
        if (seats is null && months is null)
        {
            var today = await quotes.TodayAsync(ct);
            return View("/Configuring/Plans/PlanForm.cshtml", new PlanPage(new() { Seats = "8", Months = "12", Hours = "10", Start = today.AddDays(14).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) }, null, null));
        }

        var (wish, problems) = await plans.ReadAsync(form.Asked, ct);
        ModelState.Explain(problems, t);
        return View("/Configuring/Plans/PlanForm.cshtml", wish is null ? new PlanPage(form, null, null) : await PageAsync(form, wish, ct));
    }

    /// <summary>Puts the plan that was chosen into a quote.</summary>
    [HttpPost("quote"), Idempotent]
    public async Task<IActionResult> Put(PlanForm form, CancellationToken ct)
    {
        switch (await plans.PutAsync(form.Asked, form.Plan, Typed.Trimmed(form.Quote), Typed.Trimmed(form.Customer), ct))
        {
            case PutOutcome.Done done:
                this.Flash(FlashKind.Done, t["configuring.plan.put_done", done.Number]);
                return Redirect("/quotes/" + done.Number);
            case PutOutcome.Forbidden:
                return Forbid();
            case PutOutcome.Refused(var problems):
                ModelState.Clear();
                ModelState.Explain(problems, t);
                break;
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("/Configuring/Plans/PlanForm.cshtml", (await plans.ReadAsync(form.Asked, ct)).Wish is { } wish ? await PageAsync(form, wish, ct) : new PlanPage(form, null, null));
    }

    async Task<PlanPage> PageAsync(PlanForm form, PlanWish wish, CancellationToken ct) => new(form, wish, await plans.ProposeAsync(wish, ct))
    {
        Quotes = me.Has(Configure.Sellers) ? await configurations.QuoteDraftsAsync(ct) : [], Customers = me.Has(Configure.Sellers) ? await quotes.CustomersAsync(ct) : [], MayQuote = me.Has(Configure.Sellers),
    };
}

/// <summary>The products of workspace plans, kept by the brand.</summary>
[Route("configure/plans/products")]
[AllowRoles("brand_admin", "deal_desk", "channel_manager")]
public sealed class PlanProductsController(PlanStore store, KeepPlans keepPlans, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("/Configuring/Plans/PlanProducts.cshtml", new PlanProductsPage(await store.AllAsync(ct), new(null, null, null, null, null), me.Has(BundleWords.Keepers)));

    /// <summary>The same as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Export(CancellationToken ct) => await Response.SendListAsync(t["configuring.plan.products"], me.PartnerName, clock.GetUtcNow(),
        [
            new("SKU", Width: 18), new(t["configuring.name"], Width: 36), new(t["configuring.plan.kind"], Width: 24), new(t["configuring.seats"], TableColumnKind.Number, 10, 0), new(t["configuring.plan.hours_each"], TableColumnKind.Number, 12, 0), new(t["configuring.plan.least_months"], TableColumnKind.Number, 12, 0),
        ],
        (await store.AllAsync(ct)).ToAsyncEnumerable().Select(IReadOnlyList<object?> (row) => [row.Sku, BundleWords.Pick(row.Name, row.NameZh), t[$"configuring.plan.kind.{row.Kind}"].Value, row.Seats, row.Hours, row.LeastMonths]), ct);

    /// <summary>Says what a product gives.</summary>
    [HttpPost(""), Idempotent, AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Keep(string? sku, string? kind, string? seats, string? hours, string? leastMonths, CancellationToken ct)
    {
        var facts = new PlanFacts(sku, kind, Number(seats), Number(hours), string.IsNullOrWhiteSpace(leastMonths) ? null : Number(leastMonths) ?? 0);
        switch (await keepPlans.KeepAsync(facts, ct))
        {
            case BundleOutcome.Done(var kept):
                this.Flash(FlashKind.Done, t["configuring.plan.kept", kept]);
                return RedirectToAction(nameof(Index));
            case BundleOutcome.Refused(var problems):
                ModelState.Explain(problems, t);
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return View("/Configuring/Plans/PlanProducts.cshtml", new PlanProductsPage(await store.AllAsync(ct), facts, true));
            default:
                return Forbid();
        }
    }

    /// <summary>Takes a product out of plans.</summary>
    [HttpPost("delete"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Delete(string? sku, CancellationToken ct)
    {
        if (await keepPlans.DropAsync(sku?.Trim() ?? "", ct) is BundleOutcome.Forbidden)
        {
            return Forbid();
        }

        this.Flash(FlashKind.Done, t["configuring.plan.dropped", sku ?? ""]);
        return RedirectToAction(nameof(Index));
    }

    static int? Number(string? typed) => SkuLines.Quantity(typed) is { } number && number == decimal.Truncate(number) && Math.Abs(number) < int.MaxValue ? (int)number : null;
}

/// <summary>The brand says what a product gives in workspace plans.</summary>
public sealed class KeepPlans(Db db, PlanStore store, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>Says it, in place of what was said before.</summary>
    public Task<BundleOutcome> KeepAsync(PlanFacts said, CancellationToken ct) => db.InTransactionAsync<BundleOutcome>(async () =>
    {
        if (!me.IsBrand || !me.Has(BundleWords.Keepers))
        {
            return new BundleOutcome.Forbidden();
        }

        var facts = said.Tidied();
        if (facts.Flaws().ToList() is { Count: > 0 } flaws)
        {
            return new BundleOutcome.Refused(flaws);
        }

        if (!await store.KeepAsync(facts, ct))
        {
            return new BundleOutcome.Refused(new FieldProblem("sku", "configuring.problem.sku_unknown", facts.Sku!));
        }

        await audit.RecordAsync("workspace_plan.kept", "product", facts.Sku!, null, new { facts.Kind, facts.Seats, facts.Hours, facts.LeastMonths }, ct);
        return new BundleOutcome.Done(facts.Sku!);
    }, ct);

    /// <summary>Takes it out; once more changes nothing.</summary>
    public Task<BundleOutcome> DropAsync(string sku, CancellationToken ct) => db.InTransactionAsync<BundleOutcome>(async () =>
    {
        if (!me.IsBrand || !me.Has(BundleWords.Keepers))
        {
            return new BundleOutcome.Forbidden();
        }

        if (await store.DropAsync(sku, ct))
        {
            await audit.RecordAsync("workspace_plan.dropped", "product", sku, null, new { }, ct);
            return new BundleOutcome.Done(sku);
        }

        return new BundleOutcome.NotFound();
    }, ct);
}

/// <summary>Plans that were proposed.</summary>
/// <param name="Form">What was typed.</param>
/// <param name="Wish">What it means; null where it is wrong, or not asked yet.</param>
/// <param name="Proposed">What fits.</param>
public sealed record PlanPage(PlanForm Form, PlanWish? Wish, ProposedPlans? Proposed)
{
    /// <summary>The person may put a plan into a quote.</summary>
    public bool MayQuote { get; init; }

    /// <summary>Quotes that are drafts.</summary>
    public IReadOnlyList<DraftToPutInto> Quotes { get; init; } = [];

    /// <summary>Whom one can quote to.</summary>
    public IReadOnlyList<QuoteCustomer> Customers { get; init; } = [];
}

/// <summary>The products of plans.</summary>
public sealed record PlanProductsPage(IReadOnlyList<PlanProduct> Products, PlanFacts Typed, bool MayKeep);

/// <summary>What is typed to find a plan.</summary>
public sealed class PlanForm
{
    /// <summary>For how many people.</summary>
    public string? Seats { get; set; }

    /// <summary>For how many months.</summary>
    public string? Months { get; set; }

    /// <summary>Meeting hours a month.</summary>
    public string? Hours { get; set; }

    /// <summary>The first day.</summary>
    public string? Start { get; set; }

    /// <summary>How they want to sit.</summary>
    public string? Style { get; set; }

    /// <summary>The plan that was chosen.</summary>
    public string? Plan { get; set; }

    /// <summary>The draft it goes into; none for a new quote.</summary>
    public string? Quote { get; set; }

    /// <summary>The customer of a new quote.</summary>
    public string? Customer { get; set; }

    // what is typed and no number is no quantity, not none
    internal PlanAsked Asked => new(SkuLines.Quantity(Seats), SkuLines.Quantity(Months), string.IsNullOrWhiteSpace(Hours) ? null : SkuLines.Quantity(Hours) ?? -1, Typed.Day(Start), Style);
}
