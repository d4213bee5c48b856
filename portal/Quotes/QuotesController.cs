using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Quotes;

/// <summary>Quotes as pages: the list, one quote, and the draft.</summary>
[Route("quotes")]
[AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "viewer")]
public sealed class QuotesController(QuoteStore quotes, QuoteLinkStore links, QuoteThreadStore thread, PriceQuote pricing, WorkOnQuote work, DiscussQuote discuss, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    const int FreeRows = 5;

    /// <summary>The list.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, QuoteStore.Shape);
        return View("QuoteList", new QuoteListPage(query, await quotes.ListAsync(query, ct)));
    }

    /// <summary>The list as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Export(CancellationToken ct) => await Response.SendListAsync(t["quotes.quotes"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["quotes.number"], Width: 21), new(t["quotes.customer"], Width: 30), new(t["quotes.partner"], Width: 30), new(t["quotes.total"], TableColumnKind.Number), new(t["quotes.currency"], Width: 10),
            new(t["quotes.valid_until"], TableColumnKind.Date, 12), new(t["quotes.status"], Width: 16), new(t["quotes.updated"], TableColumnKind.Time, 18),
        ],
        quotes.StreamAsync(ListQuery.Read(Request, QuoteStore.Shape), await quotes.TodayAsync(ct), ct).Select(IReadOnlyList<object?> (quote) =>
            [quote.Number, quote.Customer, quote.Partner, quote.GrandTotal, quote.Currency, quote.ValidUntil, t["quotes.status." + quote.Status].Value, Formats.In(quote.UpdatedAt, Formats.Zone(me.TimeZone))]), ct);

    /// <summary>One quote.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await PageAsync(number, ct) is { } page ? View("Quote", page) : NotFound();

    /// <summary>Says something to the customer or to the other side of an approval.</summary>
    [HttpPost("{number}/comments"), Idempotent]
    public async Task<IActionResult> Say(string number, string? audience, string? words, CancellationToken ct)
    {
        switch (await discuss.SayAsync(number, audience, words, ct))
        {
            case QuoteOutcome.NotFound:
                return NotFound();
            case QuoteOutcome.Forbidden:
                return Forbid();
            case QuoteOutcome.Done:
                this.Flash(FlashKind.Done, t["quotes.thread.said"]);
                return Redirect($"/quotes/{number}#thread");
            case QuoteOutcome.Wrong(var problems):
                ModelState.AddModelError("words", problems[0].Text(t));
                break;
            default:
                ModelState.AddModelError("words", t["quotes.problem.not_sent_yet"]);
                break;
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return await PageAsync(number, ct) is { } page ? View("Quote", page with { Said = words }) : NotFound();
    }

    /// <summary>Two revisions side by side: what changed from the one to the other.</summary>
    [HttpGet("{number}/changes")]
    public async Task<IActionResult> Changes(string number, int? from, int? to, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return NotFound();
        }

        var (earlier, later) = (from ?? Math.Max(1, head.Revision - 1), to ?? head.Revision);
        return await quotes.FindRevisionAsync(head.QuoteId, earlier, ct) is { } before && await quotes.FindRevisionAsync(head.QuoteId, later, ct) is { } after
            ? View("QuoteChanges", new QuoteChangesPage(head, await quotes.RevisionsAsync(head.QuoteId, ct), CompareRevisions.Of(before, after)))
            : NotFound();
    }

    /// <summary>The form for a new one, perhaps for a deal.</summary>
    [HttpGet("new"), AllowRoles("sales", "partner_admin", "deal_desk", "brand_admin", "channel_manager")]
    public async Task<IActionResult> New(string? deal, string? customer, string? from, CancellationToken ct)
    {
        var today = await quotes.TodayAsync(ct);
        if (from is not null)
        {
            return await CopyAsync(from, today, ct);
        }

        var known = deal is null ? null : await quotes.FindDealAsync(deal, ct);
        var form = new QuoteForm
        {
            Customer = customer ?? known?.CustomerNumber, Deal = known?.Number, ValidUntil = today.AddDays(PriceQuote.UsualDays), TaxRate = await quotes.LastTaxRateAsync(ct) * 100,
        };
        return View("QuoteForm", await FilledAsync(form, null, ct));
    }

    // The same things for somebody else, or once more: at today's prices, as a quote of its own. Nothing is written before it is stored.
    async Task<IActionResult> CopyAsync(string from, DateOnly today, CancellationToken ct)
    {
        if (await quotes.HeadAsync(from, ct) is not { } head || head.PartnerId != me.PartnerId)
        {
            return NotFound();
        }

        var form = new QuoteForm { Customer = head.CustomerNumber, ValidUntil = today.AddDays(PriceQuote.UsualDays), TaxRate = head.TaxRate * 100, Terms = head.Terms, Coupons = string.Join(' ', head.Coupons), InCurrency = head.Currency, Convert = head.Rate is not null, RateOnPaper = head.RateOnPaper, CopyOf = head.Number };
        form.Lines.AddRange(Rows(await quotes.LinesAsync(head.QuoteRevisionId, ct)));
        return View("QuoteForm", await FilledAsync(form, null, ct));
    }

    static IEnumerable<QuoteFormLine> Rows(IEnumerable<QuoteLine> lines) => lines.Where(line => !line.IsGift).Select(line => new QuoteFormLine
    {
        Sku = line.Sku, Quantity = line.Quantity, Discount = line.Discount == 0 ? null : line.Discount * 100, Section = line.Section, Choice = line.Choice, Configuration = line.Configuration, Start = line.TermStart, Months = line.TermMonths, Subscription = line.Subscription,
    });

    /// <summary>Writes the draft.</summary>
    [HttpPost, Idempotent, AllowRoles("sales", "partner_admin", "deal_desk", "brand_admin", "channel_manager")]
    public async Task<IActionResult> Create(QuoteForm form, CancellationToken ct)
    {
        if (form.More is not null)
        {
            return View("QuoteForm", await FilledAsync(form, null, ct));
        }

        return await AnswerAsync(ModelState.IsValid ? await work.CreateAsync(form.Request, ct) : null, form, null, ct);
    }

    /// <summary>The form for a draft.</summary>
    [HttpGet("{number}/edit")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return NotFound();
        }

        if (QuoteLifecycle.Find(QuoteLifecycle.Edit, head.Status) is not { } step || !work.Allowed(step, head))
        {
            return RedirectToAction(nameof(Show), new { number });
        }

        var form = new QuoteForm { Customer = head.CustomerNumber, Deal = head.DealNumber, ValidUntil = head.ValidUntil, TaxRate = head.TaxRate * 100, Terms = head.Terms, Coupons = string.Join(' ', head.Coupons), InCurrency = head.Currency, Convert = head.Rate is not null, RateOnPaper = head.RateOnPaper, KeepRate = head.Rate is not null, Version = head.Version };
        form.Lines.AddRange(Rows(await quotes.LinesAsync(head.QuoteRevisionId, ct)));
        return View("QuoteForm", await FilledAsync(form, head.Number, ct));
    }

    /// <summary>Changes the draft.</summary>
    [HttpPost("{number}/edit"), Idempotent]
    public async Task<IActionResult> Update(string number, QuoteForm form, CancellationToken ct)
    {
        if (form.More is not null)
        {
            return View("QuoteForm", await FilledAsync(form, number, ct));
        }

        return await AnswerAsync(ModelState.IsValid ? await work.UpdateAsync(number, form.Version, form.Request, ct) : null, form, number, ct);
    }

    /// <summary>What the lines come to, while they are typed; stores nothing.</summary>
    [HttpPost("preview")]
    public async Task<IActionResult> Preview(QuoteForm form, CancellationToken ct)
    {
        var seller = await quotes.SellerAsync(ct);
        var check = await pricing.RunAsync(form.Request, seller, null, ct);
        return PartialView("_QuotePreview", new QuotePreview(check, check.Quote?.Currency ?? seller.Currency, form.Request.Lines.Count));
    }

    async Task<IActionResult> AnswerAsync(QuoteOutcome? outcome, QuoteForm form, string? number, CancellationToken ct)
    {
        switch (outcome)
        {
            case QuoteOutcome.Done(var done):
                this.Flash(FlashKind.Done, t["quotes.stored", done]);
                return RedirectToAction(nameof(Show), new { number = done });
            case QuoteOutcome.NotFound:
                return NotFound();
            case QuoteOutcome.Forbidden:
                return Forbid();
            case QuoteOutcome.NotNow or QuoteOutcome.Stale:
                ModelState.AddModelError("", t["quotes.problem.changed_meanwhile"]);
                break;
            case QuoteOutcome.Wrong(var problems):
                foreach (var problem in problems)
                {
                    ModelState.AddModelError(form.FieldOf(problem.Field), problem.Text(t));
                }

                break;
            case null:
                break;
            default:
                throw new InvalidOperationException("Every end of an act has its answer.");
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("QuoteForm", await FilledAsync(form, number, ct));
    }

    async Task<QuoteForm> FilledAsync(QuoteForm form, string? number, CancellationToken ct)
    {
        form.Number = number;
        form.Currency = (await quotes.SellerAsync(ct)).Currency;
        form.InCurrency ??= form.Currency;
        form.Customers = await quotes.CustomersAsync(ct);
        form.HasTerms = await quotes.SellsByTermAsync(ct);
        form.Rate = number is null ? null : await quotes.HeadAsync(number, ct) is { Rate: { } rate, Currency: var currency } ? $"{rate.Said(currency)} ({Web.Display.Formats.Date(rate.On)})" : null;
        form.Lines.AddRange(Enumerable.Range(0, Math.Max(form.More is null ? 1 : 10, FreeRows - form.Lines.Count)).Select(_ => new QuoteFormLine()));
        return form;
    }

    async Task<QuotePage?> PageAsync(string number, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return null;
        }

        var lines = await quotes.LinesAsync(head.QuoteRevisionId, ct);
        var costs = await quotes.CostsAsync(head.QuoteRevisionId, ct);
        return new QuotePage(head, lines, await quotes.RevisionsAsync(head.QuoteId, ct), await quotes.ActsAsync(head.QuoteId, ct), [.. QuoteLifecycle.Open(head.Status).Where(step => work.Allowed(step, head))])
        {
            Reasons = head.Status is "draft" or "pending_approval" ? await work.ReasonsAsync(head, lines, costs, ct) : [], Margin = QuoteMargin.Of(lines, costs),
            Links = await links.LinksAsync(head.QuoteId, ct), Thread = await thread.OfQuoteAsync(head.QuoteId, ct), Mails = await links.MailsAsync(head.QuoteId, ct),
            Audiences = [.. new[] { DiscussQuote.ToCustomer, DiscussQuote.ToApproval }.Where(audience => discuss.May(audience, head) && (audience is DiscussQuote.ToApproval || head.FirstSentOn is not null))],
            Promotions = await quotes.PromotionsAsync(head.QuoteRevisionId, ct),
            IsSeller = me.PartnerId == head.PartnerId && me.Has(QuoteLifecycle.RolesOf(QuoteSide.Seller)),
        };
    }
}

/// <summary>The list's page.</summary>
public sealed record QuoteListPage(ListQuery Query, ListPage<QuoteRow> Rows);

/// <summary>One quote's page, with the steps that the person at work may take.</summary>
public sealed record QuotePage(QuoteHead Head, IReadOnlyList<QuoteLine> Lines, IReadOnlyList<RevisionRow> Revisions, IReadOnlyList<QuoteActRow> Acts, IReadOnlyList<QuoteStep> Steps)
{
    /// <summary>Why the deal desk has to approve it, before it is sent.</summary>
    public IReadOnlyList<ApprovalReason> Reasons { get; init; } = [];

    /// <summary>What is left to the seller; null where the person is not told.</summary>
    public QuoteMargin? Margin { get; init; }

    /// <summary>Links to it, with what became of them.</summary>
    public IReadOnlyList<QuoteLinkRow> Links { get; init; } = [];

    /// <summary>What was said of it.</summary>
    public IReadOnlyList<QuoteRemark> Thread { get; init; } = [];

    /// <summary>To whom the person at work may say something.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>What was typed and not taken.</summary>
    public string? Said { get; init; }

    /// <summary>Its mails.</summary>
    public IReadOnlyList<QuoteMailRow> Mails { get; init; } = [];

    /// <summary>What it takes of promotions with a limit.</summary>
    public IReadOnlyList<QuotePromotion> Promotions { get; init; } = [];

    /// <summary>The person keeps its links.</summary>
    public bool IsSeller { get; init; }

    /// <summary>True when the person may take that step now.</summary>
    public bool May(string act) => Steps.Any(step => step.Act == act);
}

/// <summary>Two revisions side by side.</summary>
public sealed record QuoteChangesPage(QuoteHead Head, IReadOnlyList<RevisionRow> Revisions, RevisionChanges Changes);

/// <summary>What the lines come to.</summary>
public sealed record QuotePreview(CheckedQuote Checked, string Currency, int Lines);

/// <summary>The form for a draft.</summary>
public sealed class QuoteForm
{
    /// <summary>The customer's number.</summary>
    public string? Customer { get; set; }

    /// <summary>The deal it comes from.</summary>
    public string? Deal { get; set; }

    /// <summary>The last day it holds.</summary>
    [Required]
    public DateOnly? ValidUntil { get; set; }

    /// <summary>Percent.</summary>
    [Required]
    public decimal? TaxRate { get; set; }

    /// <summary>What else is agreed.</summary>
    [StringLength(10_000)]
    public string? Terms { get; set; }

    /// <summary>The quote's currency; the seller's where empty.</summary>
    [StringLength(3)]
    public string? InCurrency { get; set; }

    /// <summary>Convert from the seller's currency.</summary>
    public bool Convert { get; set; }

    /// <summary>Keep the rate that it has.</summary>
    public bool KeepRate { get; set; }

    /// <summary>Print the rate.</summary>
    public bool RateOnPaper { get; set; }

    /// <summary>The rate that it has, as it is said.</summary>
    [BindNever]
    public string? Rate { get; set; }

    /// <summary>Codes of coupons, apart by blanks or commas.</summary>
    [StringLength(400)]
    public string? Coupons { get; set; }

    /// <summary>The version the person saw.</summary>
    public int? Version { get; set; }

    /// <summary>Set by the button that adds rows.</summary>
    public string? More { get; set; }

    /// <summary>Lines pasted from elsewhere: SKU, quantity and perhaps a discount on each line.</summary>
    [StringLength(100_000)]
    public string? Pasted { get; set; }

    /// <summary>The rows; empty ones are left out.</summary>
    public List<QuoteFormLine> Lines { get; set; } = [];

    /// <summary>The quote it is a copy of.</summary>
    [StringLength(64)]
    public string? CopyOf { get; set; }

    /// <summary>The quote's number; null for a new one.</summary>
    [BindNever]
    public string? Number { get; set; }

    /// <summary>The seller's currency.</summary>
    [BindNever]
    public string Currency { get; set; } = "";

    /// <summary>There are products sold by the term.</summary>
    [BindNever]
    public bool HasTerms { get; set; }

    /// <summary>Whom one can quote to.</summary>
    [BindNever]
    public IReadOnlyList<QuoteCustomer> Customers { get; set; } = [];

    /// <summary>As the acts want it.</summary>
    internal QuoteRequest Request => new(string.IsNullOrWhiteSpace(Customer) ? null : Customer, string.IsNullOrWhiteSpace(Deal) ? null : Deal, ValidUntil, TaxRate, Terms,
        [.. Filled.Select(line => new QuoteRequestLine(line.Sku!, line.Quantity, line.Discount) { Section = line.Section, Choice = line.Choice, Configuration = Typed.Trimmed(line.Configuration), Start = line.Start, Months = line.Months, Subscription = Typed.Trimmed(line.Subscription) }), .. PastedLines.Read(Pasted)])
    {
        Currency = string.IsNullOrWhiteSpace(InCurrency) ? null : InCurrency, Convert = Convert, KeepRate = KeepRate, RateOnPaper = RateOnPaper,
        Coupons = (Coupons ?? "").Split([' ', ',', ';', '，', '；', '、'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    };

    IEnumerable<QuoteFormLine> Filled => Lines.Where(line => !string.IsNullOrWhiteSpace(line.Sku));

    /// <summary>The form's own name of a field at fault; rows that were left out do not count in the request.</summary>
    internal string FieldOf(string field)
    {
        if (field.StartsWith("lines[", StringComparison.Ordinal) && int.TryParse(field.AsSpan(6, field.IndexOf(']', StringComparison.Ordinal) - 6), System.Globalization.CultureInfo.InvariantCulture, out var place))
        {
            var rows = Filled.Select(line => Lines.IndexOf(line)).ToList();
            var row = place < rows.Count ? rows[place] : -1;
            return row < 0 ? nameof(Pasted) : $"Lines[{row}].{char.ToUpperInvariant(field[field.IndexOf('.', StringComparison.Ordinal) + 1])}{field[(field.IndexOf('.', StringComparison.Ordinal) + 2)..]}";
        }

        return field switch { "customer" => nameof(Customer), "deal" => nameof(Deal), "validUntil" => nameof(ValidUntil), "taxRate" => nameof(TaxRate), "terms" => nameof(Terms), "coupons" => nameof(Coupons), "currency" => nameof(InCurrency), _ => "" };
    }
}

/// <summary>One row of the form.</summary>
public sealed class QuoteFormLine
{
    /// <summary>The product.</summary>
    [StringLength(64)]
    public string? Sku { get; set; }

    /// <summary>Whole pieces.</summary>
    public decimal? Quantity { get; set; }

    /// <summary>Percent.</summary>
    public decimal? Discount { get; set; }

    /// <summary>The configuration it comes from; it goes along.</summary>
    [StringLength(32)]
    public string? Configuration { get; set; }

    /// <summary>The first day of its term.</summary>
    public DateOnly? Start { get; set; }

    /// <summary>For how many months.</summary>
    public int? Months { get; set; }

    /// <summary>The subscription that it renews or adds to; it goes along.</summary>
    [StringLength(32)]
    public string? Subscription { get; set; }

    /// <summary>The heading it stands under.</summary>
    [StringLength(QuoteChoice.LongestSection)]
    public string? Section { get; set; }

    /// <summary>One of <see cref="QuoteChoice"/>.</summary>
    [StringLength(20)]
    public string? Choice { get; set; }
}
