using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Configuring;

/// <summary>Workspace plans for programs: proposals for what is needed, one of them into a quote, and for the brand the products they are made of.</summary>
[ApiController]
[Route("api/v1/workspace-plans"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales")]
public sealed class PlansApi(Plans plans, PlanStore store, KeepPlans keepPlans, Texts t) : ControllerBase
{
    /// <summary>The products that plans are made of.</summary>
    [HttpGet("products")]
    public async Task<IActionResult> Products(CancellationToken ct) => Ok((await store.AllAsync(ct)).Select(product => new PlanFacts(product.Sku, product.Kind, product.Seats, product.Hours, product.LeastMonths)));

    /// <summary>Says what a product gives.</summary>
    [HttpPost("products"), Idempotent, AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Keep(PlanFacts body, CancellationToken ct) => await keepPlans.KeepAsync(body, ct) switch
    {
        BundleOutcome.Done => NoContent(),
        BundleOutcome.Refused(var problems) => ApiProblem.Invalid(problems),
        _ => ApiProblem.Forbidden,
    };

    /// <summary>Takes a product out of plans.</summary>
    [HttpDelete("products/{sku}"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Drop(string sku, CancellationToken ct) => await keepPlans.DropAsync(Uri.UnescapeDataString(sku), ct) switch
    {
        BundleOutcome.Done => NoContent(),
        BundleOutcome.Forbidden => ApiProblem.Forbidden,
        _ => ApiProblem.NotFound,
    };

    /// <summary>The plans that fit, the cheapest first; stores nothing.</summary>
    [HttpPost("proposals")]
    [ProducesResponseType<ProposalsAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Propose(PlanAsked body, CancellationToken ct)
    {
        var (wish, problems) = await plans.ReadAsync(body, ct);
        return wish is null ? ApiProblem.Invalid(problems) : Ok(ProposalsAnswer.Of(await plans.ProposeAsync(wish, ct), wish, body.Start!.Value, t));
    }

    /// <summary>Puts a plan into a quote: a draft named, or a new one for a customer.</summary>
    [HttpPost("quotes"), Idempotent]
    public async Task<IActionResult> Put(PlanToPut body, CancellationToken ct) => await plans.PutAsync(new(body.Seats, body.Months, body.Hours, body.Start, body.Style), body.Plan, Typed.Trimmed(body.Quote), Typed.Trimmed(body.Customer), ct) switch
    {
        PutOutcome.Done done => Created(new Uri("/api/v1/quotes/" + done.Number, UriKind.Relative), new { quote = done.Number }),
        PutOutcome.Refused(var problems) => ApiProblem.Invalid(problems),
        _ => ApiProblem.Forbidden,
    };
}

/// <summary>A plan to be put into a quote.</summary>
/// <param name="Seats">For how many people.</param>
/// <param name="Months">For how many months.</param>
/// <param name="Hours">Meeting hours a month.</param>
/// <param name="Start">The first day.</param>
/// <param name="Style">any, own_desk or own_room.</param>
/// <param name="Plan">The key of the plan: free, desks, rooms or mixed.</param>
/// <param name="Quote">A quote that is a draft.</param>
/// <param name="Customer">The customer of a new quote.</param>
public sealed record PlanToPut(decimal? Seats, decimal? Months, decimal? Hours, DateOnly? Start, string? Style, string? Plan, string? Quote, string? Customer);

/// <summary>Plans that fit, as the API tells them.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Until">The last day.</param>
/// <param name="Plans">The cheapest first.</param>
/// <param name="LeftOut">Products that were not looked at: without price, or sold for longer only.</param>
public sealed record ProposalsAnswer(string Currency, DateOnly Until, IReadOnlyList<ProposalAnswer> Plans, IReadOnlyList<string> LeftOut)
{
    internal static ProposalsAnswer Of(ProposedPlans proposed, PlanWish wish, DateOnly start, Texts t) => new(proposed.Currency, Term.LastDay(start, wish.Months),
        [.. proposed.Plans.Select(plan => new ProposalAnswer(plan.Proposal.Key, t[$"configuring.plan.title.{plan.Proposal.Key}"].Value, plan.Total, [.. plan.Proposal.Reasons.Select(reason => t[reason.TextKey, [.. reason.Arguments]].Value)],
            [.. plan.Proposal.Lines.Zip(plan.Prices, (line, price) => new ProposalLine(line.Product.Sku, line.Count, line.Quantity, price.UnitPrice, price.LineAmount))]))],
        [.. proposed.LeftOut.Select(product => product.Sku)]);
}

/// <summary>A plan.</summary>
/// <param name="Plan">Its key.</param>
/// <param name="Title">What it is.</param>
/// <param name="Total">Over all months.</param>
/// <param name="Reasons">Why, in words.</param>
/// <param name="Lines">What it is made of.</param>
public sealed record ProposalAnswer(string Plan, string Title, decimal Total, IReadOnlyList<string> Reasons, IReadOnlyList<ProposalLine> Lines);

/// <summary>A product of a plan.</summary>
/// <param name="Sku">The product.</param>
/// <param name="AMonth">How many a month.</param>
/// <param name="Quantity">How many stand in a quote: pieces for what is sold by the term, whose price is that of all months; else pieces times months.</param>
/// <param name="UnitPrice">What one costs.</param>
/// <param name="Amount">What they come to.</param>
public sealed record ProposalLine(string Sku, int AMonth, int Quantity, decimal UnitPrice, decimal Amount);
