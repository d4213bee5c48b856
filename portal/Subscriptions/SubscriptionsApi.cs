using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Subscriptions;

/// <summary>Subscriptions for programs: those the own company sold and those it has.</summary>
[ApiController]
[Route("api/v1/subscriptions")]
[AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "purchasing", "viewer")]
public sealed class SubscriptionsApi(SubscriptionStore subscriptions, ChangeSubscription change, KeepProductTerms keep) : ControllerBase
{
    /// <summary>A page of them, the newest first; with <c>state</c> those that are coming, running, offered (their next term), cancelled, ended or called_off.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? state, CancellationToken ct)
    {
        if (state is not null && !SubscriptionStore.States.Contains(state, StringComparer.Ordinal))
        {
            return ApiProblem.Invalid([new("state", "subscriptions.problem.state", string.Join(", ", SubscriptionStore.States))]);
        }

        return page.TryReadCursor<SubscriptionKey>(out var last)
            ? Ok(page.Cut(await subscriptions.BeforeAsync(last?.Id, page.Take(), state, ct), row => new SubscriptionKey(row.SubscriptionId)).Select(SubscriptionSummary.Of))
            : PageRequest.BadCursor;
    }

    /// <summary>One with what was bought of it and what became of it.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<SubscriptionAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await subscriptions.FindAsync(number, ct) is not { } one)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(one.Version);
        return Ok(SubscriptionAnswer.Of(one, await subscriptions.PartsAsync(one.SubscriptionId, ct), await subscriptions.EventsAsync(one.SubscriptionId, ct)));
    }

    /// <summary>Lets it end with its term; <c>If-Match</c> says which version was seen.</summary>
    [HttpPost("{number}/cancellation")]
    public async Task<IActionResult> Cancel(string number, [IfMatch] int version, CancellationAsked body, CancellationToken ct) => await AnswerAsync(number, await change.CancelAsync(number, version, body.Reason, ct), ct);

    /// <summary>Takes the cancellation back.</summary>
    [HttpDelete("{number}/cancellation")]
    public async Task<IActionResult> Keep(string number, [IfMatch] int version, CancellationToken ct) => await AnswerAsync(number, await change.KeepAsync(number, version, ct), ct);

    /// <summary>Says with how many the next term begins: fewer than run at the end of this one, or as many.</summary>
    [HttpPut("{number}/next")]
    public async Task<IActionResult> Reduce(string number, [IfMatch] int version, NextQuantityAsked body, CancellationToken ct) => await AnswerAsync(number, await change.ReduceAsync(number, version, body.Quantity, ct), ct);

    /// <summary>Writes a draft of what adds to it until the end of its term: a quote for the customer, or into an order.</summary>
    [HttpPost("{number}/additions"), Idempotent]
    public async Task<IActionResult> Add(string number, AdditionAsked body, CancellationToken ct) => await AnswerAsync(number, await change.AddAsync(number, body.Quantity, body.Start, ct), ct);

    /// <summary>Writes the offer of its next term: a draft quote for the customer, or a draft order. Where there is one already, that one is answered.</summary>
    [HttpPost("{number}/renewal"), Idempotent]
    public async Task<IActionResult> Renew(string number, CancellationToken ct) => await AnswerAsync(number, await change.RenewAsync(number, ct), ct);

    /// <summary>How products are sold by the term.</summary>
    [HttpGet("products")]
    public async Task<IActionResult> Products(CancellationToken ct) => Ok(new { items = (await keep.AllAsync(ct)).Select(row => new ProductTermFacts(row.Sku, row.Months, row.OtherLengths, row.Renews, row.NoticeDays, row.CoTerminates)) });

    /// <summary>The brand says how a product is sold by the term.</summary>
    [HttpPut("products/{sku}"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> KeepProduct(string sku, ProductTermFacts body, CancellationToken ct) => await keep.KeepAsync(body with { Sku = sku }, ct) is var outcome and not SubscriptionOutcome.Done ? Refused(outcome) : NoContent();

    /// <summary>It is sold no longer by the term; what runs stays as it is.</summary>
    [HttpDelete("products/{sku}"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> DropProduct(string sku, CancellationToken ct) => await keep.DropAsync(sku, ct) is var outcome and not SubscriptionOutcome.Done ? Refused(outcome) : NoContent();

    async Task<IActionResult> AnswerAsync(string number, SubscriptionOutcome outcome, CancellationToken ct) => outcome switch
    {
        SubscriptionOutcome.Done => await Show(number, ct),
        SubscriptionOutcome.Offered(var kind, var made) => Created(new Uri($"/api/v1/{kind}s/{made}", UriKind.Relative), new { kind, number = made }),
        _ => Refused(outcome),
    };

    static IActionResult Refused(SubscriptionOutcome outcome) => outcome switch
    {
        SubscriptionOutcome.NotFound => ApiProblem.NotFound,
        SubscriptionOutcome.Forbidden => ApiProblem.Forbidden,
        SubscriptionOutcome.Stale => ApiProblem.Stale,
        SubscriptionOutcome.Refused(var problems) => ApiProblem.Invalid(problems),
        _ => throw new InvalidOperationException("Every end of an act has its answer."),
    };

    sealed record SubscriptionKey(long Id);
}

/// <summary>A subscription in a list of the API.</summary>
/// <param name="Number">Its number.</param>
/// <param name="State">coming, running, offered (its next term), cancelled (and running to its end), ended or called_off (with its order).</param>
/// <param name="Holder">Who has it.</param>
/// <param name="Customer">The number of the customer; null where a partner has it.</param>
/// <param name="Seller">Who sold it.</param>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">How many run today.</param>
/// <param name="StartsOn">Its very first day.</param>
/// <param name="EndsOn">The last day that was bought.</param>
/// <param name="Renews">auto, offer or ends.</param>
/// <param name="TermAmount">What the last term comes to.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record SubscriptionSummary(string Number, string State, string Holder, string? Customer, string Seller, string Sku, int Quantity, DateOnly StartsOn, DateOnly EndsOn, string Renews, decimal TermAmount, string Currency)
{
    internal static SubscriptionSummary Of(SubscriptionRow row) => new(row.Number, row.State, row.Holder, row.CustomerNumber, row.Seller, row.Sku, row.Quantity, row.StartsOn, row.EndsOn, row.Renews, row.TermAmount, row.Currency);
}

/// <summary>One subscription.</summary>
public sealed record SubscriptionAnswer(
    string Number, string State, string Holder, string? Customer, string Seller, string Sku, int Quantity, int NextQuantity, DateOnly StartsOn, DateOnly TermStartsOn, DateOnly EndsOn, int TermMonths, string Renews, int NoticeDays, DateTime? CancelledAt,
    string Currency, string? RenewalQuote, string? RenewalOrder, IReadOnlyList<SubscriptionPartAnswer> Parts, IReadOnlyList<SubscriptionEventAnswer> Events)
{
    internal static SubscriptionAnswer Of(Subscription one, IEnumerable<SubscriptionPart> parts, IEnumerable<SubscriptionEvent> events) => new(
        one.Number, one.State, one.Holder, one.CustomerNumber, one.Seller, one.Sku, one.Quantity, one.Next, one.StartsOn, one.TermStartsOn, one.EndsOn, one.TermMonths, one.Renews, one.NoticeDays, one.CancelledAt, one.Currency, one.RenewalQuote, one.RenewalOrder,
        [.. parts.Select(part => new SubscriptionPartAnswer(part.Kind, part.Quantity, part.StartsOn, part.EndsOn, part.UnitPrice, part.Amount, part.Source))],
        [.. events.Select(one => new SubscriptionEventAnswer(one.Kind, one.EffectiveOn, one.Quantity, one.Source, one.Reason, one.HappenedAt))]);
}

/// <summary>What was bought at once.</summary>
/// <param name="Kind">begin, addition or renewal.</param>
/// <param name="Quantity">How many.</param>
/// <param name="StartsOn">From when.</param>
/// <param name="EndsOn">Until when.</param>
/// <param name="UnitPrice">What one costs over all of it.</param>
/// <param name="Amount">What all cost.</param>
/// <param name="Source">The quote or order; null where it went on by itself.</param>
public sealed record SubscriptionPartAnswer(string Kind, int Quantity, DateOnly StartsOn, DateOnly EndsOn, decimal UnitPrice, decimal Amount, string? Source);

/// <summary>What became of it.</summary>
public sealed record SubscriptionEventAnswer(string Kind, DateOnly EffectiveOn, int? Quantity, string? Source, string? Reason, DateTime HappenedAt);

/// <summary>Why it ends.</summary>
/// <param name="Reason">1 to 1,000 characters; both sides read it.</param>
public sealed record CancellationAsked(string? Reason);

/// <summary>How many the next term begins with.</summary>
public sealed record NextQuantityAsked(decimal? Quantity);

/// <summary>What is added.</summary>
/// <param name="Quantity">How many.</param>
/// <param name="Start">From which day; today where it is left out.</param>
public sealed record AdditionAsked(decimal? Quantity, DateOnly? Start);
