using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Receivables;

/// <summary>Credit on account paid back to a buyer, on the pages.</summary>
[Route("receivables"), AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
public sealed class PayoutsController(PayBack payBack, AccountStore accounts, ReceivablesStore books, Texts t) : Controller
{
    /// <summary>Records what was paid back.</summary>
    [HttpPost("accounts/{partner}/payouts"), Idempotent]
    public async Task<IActionResult> Create(string partner, decimal? payoutAmount, string? payoutCurrency, DateOnly? payoutPaidOn, string? payoutBankReference, string? payoutReason, CancellationToken ct)
    {
        var outcome = ModelState.IsValid
            ? await payBack.RunAsync(partner, new(payoutAmount, Typed.Text(payoutCurrency)?.ToUpperInvariant(), payoutPaidOn, Typed.Text(payoutBankReference), Typed.Text(payoutReason)), ct)
            : BooksOutcome.Unreadable;
        return this.Leads(outcome, t, "receivables.done.payout", RedirectToAction("Account", "Receivables", new { partner }), field => "payout" + FieldProblems.AsOnForm(field))
            ?? (await accounts.PairAsync(partner, ct) is { } pair ? View("AccountPage", await AccountPage.OfAsync(accounts, pair, "payout", ct)) : NotFound());
    }

    /// <summary>Undoes it.</summary>
    [HttpPost("payouts/{number}/undoing"), Idempotent]
    public async Task<IActionResult> Undo(string number, string? undoReason, CancellationToken ct) =>
        this.Leads(await payBack.UndoAsync(number, Typed.Text(undoReason), ct), t, "receivables.done.payout_undone", RedirectToAction("Show", "Payments", new { number }), _ => "undoReason")
        ?? (await books.PaymentAsync(number, ct) is { } page ? View("PaymentPage", new PaymentShow(page, [], new Dictionary<string, ProposedMatch>(StringComparer.Ordinal), "undoReason")) : NotFound());
}

/// <summary>The same for programs.</summary>
[ApiController]
[Route("api/v1/receivables"), AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
public sealed class PayoutsApi(PayBack payBack, ReceivablesStore books) : ControllerBase
{
    /// <summary>Records that credit on account was paid back to a buyer; never more than is left of it when all it owes is paid.</summary>
    [HttpPost("accounts/{partner}/payouts"), Idempotent]
    public async Task<IActionResult> Create(string partner, PayoutTyped asked, CancellationToken ct) => await payBack.RunAsync(partner, asked with { Currency = Typed.Text(asked.Currency), BankReference = Typed.Text(asked.BankReference), Reason = Typed.Text(asked.Reason) }, ct) switch
    {
        BooksOutcome.Done(var number) => Created(new Uri($"/api/v1/receivables/payments/{number}", UriKind.Relative), new { number }),
        var outcome => BooksAnswers.Problem(outcome),
    };

    /// <summary>Undoes a payout: the credit is on account again.</summary>
    [HttpPost("payouts/{number}/undoing"), Idempotent]
    public async Task<IActionResult> Undo(string number, WhyAsked asked, CancellationToken ct) => await payBack.UndoAsync(number, Typed.Text(asked.Reason), ct) switch
    {
        BooksOutcome.Done => await books.PaymentAsync(number, ct) is { } page ? Ok(PaymentAnswer.Of(page)) : ApiProblem.NotFound,
        var outcome => BooksAnswers.Problem(outcome),
    };
}
