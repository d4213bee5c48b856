using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Deals;

/// <summary>The reviewers' queue, the evidence and bulk acts for programs.</summary>
[ApiController]
[Route("api/v1/deals"), AllowRoles("deal_desk", "channel_manager", "brand_admin", "finance")]
public sealed class ReviewsApi(
    DealStore deals, ReviewLists lists, DealPages pages, PartnerRecords records, FamilyClaims families, ReviewInBulk reviewInBulk, ReviewBatchStore batches, Texts t, TimeProvider clock) : ControllerBase
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>
    /// What waits for review, what is due first first. Filters: <c>mine</c> (yes), <c>clock</c> (overdue, today), <c>queue</c>, <c>band</c>, <c>status</c>, <c>line</c>, <c>territory</c>, <c>q</c>.
    /// </summary>
    [HttpGet("reviews")]
    [ProducesResponseType<Page<ReviewAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct)
    {
        if (!page.TryReadCursor<ReviewKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        var rows = await lists.AfterAsync(ListQuery.Read(Request, ReviewLists.Shape), after is null ? null : (after.Due, after.Number), page.Take(), Now, ct);
        return Ok(page.Cut(rows, deal => new ReviewKey(deal.DueAt ?? deal.SubmittedAt!.Value, deal.Number)).Select(ReviewAnswer.Of));
    }

    /// <summary>What a reviewer decides from: companies the customer may be with the evidence in points, other deals about them, the group with its live claims, what the partners did so far.</summary>
    [HttpGet("{number}/review")]
    [ProducesResponseType<EvidenceAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(deal.Version);
        return Ok(new EvidenceAnswer(
            [.. (await pages.CandidatesAsync(deal.DealId, ct)).Select(candidate => new CandidateAnswer(candidate.Number, candidate.Name, candidate.PartnerNumber, candidate.Band, candidate.Conflict, candidate.Score, candidate.Joined, candidate.Evidence))],
            [.. (await pages.RivalsAsync(deal.DealId, Now, ct)).Select(rival => new RivalAnswer(rival.Number, rival.CustomerNumber, rival.PartnerName, rival.Status, rival.Live, rival.Collides, rival.Live ? rival.ProtectedUntil : null))],
            [.. (await families.OfAsync(deal, Now, ct)).Select(FamilyAnswer.Of)],
            await records.OfAsync(deal.DealId, Now, ct)));
    }

    /// <summary>
    /// Does one thing with up to 200 deals: <c>take_up</c>, <c>approve</c>, <c>reject</c> or <c>request_information</c>. Each is decided by itself, at the version that was seen; approved are
    /// those whose evidence is <c>none</c> or <c>possible</c>. The same request again gives the same answer, or goes on where the first one stopped.
    /// </summary>
    [HttpPost("reviews"), NamedRequest]
    [ProducesResponseType<BatchResults>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(ReviewBatchBody body, CancellationToken ct)
    {
        if (body.Deals?.Any(deal => deal.Version is null) is true)
        {
            return ApiProblem.Invalid(new FieldProblem("deals", "reviews.invalid.version"));
        }

        return await reviewInBulk.RunAsync(RequestName.Of(HttpContext), body.Decision, body.Reason, [.. (body.Deals ?? []).Select(deal => new SeenDeal(deal.Number ?? "", deal.Version!.Value))], ct) switch
        {
            BatchOutcome.Done(var number) => Created($"/api/v1/deals/reviews/{number}", BatchResults.Of((await batches.FindAsync(number, ct))!, t)),
            BatchOutcome.Invalid(var problems) => ApiProblem.Invalid(problems),
            BatchOutcome.UsedBefore(var problem) => problem,
            _ => throw new InvalidOperationException("A batch is done, wrong, or another's."),
        };
    }

    /// <summary>What became of each deal of a bulk act that one sent.</summary>
    [HttpGet("reviews/{batch}")]
    [ProducesResponseType<BatchResults>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Batch(string batch, CancellationToken ct) => await batches.FindAsync(batch, ct) is { } found ? Ok(BatchResults.Of(found, t)) : ApiProblem.NotFound;

    sealed record ReviewKey(DateTime Due, string Number);
}

/// <summary>A deal that waits for review.</summary>
/// <param name="Number">The deal.</param>
/// <param name="Version">Its version.</param>
/// <param name="Status"><c>submitted</c> or <c>under_review</c>.</param>
/// <param name="Customer">Its customer.</param>
/// <param name="Partner">The name of its partner.</param>
/// <param name="Amount">The amount.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Band">How sure the screening was that the customer is known.</param>
/// <param name="Queue">The queue whose step waits.</param>
/// <param name="EscalatedTo">The queue that has it as well.</param>
/// <param name="SubmittedAt">When it was submitted.</param>
/// <param name="DueAt">When the step's time is up.</param>
/// <param name="MinutesLeft">The minutes left till then, of work where the step counts in those; below 0 it is overdue.</param>
public sealed record ReviewAnswer(
    string Number, int Version, string Status, DealCustomerAnswer Customer, string Partner, decimal Amount, string Currency, string Band, string? Queue, string? EscalatedTo, DateTime? SubmittedAt, DateTime? DueAt, int? MinutesLeft)
{
    internal static ReviewAnswer Of(ReviewRow deal) => new(
        deal.Number, deal.Version, deal.Status, new(deal.CustomerNumber, deal.CustomerName), deal.PartnerName, deal.Amount, deal.Currency, deal.Band, deal.Queue, deal.EscalatedTo, deal.SubmittedAt, deal.DueAt, deal.MinutesLeft);
}

/// <summary>What a reviewer decides from.</summary>
/// <param name="Candidates">Companies the customer may be.</param>
/// <param name="Rivals">Other deals about them.</param>
/// <param name="Family">The companies of its group, parents first.</param>
/// <param name="Partners">What the partners concerned did so far, the claimant first.</param>
public sealed record EvidenceAnswer(IReadOnlyList<CandidateAnswer> Candidates, IReadOnlyList<RivalAnswer> Rivals, IReadOnlyList<FamilyAnswer> Family, IReadOnlyList<PartnerRecord> Partners);

/// <summary>A company the customer may be.</summary>
/// <param name="Customer">The known customer.</param>
/// <param name="Name">Its name.</param>
/// <param name="Partner">Whose it is.</param>
/// <param name="Band">How sure the matcher is.</param>
/// <param name="Conflict">The class of conflict.</param>
/// <param name="Score">The points in all.</param>
/// <param name="SameCompany">It was found to be the same company.</param>
/// <param name="Evidence">The evidence, field by field.</param>
public sealed record CandidateAnswer(string Customer, string Name, string Partner, string Band, string Conflict, decimal Score, bool SameCompany, IReadOnlyList<Matching.Evidence> Evidence);

/// <summary>Another deal about the company or one it may be.</summary>
/// <param name="Number">The deal.</param>
/// <param name="Customer">Its customer.</param>
/// <param name="Partner">Whose it is.</param>
/// <param name="Status">Its state.</param>
/// <param name="Live">Its protection runs.</param>
/// <param name="Collides">It claims the same territory and a line of the same.</param>
/// <param name="ProtectedUntil">When the protection ends.</param>
public sealed record RivalAnswer(string Number, string Customer, string Partner, string Status, bool Live, bool Collides, DateTime? ProtectedUntil);

/// <summary>A company of the group.</summary>
/// <param name="Depth">How many companies stand above it.</param>
/// <param name="IsCustomer">It is the deal's customer.</param>
/// <param name="Customers">The customers that are this company.</param>
/// <param name="Claims">The claims that live on it.</param>
public sealed record FamilyAnswer(int Depth, bool IsCustomer, IReadOnlyList<DealCustomerAnswer> Customers, IReadOnlyList<FamilyClaimAnswer> Claims)
{
    internal static FamilyAnswer Of(ClaimedCompany claimed) => new(
        claimed.Company.Depth, claimed.Company.IsHere, [.. claimed.Company.Members.Select(member => new DealCustomerAnswer(member.Number, member.Name))],
        [.. claimed.Claims.Select(claim => new FamilyClaimAnswer(claim.Number, claim.PartnerName, claim.LineNames, claim.TerritoryName, claim.ProtectedUntil, claim.Collides, claim.IsContested))]);
}

/// <summary>A live claim on a company of the group.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Partner">Whose it is.</param>
/// <param name="ProductLines">The product lines.</param>
/// <param name="Territory">The territory.</param>
/// <param name="ProtectedUntil">When it ends.</param>
/// <param name="Collides">It stands in the way.</param>
/// <param name="IsContested">A dispute runs over it.</param>
public sealed record FamilyClaimAnswer(string Deal, string Partner, IReadOnlyList<string> ProductLines, string Territory, DateTime? ProtectedUntil, bool Collides, bool IsContested);

/// <summary>A bulk act as a program sends it.</summary>
public sealed record ReviewBatchBody
{
    /// <summary><c>take_up</c>, <c>approve</c>, <c>reject</c> or <c>request_information</c>.</summary>
    public string? Decision { get; init; }

    /// <summary>The reason, question or note, the same for all.</summary>
    public string? Reason { get; init; }

    /// <summary>The deals, at most 200.</summary>
    public IReadOnlyList<SeenDealBody>? Deals { get; init; }
}

/// <summary>A deal at the version that was seen.</summary>
public sealed record SeenDealBody
{
    /// <summary>The deal.</summary>
    public string? Number { get; init; }

    /// <summary>The version.</summary>
    public int? Version { get; init; }
}

/// <summary>What became of a bulk act.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Decision">The act.</param>
/// <param name="Done">With how many deals it was done.</param>
/// <param name="Deals">Each deal.</param>
public sealed record BatchResults(string Number, string Decision, int Done, IReadOnlyList<BatchResult> Deals)
{
    internal static BatchResults Of(ReviewBatch batch, Texts t) => new(
        batch.Number, batch.Act, batch.Deals.Count(deal => deal.IsDone), [.. batch.Deals.Select(deal => new BatchResult(deal.Number, deal.IsDone, deal.TextKey, deal.TextKey is null ? null : t[deal.TextKey, [.. deal.Arguments]].Value, deal.Status))]);
}

/// <summary>What became of one deal.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Done">The act was carried out.</param>
/// <param name="Code">What became of it, for a program; null while it waits.</param>
/// <param name="Says">The same as a sentence.</param>
/// <param name="Status">The deal's state now.</param>
public sealed record BatchResult(string Deal, bool Done, string? Code, string? Says, string? Status);
