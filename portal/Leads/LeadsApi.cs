using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Leads;

/// <summary>Leads for programs.</summary>
[ApiController]
[Route("api/v1/leads")]
public sealed class LeadsApi(LeadStore leads, LeadScreeningStore screenings, ScreenLeads screenLeads, HandOutLeads handOutLeads, AnswerLead answerLead, TimeProvider clock) : ControllerBase
{
    /// <summary>The leads one may see, in the order of their numbers: the brand all, a partner what it holds. Filter: status.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<LeadAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? status, CancellationToken ct) => page.TryReadCursor<LeadKey>(out var after)
        ? Ok(page.Cut(await leads.AfterAsync(status, after?.Number, page.Take(), ct), lead => new LeadKey(lead.Number)).Select(LeadAnswer.Of))
        : PageRequest.BadCursor;

    /// <summary>One lead.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<LeadAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await leads.FindAsync(number, ct) is not { } lead)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(lead.Version);
        return Ok(LeadAnswer.Of(lead));
    }

    /// <summary>Enters a lead.</summary>
    [HttpPost(""), AllowRoles("channel_manager", "deal_desk", "brand_admin"), Idempotent]
    [ProducesResponseType<LeadAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(LeadTyped body, CancellationToken ct)
    {
        var outcome = await handOutLeads.EnterAsync(body, ct);
        if (outcome is not LeadOutcome.Done { Number: var number })
        {
            return LeadAnswers.Problem(outcome);
        }

        this.SendVersion(1);
        return Created($"/api/v1/leads/{number}", LeadAnswer.Of((await leads.FindAsync(number, ct))!));
    }

    /// <summary>Writes all fields of a lead that is with the brand.</summary>
    [HttpPut("{number}"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    [ProducesResponseType<LeadAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Update(string number, [IfMatch] int version, LeadTyped body, CancellationToken ct) => await AnswerAsync(number, await handOutLeads.ChangeAsync(number, version, body, ct), ct);

    /// <summary>Offers a lead to a partner, who has so many days to answer.</summary>
    [HttpPost("{number}/offer"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    [ProducesResponseType<LeadAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Offer(string number, [IfMatch] int version, LeadOfferBody body, CancellationToken ct) => await AnswerAsync(number, await handOutLeads.OfferAsync(number, version, body.Partner, body.Note, ct, body.Despite), ct);

    /// <summary>Puts a lead into the pool of its territory, from a level on.</summary>
    [HttpPost("{number}/pool"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    [ProducesResponseType<LeadAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Open(string number, [IfMatch] int version, LeadPoolBody body, CancellationToken ct) => await AnswerAsync(number, await handOutLeads.OpenAsync(number, version, body.Level, ct, body.Despite), ct);

    /// <summary>Where a lead stands among the known companies: which it may be, with the evidence, and the live claims on them. For the brand; counts on nobody's quota.</summary>
    [HttpGet("{number}/screening"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    [ProducesResponseType<LeadStandingAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Standing(string number, CancellationToken ct) => await leads.FindAsync(number, ct) is { CallerIsBrand: true } lead
        ? Ok(LeadStandingAnswer.Of(await screenings.FindAsync(lead.LeadId, clock.GetUtcNow().UtcDateTime, ct)))
        : ApiProblem.NotFound;

    /// <summary>Screens a lead once more, and answers where it stands.</summary>
    [HttpPost("{number}/screening"), AllowRoles("channel_manager", "deal_desk", "brand_admin"), Idempotent]
    [ProducesResponseType<LeadStandingAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Screen(string number, CancellationToken ct) =>
        await screenLeads.AgainAsync(number, ct) is var outcome and not LeadOutcome.Done ? LeadAnswers.Problem(outcome) : await Standing(number, ct);

    /// <summary>Takes a lead back, with a reason.</summary>
    [HttpPost("{number}/pull-back"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    [ProducesResponseType<LeadAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> PullBack(string number, [IfMatch] int version, LeadReasonBody body, CancellationToken ct) => await AnswerAsync(number, await handOutLeads.PullBackAsync(number, version, body.Reason, ct), ct);

    /// <summary>Gives a lead up, with a reason.</summary>
    [HttpPost("{number}/discard"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    [ProducesResponseType<LeadAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Discard(string number, [IfMatch] int version, LeadReasonBody body, CancellationToken ct) => await AnswerAsync(number, await handOutLeads.DiscardAsync(number, version, body.Reason, ct), ct);

    /// <summary>The leads in the pool that a partner may take: enough to decide, not who it is.</summary>
    [HttpGet("pool"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<IReadOnlyList<PoolLead>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Pool(CancellationToken ct) => Ok(await leads.PoolAsync(ct));

    /// <summary>Accepts a lead that was offered, or takes one from the pool: it becomes a registration, which is screened and reviewed as any other. The first wins; for the others it is gone (404).</summary>
    [HttpPost("{number}/acceptance"), AllowRoles("sales", "partner_admin"), TakesTurns("registrations"), Idempotent]
    [ProducesResponseType<LeadAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Accept(string number, LeadAcceptBody body, CancellationToken ct) => await AnswerAsync(number, await answerLead.AcceptAsync(number, body.Amount, body.Currency, body.ExpectedClose, ct), ct);

    /// <summary>Declines a lead that was offered, with a reason.</summary>
    [HttpPost("{number}/decline"), AllowRoles("sales", "partner_admin"), Idempotent]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Decline(string number, LeadReasonBody body, CancellationToken ct) =>
        await answerLead.DeclineAsync(number, body.Reason, ct) is var outcome and not LeadOutcome.Done ? LeadAnswers.Problem(outcome) : NoContent();

    async Task<IActionResult> AnswerAsync(string number, LeadOutcome outcome, CancellationToken ct) => outcome is LeadOutcome.Done ? await Show(number, ct) : LeadAnswers.Problem(outcome);

    sealed record LeadKey(string Number);
}

/// <summary>A lead as a program sees it.</summary>
public sealed record LeadAnswer(
    string Number, string Status, string Company, string CountryCode, string? State, string? City, string? Address, string? CreditCode, string? VatNumber, string? Domain, string? Phone,
    string? ContactName, string? ContactEmail, string? ContactPhone, string? Need, string? Teaser, string Territory, IReadOnlyList<string> ProductLines, decimal? Amount, string? Currency, string? Source,
    string? PoolLevel, string? Partner, DateTime? OfferedAt, DateTime? AnswerBy, string? Deal, DateTime CreatedAt, DateTime UpdatedAt, int Version)
{
    internal static LeadAnswer Of(Lead lead) => new(
        lead.Number, lead.Status, lead.Company, lead.CountryCode, lead.State, lead.City, lead.Address, lead.CreditCode, lead.VatNumber, lead.Domain, lead.Phone, lead.ContactName, lead.ContactEmail, lead.ContactPhone,
        lead.Need, lead.Teaser, lead.Territory, lead.LineCodes, lead.Amount, lead.Currency, lead.Source, lead.PoolLevel, lead.PartnerNumber, lead.OfferedAt, lead.AnswerBy, lead.DealNumber, lead.CreatedAt, lead.UpdatedAt, lead.Version);
}

/// <summary>To whom a lead is offered.</summary>
public sealed record LeadOfferBody
{
    /// <summary>The partner's number.</summary>
    public string? Partner { get; init; }

    /// <summary>A word to the partner.</summary>
    public string? Note { get; init; }

    /// <summary>Why it is offered although another partner probably holds the company; stays with the brand.</summary>
    public string? Despite { get; init; }
}

/// <summary>Who may take a lead.</summary>
public sealed record LeadPoolBody
{
    /// <summary>The level that is needed: <c>registered</c>, <c>silver</c>, <c>gold</c> or <c>platinum</c>.</summary>
    public string? Level { get; init; }

    /// <summary>Why it is handed out although a partner probably holds the company; stays with the brand.</summary>
    public string? Despite { get; init; }
}

/// <summary>A reason.</summary>
public sealed record LeadReasonBody
{
    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>What a partner says when it accepts a lead.</summary>
public sealed record LeadAcceptBody
{
    /// <summary>What it expects it to be worth; the lead's own amount where nothing is said.</summary>
    public decimal? Amount { get; init; }

    /// <summary>In this currency.</summary>
    public string? Currency { get; init; }

    /// <summary>The day it is expected to close.</summary>
    public DateOnly? ExpectedClose { get; init; }
}

/// <summary>Where a lead stands among the known companies.</summary>
/// <param name="ScreenedAt">When that was last looked for.</param>
/// <param name="Handout"><c>free</c>, <c>doubtful</c> (wants a reason) or <c>taken</c> (is refused).</param>
/// <param name="Candidates">The companies it may be, the surest first.</param>
/// <param name="Claims">The live claims on them.</param>
public sealed record LeadStandingAnswer(DateTime? ScreenedAt, string Handout, IReadOnlyList<LeadCandidateAnswer> Candidates, IReadOnlyList<LeadClaimAnswer> Claims)
{
    internal static LeadStandingAnswer Of(LeadStanding standing) => new(
        standing.Screening?.ScreenedAt, standing.Refusal is not null ? "taken" : standing.IsDoubtful ? "doubtful" : "free",
        [.. standing.Candidates.Select(candidate => new LeadCandidateAnswer(candidate.Number, candidate.Name, candidate.PartnerNumber, candidate.DirectAccount, candidate.Band, candidate.Score, candidate.Evidence))],
        [.. standing.Claims.Select(claim => new LeadClaimAnswer(claim.DealNumber, claim.PartnerNumber, claim.LineName, claim.TerritoryName, claim.Until, claim.Band, claim.Overlaps))]);
}

/// <summary>A company that a lead may be.</summary>
public sealed record LeadCandidateAnswer(string Customer, string Name, string Partner, bool DirectAccount, string Band, decimal Score, IReadOnlyList<Portal.Matching.Evidence> Evidence);

/// <summary>A live claim on a company that a lead may be.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Partner">The partner that holds it.</param>
/// <param name="ProductLine">The product line.</param>
/// <param name="Territory">The territory.</param>
/// <param name="Until">The last day it is protected.</param>
/// <param name="Band">How sure the matcher is that it is the same company.</param>
/// <param name="Overlaps">It is for a line of the lead in its territory.</param>
public sealed record LeadClaimAnswer(string Deal, string Partner, string ProductLine, string Territory, DateOnly Until, string Band, bool Overlaps);
