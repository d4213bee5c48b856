using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Stock;

/// <summary>Stock counts for programs, such as those of hand-held scanners.</summary>
[ApiController]
[Route("api/v1/stock/counts")]
public sealed class CountsApi(CountStock countStock, CountStore counts) : ControllerBase
{
    /// <summary>The counts of one's company, the newest first.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="status"><c>open</c>, <c>review</c>, <c>posted</c> or <c>discarded</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? status = null, CancellationToken ct = default) =>
        !page.TryReadCursor<CountKey>(out var after) ? PageRequest.BadCursor
        : status is not (null or "open" or "review" or "posted" or "discarded") ? ApiProblem.Invalid(new FieldProblem("status", "stock.count.status_wrong"))
        : Ok(page.Cut(await counts.AfterAsync(status, after?.Number, page.Take(), ct), row => new CountKey(row.Number)).Select(CountAnswer.Of));

    /// <summary>One of them.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await counts.FindAsync(number, ct) is not { } count)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(count.Version);
        return Ok(CountAnswer.Of(count));
    }

    /// <summary>Its lines in the order of their SKU.</summary>
    [HttpGet("{number}/lines")]
    public async Task<IActionResult> Lines(string number, [FromQuery] PageRequest page, CancellationToken ct) =>
        !page.TryReadCursor<BalanceCursor>(out var after) ? PageRequest.BadCursor
        : await counts.FindAsync(number, ct) is not { } count ? ApiProblem.NotFound
        : Ok(page.Cut(await counts.LinesAfterAsync(count, after?.Sku, page.Take(), ct), row => new BalanceCursor(row.Sku))
            .Select(row => new { row.Sku, row.Counted, book = count is { IsBlind: true, Status: "open" } ? null : row.Book, difference = count is { IsBlind: true, Status: "open" } ? null : row.Difference, row.CountedAt, row.Reason, row.Note }));

    /// <summary>Begins one: of some products, or of all that the books say are there.</summary>
    [HttpPost(""), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Create(CountAsked asked, CancellationToken ct) => await countStock.BeginAsync(asked, ct) switch
    {
        StockOutcome.Done(var number) => CreatedAtAction(nameof(Show), new { number }, new { number, status = "open", version = 1 }),
        var outcome => outcome.ForApi,
    };

    /// <summary>Takes what was counted at a moment. Good lines are kept where others are wrong: <c>kept</c> says how many, <c>errors</c> what is wrong with the others.</summary>
    [HttpPost("{number}/lines"), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Enter(string number, CountEntryAsked asked, CancellationToken ct)
    {
        var entered = await countStock.EnterAsync(number, [.. (asked.Lines ?? []).OfType<CountedLine>()], asked.CountedAt?.UtcDateTime, afresh: true, ct);
        return entered.Outcome is not StockOutcome.Done && entered.Kept == 0
            ? entered.Outcome.ForApi
            : Ok(new { kept = entered.Kept, errors = ((entered.Outcome as StockOutcome.Wrong)?.Problems ?? []).Select(problem => new { field = problem.ForApi.Field, code = problem.TextKey }) });
    }

    /// <summary>Hands it in to be looked over.</summary>
    [HttpPost("{number}/submission"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> HandIn(string number, [IfMatch] int version, CancellationToken ct) => await AnswerAsync(number, await countStock.HandInAsync(number, version, ct), ct);

    /// <summary>Gives it back to be counted again.</summary>
    [HttpPost("{number}/return"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> GiveBack(string number, CountWordAsked asked, [IfMatch] int version, CancellationToken ct) => await AnswerAsync(number, await countStock.EndAsync(number, version, discards: false, asked.Said, ct), ct);

    /// <summary>Throws it away; the books stay as they are.</summary>
    [HttpPost("{number}/discarding"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Discard(string number, CountWordAsked asked, [IfMatch] int version, CancellationToken ct) => await AnswerAsync(number, await countStock.EndAsync(number, version, discards: true, asked.Said, ct), ct);

    /// <summary>Corrects the books by it, once; <c>lostReservations</c> names the orders whose goods were not there any more.</summary>
    [HttpPost("{number}/posting"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Post(string number, [IfMatch] int version, CancellationToken ct) => await countStock.PostAsync(number, version, ct) switch
    {
        { Outcome: StockOutcome.Done } posted => Ok(new { number, status = "posted", differences = posted.Differences, lostReservations = posted.Orders }),
        var posted => posted.Outcome.ForApi,
    };

    async Task<IActionResult> AnswerAsync(string number, StockOutcome outcome, CancellationToken ct) => outcome is StockOutcome.Done ? await Show(number, ct) : outcome.ForApi;
}

/// <summary>What was counted.</summary>
/// <param name="CountedAt">When; now where left out. Each line is held against the books as they were then.</param>
/// <param name="Lines">By product.</param>
public sealed record CountEntryAsked(DateTimeOffset? CountedAt, IReadOnlyList<CountedLine>? Lines);

/// <summary>Why a count is given back or thrown away.</summary>
/// <param name="Said">In words.</param>
public sealed record CountWordAsked(string? Said);

/// <summary>A count as the API tells it.</summary>
public sealed record CountAnswer(string Number, string Place, string Status, bool IsBlind, string? Note, string? Said, DateTime BegunAt, DateTime? HandedInAt, DateTime? EndedAt, long Lines, long Counted, long? Differences, long? More, long? Less, int Version)
{
    internal static CountAnswer Of(CountRow row)
    {
        var hidden = row is { IsBlind: true, Status: "open" };
        return new(row.Number, row.Place, row.Status, row.IsBlind, row.Note, row.Said, row.BegunAt, row.HandedInAt, row.EndedAt, row.Lines, row.Counted, hidden ? null : row.Differences, hidden ? null : row.More, hidden ? null : row.Less, row.Version);
    }
}

/// <summary>Where a page of counts ended.</summary>
sealed record CountKey(string Number);
