using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Customers;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Deals for programs.</summary>
[ApiController]
[Route("api/v1/deals")]
public sealed class DealsApi(
    DealStore deals, DealLists lists, DealPages pages, RegisterDeal registerDeal, ReviewDeal reviewDeal, PursueDeal pursueDeal, ExtendProtection extendProtection, CommentOnDeal commentOnDeal) : ControllerBase
{
    /// <summary>The deals one may see, in the order in which they last changed. Filters: status, customer.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<DealAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? status, string? customer, CancellationToken ct)
    {
        if (!page.TryReadCursor<DealKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        var rows = await lists.AfterAsync(status, customer, after is null ? null : (after.UpdatedAt, after.Number), page.Take(), ct);
        return Ok(page.Cut(rows, deal => new DealKey(deal.UpdatedAt, deal.Number)).Select(deal => DealAnswer.Of(deal, null)));
    }

    /// <summary>One deal with its last verdict.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(deal.Version);
        return Ok(DealAnswer.Of(deal, await pages.VerdictAsync(deal.DealId, ct)));
    }

    /// <summary>
    /// Registers a deal; with <c>submit</c> it is screened and submitted at once. A claim that is blocked is answered like any other: it
    /// stays a draft, and its verdict says so.
    /// </summary>
    [HttpPost(""), AllowRoles("sales", "partner_admin"), TakesTurns("registrations"), Idempotent]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(DealBody body, CancellationToken ct)
    {
        var outcome = await registerDeal.EnterAsync(body.Typed(), body.Submit, ct);
        if (NumberOf(outcome) is not { } number)
        {
            return DealAnswers.Problem(outcome);
        }

        var deal = (await deals.FindAsync(number, ct))!;
        this.SendVersion(deal.Version);
        return Created($"/api/v1/deals/{number}", DealAnswer.Of(deal, await pages.VerdictAsync(deal.DealId, ct)));
    }

    /// <summary>Writes all fields of a deal; those that its state does not let change must be as they are.</summary>
    [HttpPut("{number}"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Update(string number, [IfMatch] int version, DealBody body, CancellationToken ct)
    {
        var outcome = await registerDeal.ChangeAsync(number, version, body.Typed(), ct);
        return outcome is DealOutcome.Done { Version: var next } && body.Submit
            ? await AnswerAsync(number, await registerDeal.SubmitAsync(number, next, ct), ct)
            : await AnswerAsync(number, outcome, ct);
    }

    /// <summary>Submits a draft, or gives a deal back with the information that was requested. The verdict has the same members for a hit and a miss.</summary>
    [HttpPost("{number}/submission"), AllowRoles("sales", "partner_admin"), TakesTurns("registrations")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Submit(string number, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(number, await registerDeal.SubmitAsync(number, version, ct), ct);

    /// <summary>The queue whose step waits, and the deal desk, decide: <c>take_up</c>, <c>approve</c>, <c>reject</c>, <c>request_information</c> or <c>mark_duplicate</c>.</summary>
    [HttpPost("{number}/review"), AllowRoles("deal_desk", "channel_manager", "finance", "brand_admin")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Review(string number, [IfMatch] int version, ReviewBody body, CancellationToken ct) => body.Decision switch
    {
        "take_up" => await AnswerAsync(number, await reviewDeal.TakeUpAsync(number, version, ct), ct),
        "approve" => await AnswerAsync(number, await reviewDeal.ApproveAsync(number, version, body.Days, body.SameAs ?? [], body.Reason, ct), ct),
        "reject" => await AnswerAsync(number, await reviewDeal.RejectAsync(number, version, body.Reason, ct), ct),
        "request_information" => await AnswerAsync(number, await reviewDeal.RequestInformationAsync(number, version, body.Reason, ct), ct),
        "mark_duplicate" => await AnswerAsync(number, await reviewDeal.MarkDuplicateAsync(number, version, body.Reason, body.SameAs ?? [], ct), ct),
        _ => ApiProblem.Invalid(new FieldProblem("decision", "deals.invalid.decision", "take_up, approve, reject, request_information, mark_duplicate")),
    };

    /// <summary>Gives a deal up.</summary>
    [HttpPost("{number}/withdrawal"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Withdraw(string number, [IfMatch] int version, ReasonBody body, CancellationToken ct) =>
        await AnswerAsync(number, await pursueDeal.WithdrawAsync(number, version, body.Reason, ct), ct);

    /// <summary>Says how a deal ended: <c>won</c> or <c>lost</c>, the latter with a reason.</summary>
    [HttpPost("{number}/outcome"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> End(string number, [IfMatch] int version, OutcomeBody body, CancellationToken ct) => body.Outcome switch
    {
        "won" => await AnswerAsync(number, await pursueDeal.WinAsync(number, version, ct), ct),
        "lost" => await AnswerAsync(number, await pursueDeal.LoseAsync(number, version, body.Reason, ct), ct),
        _ => ApiProblem.Invalid(new FieldProblem("outcome", "deals.invalid.decision", "won, lost")),
    };

    /// <summary>Asks for a longer protection.</summary>
    [HttpPost("{number}/extensions"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Extend(string number, [IfMatch] int version, ExtensionBody body, CancellationToken ct) =>
        await AnswerAsync(number, await extendProtection.RequestAsync(number, version, body.Days, body.Reason, ct), ct);

    /// <summary>Decides the extension that was asked for: <c>grant</c> or <c>refuse</c>, the latter with a reason.</summary>
    [HttpPost("{number}/extensions/decision"), AllowRoles("deal_desk")]
    [ProducesResponseType<DealAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> DecideExtension(string number, [IfMatch] int version, ReviewBody body, CancellationToken ct) => body.Decision switch
    {
        "grant" => await AnswerAsync(number, await extendProtection.GrantAsync(number, version, ct), ct),
        "refuse" => await AnswerAsync(number, await extendProtection.RefuseAsync(number, version, body.Reason, ct), ct),
        _ => ApiProblem.Invalid(new FieldProblem("decision", "deals.invalid.decision", "grant, refuse")),
    };

    /// <summary>The remarks one may see, the oldest first.</summary>
    [HttpGet("{number}/comments")]
    [ProducesResponseType<IReadOnlyList<DealRemark>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Comments(string number, CancellationToken ct) =>
        await deals.FindAsync(number, ct) is { } deal ? Ok(await pages.RemarksAsync(deal.DealId, ct)) : ApiProblem.NotFound;

    /// <summary>Writes a remark: <c>shared</c> for both sides, <c>brand</c> for the brand's people only.</summary>
    [HttpPost("{number}/comments"), Idempotent]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Comment(string number, CommentBody body, CancellationToken ct) =>
        await commentOnDeal.RunAsync(number, body.Stream, body.Body, ct) is var outcome and not DealOutcome.Done ? DealAnswers.Problem(outcome) : NoContent();

    async Task<IActionResult> AnswerAsync(string number, DealOutcome outcome, CancellationToken ct) =>
        NumberOf(outcome) is null ? DealAnswers.Problem(outcome) : await Show(number, ct);

    static string? NumberOf(DealOutcome outcome) => outcome switch
    {
        DealOutcome.Done(var number, _, _) => number,
        DealOutcome.Blocked(var number, _, _) => number,
        _ => null,
    };

    sealed record DealKey(DateTime UpdatedAt, string Number);
}

/// <summary>A deal as a program sends it.</summary>
public sealed record DealBody
{
    /// <summary>The customer: one's own by its number, or a new one.</summary>
    public DealCustomerBody? Customer { get; init; }

    /// <summary>The codes of the product lines.</summary>
    public IReadOnlyList<string>? ProductLines { get; init; }

    /// <summary>The code of the territory.</summary>
    public string? Territory { get; init; }

    /// <summary>The amount.</summary>
    public decimal? Amount { get; init; }

    /// <summary>The currency.</summary>
    public string? Currency { get; init; }

    /// <summary>The expected close.</summary>
    public DateOnly? ExpectedClose { get; init; }

    /// <summary>The first day of the period asked for.</summary>
    public DateOnly? PeriodFrom { get; init; }

    /// <summary>The last day of the period asked for.</summary>
    public DateOnly? PeriodUntil { get; init; }

    /// <summary>The contact at the customer.</summary>
    public string? ContactName { get; init; }

    /// <summary>The contact's mail address.</summary>
    public string? ContactEmail { get; init; }

    /// <summary>The contact's telephone.</summary>
    public string? ContactPhone { get; init; }

    /// <summary>What the customer needs.</summary>
    public string? Need { get; init; }

    /// <summary>Submit it at once.</summary>
    public bool Submit { get; init; }

    /// <summary>What was typed.</summary>
    internal DealTyped Typed() => new()
    {
        CustomerNumber = Customer?.Number,
        Customer = Customer is { Number: null } ? Customer.Typed() : null,
        ProductLines = ProductLines ?? [],
        Territory = Territory,
        Amount = Amount,
        Currency = Currency,
        ExpectedClose = ExpectedClose,
        PeriodFrom = PeriodFrom,
        PeriodUntil = PeriodUntil,
        ContactName = ContactName,
        ContactEmail = ContactEmail,
        ContactPhone = ContactPhone,
        Need = Need,
    };
}

/// <summary>The customer of a deal as a program sends it: a number, or the facts of a new one.</summary>
public sealed record DealCustomerBody : CustomerBody
{
    /// <summary>The number of an own customer; the rest is then left out.</summary>
    public string? Number { get; init; }
}

/// <summary>A decision.</summary>
public sealed record ReviewBody
{
    /// <summary>What is decided.</summary>
    public string? Decision { get; init; }

    /// <summary>The reason, question or remark.</summary>
    public string? Reason { get; init; }

    /// <summary>Days of protection; the policy's where nothing is said.</summary>
    public int? Days { get; init; }

    /// <summary>Customers, by number, that are the same company.</summary>
    public IReadOnlyList<string>? SameAs { get; init; }
}

/// <summary>A reason.</summary>
public sealed record ReasonBody
{
    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>How a deal ended.</summary>
public sealed record OutcomeBody
{
    /// <summary><c>won</c> or <c>lost</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>A longer protection.</summary>
public sealed record ExtensionBody
{
    /// <summary>How many days; the policy's where nothing is said.</summary>
    public int? Days { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>A remark.</summary>
public sealed record CommentBody
{
    /// <summary><c>shared</c> or <c>brand</c>.</summary>
    public string? Stream { get; init; }

    /// <summary>What it says.</summary>
    public string? Body { get; init; }
}

/// <summary>A deal as a program sees it.</summary>
public sealed record DealAnswer(
    string Number, string Status, string Partner, DealCustomerAnswer Customer, IReadOnlyList<string> ProductLines, IReadOnlyList<LostLineAnswer> LostLines, bool IsDisputed, string Territory, decimal Amount, string Currency, DateOnly ExpectedClose,
    DateOnly? PeriodFrom, DateOnly? PeriodUntil, string? ContactName, string? ContactEmail, string? ContactPhone, string? Need,
    DateTime? ProtectedFrom, DateTime? ProtectedUntil, DateTime? SubmittedAt, DateTime? DecidedAt, DateTime? ClosedAt, DateTime CreatedAt, DateTime UpdatedAt, int Version, Verdict? Verdict)
{
    internal static DealAnswer Of(Deal deal, Verdict? verdict) => new(
        deal.Number, deal.Status, deal.PartnerNumber, new(deal.CustomerNumber, deal.CustomerName), deal.ProductLines,
        [.. deal.LostLines.Select((line, place) => new LostLineAnswer(line, deal.LostSince[place], deal.LostIn[place]))], deal.IsDisputed, deal.Territory, deal.Amount, deal.Currency, deal.ExpectedClose,
        deal.PeriodFrom, deal.PeriodUntil, deal.ContactName, deal.ContactEmail, deal.ContactPhone, deal.Need,
        deal.ProtectedFrom, deal.ProtectedUntil, deal.SubmittedAt, deal.DecidedAt, deal.ClosedAt, deal.CreatedAt, deal.UpdatedAt, deal.Version, verdict);
}

/// <summary>A product line that a dispute gave to somebody else; it is none of the deal's any more.</summary>
/// <param name="ProductLine">Its code.</param>
/// <param name="Since">Since when.</param>
/// <param name="Dispute">The dispute's number.</param>
public sealed record LostLineAnswer(string ProductLine, DateTime Since, string Dispute);

/// <summary>The customer of a deal.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name.</param>
public sealed record DealCustomerAnswer(string Number, string Name);
