using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>Quotes for programs.</summary>
[ApiController]
[Route("api/v1/quotes")]
public sealed class QuotesApi(QuoteStore quotes, QuoteThreadStore thread, WorkOnQuote work, DiscussQuote discuss, QuoteFiles files, Texts t) : ControllerBase
{
    /// <summary>A page of quotes, newest first.</summary>
    [HttpGet]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<QuoteKey>(out var last)
        ? Ok(page.Cut(await quotes.AfterAsync(last?.QuoteId, page.Take(), ct), row => new QuoteKey(row.QuoteId)).Select(Summary))
        : PageRequest.BadCursor;

    /// <summary>One quote with its current revision.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(head.Version);
        return Ok(new
        {
            head.Number, head.Status, partner = head.PartnerNumber, customer = head.CustomerNumber, customerName = head.CustomerName, deal = head.DealNumber, head.Currency, head.Revision,
            head.ValidUntil, taxRate = head.TaxRate * 100, head.Terms, head.NetTotal, head.TaxTotal, head.GrandTotal, head.Version, head.Coupons,
            rate = head.Rate is { } rate ? new { rate.From, rate.Rate, rate.On, rate.Since, source = QuoteRate.Source, onPaper = head.RateOnPaper } : null,
            promotions = (await quotes.PromotionsAsync(head.QuoteRevisionId, ct)).Select(promotion => new { promotion.Code, promotion.Amount, promotion.State }),
            lines = (await quotes.LinesAsync(head.QuoteRevisionId, ct)).Select(line => new
            {
                line.LineNumber, line.Sku, line.Name, line.NameZh, line.Quantity, line.Price, discount = line.Discount * 100, line.UnitPrice, line.Amount, line.Section, line.Choice, line.AlternativeTo, line.Configuration, line.IsGift, priceSteps = KeptSteps.Read(line.PriceSteps),
                start = line.TermStart, end = line.TermEnd, months = line.TermMonths, line.Subscription,
            }),
            revisions = (await quotes.RevisionsAsync(head.QuoteId, ct)).Select(revision => new { revision.Revision, revision.FrozenAt, revision.GrandTotal, revision.Sha256 }),
        });
    }

    /// <summary>Writes a draft.</summary>
    [HttpPost, Idempotent]
    public async Task<IActionResult> Create(QuoteRequest request, CancellationToken ct) => await work.CreateAsync(request, ct) switch
    {
        QuoteOutcome.Done(var number) => CreatedAtAction(nameof(Show), new { number }, new { number }),
        var other => Refused(other),
    };

    /// <summary>Replaces a draft; <c>If-Match</c> says which version was seen.</summary>
    [HttpPut("{number}")]
    public async Task<IActionResult> Update(string number, [IfMatch] int version, QuoteRequest request, CancellationToken ct) =>
        await work.UpdateAsync(number, version, request, ct) switch
        {
            QuoteOutcome.Done => NoContent(),
            var other => Refused(other),
        };

    /// <summary>Sends the current revision, or hands it to the deal desk.</summary>
    [HttpPost("{number}/sending"), Idempotent]
    public async Task<IActionResult> Send(string number, CancellationToken ct) => await work.SendAsync(number, null, ct) switch
    {
        QuoteOutcome.Done => Ok(new { number, status = (await quotes.HeadAsync(number, ct))!.Status }),
        var other => Refused(other),
    };

    /// <summary>The PDF or Excel file of a sent revision, with its SHA-256 as ETag.</summary>
    [HttpGet("{number}/revisions/{revision:int}/{kind:regex(^(pdf|xlsx)$)}"), EnableRateLimiting(RateLimits.Costly), FrozenFile]
    public Task<IActionResult> Download(string number, int revision, string kind, string? language, CancellationToken ct) =>
        QuoteDownload.AnswerAsync(this, files, t, number, revision, kind, language, ct);

    /// <summary>What customer, seller and deal desk said of it, in order.</summary>
    [HttpGet("{number}/comments")]
    public async Task<IActionResult> Comments(string number, CancellationToken ct) =>
        await quotes.HeadAsync(number, ct) is { } head ? Ok(new { items = await thread.OfQuoteAsync(head.QuoteId, ct) }) : ApiProblem.NotFound;

    /// <summary>Says something: to the <c>customer</c>, who reads it by its link and in a mail, or, for <c>approval</c>, to the other side of it.</summary>
    [HttpPost("{number}/comments"), Idempotent]
    public async Task<IActionResult> Say(string number, QuoteSaying saying, CancellationToken ct) => await discuss.SayAsync(number, saying.Audience, saying.Words, ct) switch
    {
        QuoteOutcome.Done => NoContent(),
        var other => Refused(other),
    };

    /// <summary>Writes a draft with the same things at today's prices; for another customer where one is named. The discounts of the original are kept, its deal is not.</summary>
    [HttpPost("{number}/copies"), Idempotent]
    public async Task<IActionResult> Copy(string number, QuoteCopying copying, CancellationToken ct) => await work.CopyAsync(number, copying.Customer, copying.ValidUntil, ct) switch
    {
        QuoteOutcome.Done(var copy) => CreatedAtAction(nameof(Show), new { number = copy }, new { number = copy }),
        var other => Refused(other),
    };

    /// <summary>What is left to the seller, line by line and in all; for those who sell and those who approve. The totals are null where a line has no price at the company above.</summary>
    [HttpGet("{number}/margin")]
    public async Task<IActionResult> Margin(string number, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return ApiProblem.NotFound;
        }

        var lines = await quotes.LinesAsync(head.QuoteRevisionId, ct);
        var costs = await quotes.CostsAsync(head.QuoteRevisionId, ct);
        return QuoteMargin.Of(lines, costs) is not { } margin ? ApiProblem.NotFound : Ok(new
        {
            head.Number, head.Revision, head.Currency, margin.Cost, margin.Amount, percent = margin.Share * 100,
            lines = margin.Lines.Select(line => new { line.Line.LineNumber, line.Line.Sku, line.Line.Choice, line.UnitCost, line.Cost, line.Amount, percent = line.Share * 100 }),
            reasons = (await work.ReasonsAsync(head, lines, costs, ct)).Select(reason => new { reason = reason.TextKey["quotes.reason.".Length..], line = reason.Line?.LineNumber, found = reason.IsOfPrices ? reason.Found : reason.Found * 100, bound = reason.IsOfPrices ? reason.Bound : reason.Bound * 100 }),
        });
    }

    /// <summary>What changed from one revision to another: lines that came, went or changed, totals and terms. Without <c>from</c> since the revision before, without <c>to</c> up to the current one.</summary>
    [HttpGet("{number}/changes")]
    public async Task<IActionResult> Changes(string number, int? from, int? to, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head
            || await quotes.FindRevisionAsync(head.QuoteId, from ?? Math.Max(1, head.Revision - 1), ct) is not { } before || await quotes.FindRevisionAsync(head.QuoteId, to ?? head.Revision, ct) is not { } after)
        {
            return ApiProblem.NotFound;
        }

        return Ok(QuoteChangesAnswer.Of(CompareRevisions.Of(before, after)));
    }

    sealed record QuoteKey(long QuoteId);

    static QuoteAnswer Summary(QuoteRow row) => new( row.Number, row.Status, row.Revision, row.Customer, row.Partner, row.Currency, row.GrandTotal, row.ValidUntil, row.UpdatedAt);

    internal static IActionResult Refused(QuoteOutcome outcome) => outcome switch
    {
        QuoteOutcome.NotFound => ApiProblem.NotFound,
        QuoteOutcome.Forbidden => ApiProblem.Forbidden,
        QuoteOutcome.Stale => ApiProblem.Stale,
        QuoteOutcome.NotNow(var status) => ApiProblem.Conflict("quote-state", "quotes.problem.state", status),
        QuoteOutcome.Wrong(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem.ForApi)]),
        _ => throw new InvalidOperationException("Every end of an act has its answer."),
    };
}

/// <summary>A comparison as the API tells it.</summary>
static class QuoteChangesAnswer
{
    public static object Of(RevisionChanges changes) => new
    {
        before = Side(changes.Before), after = Side(changes.After), changes.Unchanged,
        lines = changes.Lines.Select(line => new { change = line.Kind, line.Line.Sku, line.Line.Name, before = Line(line.Before), after = Line(line.After), line.Difference }),
    };

    static object? Line(QuoteLine? line) => line is null ? null : new { line.LineNumber, line.Quantity, line.Price, discount = line.Discount * 100, line.UnitPrice, line.Amount, line.Section, line.Choice, line.AlternativeTo, start = line.TermStart, end = line.TermEnd, months = line.TermMonths, line.Subscription };

    static object Side(RevisionContent side) => new { side.Revision, side.ValidUntil, taxRate = side.TaxRate * 100, side.Terms, side.NetTotal, side.TaxTotal, side.GrandTotal };
}

/// <summary>Something to be said of a quote.</summary>
/// <param name="Audience"><c>customer</c> or <c>approval</c>.</param>
/// <param name="Words">1 to 2,000 characters.</param>
public sealed record QuoteSaying(string? Audience, string? Words);

/// <summary>For whom a quote is written once more.</summary>
/// <param name="Customer">The customer's number; null for the same.</param>
/// <param name="ValidUntil">The last day it holds; null for 30 days from today.</param>
public sealed record QuoteCopying(string? Customer, DateOnly? ValidUntil);

/// <summary>A quote as a list of the API tells it; the total includes tax.</summary>
public sealed record QuoteAnswer(
    string Number, string Status, int Revision, string Customer, string Partner, string Currency, decimal GrandTotal, DateOnly ValidUntil, DateTime UpdatedAt);
