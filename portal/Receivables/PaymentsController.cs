using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Receivables;

/// <summary>Payments and credit notes: entering them, and what they pay for.</summary>
[Route("receivables/payments")]
[AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.ChannelManager, ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Sales, ReceivablesRoles.Purchasing)]
public sealed class PaymentsController(ReceivablesStore books, AccountStore accounts, EnterPayments enterPayments, MatchCredits matchCredits, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>What buyers paid.</summary>
    [HttpGet(""), AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.ChannelManager, ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Sales)]
    public Task<IActionResult> Index(CancellationToken ct) => ListAsync("seller", ct);

    /// <summary>What the own company paid.</summary>
    [HttpGet("sent"), AllowRoles(ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Purchasing)]
    public Task<IActionResult> Sent(CancellationToken ct) => ListAsync("buyer", ct);

    /// <summary>A list as an Excel file.</summary>
    [HttpGet("{side:regex(^(seller|buyer)$)}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string side, CancellationToken ct)
    {
        if (!ReceivablesRoles.MayRead(me, side is "seller"))
        {
            return Forbid();
        }

        await Response.SendListAsync(t["receivables.payments." + side], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["receivables.number"], Width: 21), new(t["receivables.document"], Width: 14), new(t["receivables.day"], TableColumnKind.Date, 12), new(t["receivables.partner"], Width: 30), new(t["receivables.reference"], Width: 30),
                new(t["receivables.bank_reference"], Width: 20), new(t["receivables.amount"], TableColumnKind.Number), new(t["receivables.unmatched"], TableColumnKind.Number), new(t["receivables.currency"], Width: 10), new(t["receivables.reversed"], Width: 21),
            ],
            books.StreamPaymentsAsync(new(side, ListQuery.Read(Request, ReceivablesStore.Payments(side))), ct).Select(IReadOnlyList<object?> (row) =>
                [row.Number, t["receivables.kind." + row.Kind].Value, row.HappenedOn, row.PartnerName, row.Reference ?? row.LegalNumber, row.BankReference, row.Amount, row.OpenAmount, row.Currency, row.ReversedBy]), ct);
        return new EmptyResult();
    }

    /// <summary>An empty payment.</summary>
    [HttpGet("new"), AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> New(CancellationToken ct, string? payer = null) => View("PaymentForm", await FormAsync(new PaymentForm { Payer = payer, PaidOn = await books.TodayAsync(ct) }, ct));

    /// <summary>Enters it.</summary>
    [HttpPost(""), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> Create(PaymentForm form, CancellationToken ct)
    {
        switch (ModelState.IsValid ? (await enterPayments.RunAsync([form.Typed], "typed", ct)).Single() : new PaymentEntry.Refused([]))
        {
            case PaymentEntry.Entered(var number, _, var left):
                this.Flash(FlashKind.Done, t[left > 0 ? "receivables.entered_open" : "receivables.entered", number]);
                return RedirectToAction(nameof(Show), new { number });
            case PaymentEntry.Twice(var number):
                ModelState.AddModelError("BankReference", t["receivables.problem.twice", number]);
                break;
            case PaymentEntry.Refused(var problems):
                ModelState.Explain(problems, t, FieldProblems.AsOnForm);
                break;
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return View("PaymentForm", await FormAsync(form, ct));
    }

    /// <summary>A payment or credit note, and what it is probably for.</summary>
    [HttpGet("{number}")]
    public Task<IActionResult> Show(string number, CancellationToken ct) => PageAsync(number, null, ct);

    /// <summary>Matches it with invoices.</summary>
    [HttpPost("{number}/matches"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> Match(string number, MatchForm form, CancellationToken ct) =>
        await AnswerAsync(number, ModelState.IsValid ? await matchCredits.MatchAsync(number, [.. form.Parts.Select(part => new MatchTyped(part.Invoice, part.Amount))], ct) : BooksOutcome.Unreadable, "receivables.matched", null, ct);

    /// <summary>Takes back what was matched with an invoice.</summary>
    [HttpPost("{number}/unmatchings"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> Unmatch(string number, string invoice, string? reason, CancellationToken ct) =>
        await AnswerAsync(number, await matchCredits.UnmatchAsync(number, invoice, Typed.Text(reason), ct), "receivables.unmatched_done", null, ct);

    /// <summary>Reverses the payment.</summary>
    [HttpPost("{number}/reversal"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> Reverse(string number, string? reversalReason, CancellationToken ct) =>
        await AnswerAsync(number, await matchCredits.ReverseAsync(number, Typed.Text(reversalReason), ct), "receivables.reversed_done", "reversalReason", ct);

    async Task<IActionResult> AnswerAsync(string number, BooksOutcome outcome, string doneKey, string? reasonField, CancellationToken ct) =>
        this.Leads(outcome, t, doneKey, RedirectToAction(nameof(Show), new { number }), field => field is "reason" ? reasonField ?? field : field) ?? await PageAsync(number, reasonField, ct);

    async Task<IActionResult> PageAsync(string number, string? open, CancellationToken ct)
    {
        if (await books.PaymentAsync(number, ct) is not { } page || !ReceivablesRoles.MayRead(me, page.Payment))
        {
            return NotFound();
        }

        var proposal = page.Payment is { MayWrite: true, OpenAmount: > 0, Kind: not "payout" } payment ? await matchCredits.ProposeAsync(payment.OpenItemId, payment.OpenAmount, payment.Reference, ct) : new([], []);
        return View("PaymentPage", new PaymentShow(page, proposal.Open, proposal.Matches.ToDictionary(match => match.Debit.Number, StringComparer.Ordinal), open));
    }

    async Task<PaymentFormPage> FormAsync(PaymentForm form, CancellationToken ct) =>
        new(form, await accounts.OwingAsync(ct));

    async Task<IActionResult> ListAsync(string side, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ReceivablesStore.Payments(side));
        return View("PaymentList", new PaymentListPage(side, query, await books.PaymentsAsync(new(side, query), ct)));
    }
}

/// <summary>A list of payments and credit notes.</summary>
public sealed record PaymentListPage(string Side, ListQuery Query, ListPage<PaymentRow> Page);

/// <summary>A payment as it is typed.</summary>
public sealed class PaymentForm
{
    /// <summary>Who paid: number, code or name.</summary>
    public string? Payer { get; set; }

    /// <summary>How much.</summary>
    public decimal? Amount { get; set; }

    /// <summary>ISO 4217; the buyer's where nothing is said.</summary>
    public string? Currency { get; set; }

    /// <summary>When it came.</summary>
    public DateOnly? PaidOn { get; set; }

    /// <summary>What the payer wrote.</summary>
    public string? Reference { get; set; }

    /// <summary>The bank's own number of the transfer.</summary>
    public string? BankReference { get; set; }

    internal PaymentTyped Typed => new(Web.Typed.Text(Payer), Web.Typed.Text(Currency)?.ToUpperInvariant(), Amount, PaidOn, Web.Typed.Text(Reference), Web.Typed.Text(BankReference));
}

/// <summary>The page on which a payment is entered, with the buyers that owe something.</summary>
public sealed record PaymentFormPage(PaymentForm Form, IReadOnlyList<OwingBuyer> Owing);

/// <summary>Matches as they are typed.</summary>
public sealed class MatchForm
{
    /// <summary>Invoices and amounts.</summary>
    public List<MatchFormPart> Parts { get; set; } = [];
}

/// <summary>One match as it is typed.</summary>
public sealed class MatchFormPart
{
    /// <summary>The invoice.</summary>
    public string? Invoice { get; set; }

    /// <summary>How much; nothing is none.</summary>
    public decimal? Amount { get; set; }
}

/// <summary>A payment with what is open on its account, what is proposed, and the dialog that comes up with the page.</summary>
public sealed record PaymentShow(PaymentPage Page, IReadOnlyList<OpenDebit> Open, IReadOnlyDictionary<string, ProposedMatch> Proposals, string? Dialog);
