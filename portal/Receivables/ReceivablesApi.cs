using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Receivables;

/// <summary>Invoices, credit notes, payments and accounts for programs.</summary>
[ApiController]
[Route("api/v1/receivables")]
[AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.ChannelManager, ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Sales, ReceivablesRoles.Purchasing)]
public sealed class ReceivablesApi(ReceivablesStore books, AccountStore accounts, IssueCreditNote issueCreditNote, EnterPayments enterPayments, MatchCredits matchCredits, ICurrentPerson me) : ControllerBase
{
    /// <summary>The invoices of a side, the newest first.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="side"><c>seller</c> (what one wrote) or <c>buyer</c> (what one got).</param>
    /// <param name="state">Only <c>open</c>, <c>overdue</c> or <c>paid</c> ones.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("invoices")]
    public async Task<IActionResult> Invoices([FromQuery] PageRequest page, string side = "seller", string? state = null, CancellationToken ct = default)
    {
        if (Refusal(side) is { } refused)
        {
            return refused;
        }

        if (state is not (null or "open" or "overdue" or "paid"))
        {
            return ApiProblem.Invalid(new FieldProblem("state", "receivables.problem.state"));
        }

        return page.TryReadCursor<BooksCursor>(out var after)
            ? Ok(page.Cut(await books.InvoicesAfterAsync(side, state, after?.Number, page.Take(), ct), row => new BooksCursor(row.Number)))
            : PageRequest.BadCursor;
    }

    /// <summary>One invoice with its lines, what paid for it and its credit notes.</summary>
    [HttpGet("invoices/{number}")]
    public async Task<IActionResult> Invoice(string number, CancellationToken ct) =>
        await books.InvoiceAsync(number, ct) is { } page && ReceivablesRoles.MayRead(me, page.Invoice) ? Ok(InvoiceAnswer.Of(page)) : ApiProblem.NotFound;

    /// <summary>Takes back an invoice: <c>whole</c>, <c>lines</c> by quantity, or an <c>amount</c>.</summary>
    [HttpPost("invoices/{number}/credit-notes"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> CreateCreditNote(string number, CreditNoteAsked asked, CancellationToken ct) =>
        await issueCreditNote.RunAsync(number, new(asked.Kind, asked.Lines ?? [], asked.Amount, Typed.Text(asked.Reason)), ct) switch
        {
            BooksOutcome.Done(var note) => Created(new Uri($"/api/v1/receivables/payments/{note}", UriKind.Relative), new { number = note, invoice = number }),
            var outcome => BooksAnswers.Problem(outcome),
        };

    /// <summary>Payments and credit notes of a side, the newest first.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="side"><c>seller</c> (what one got) or <c>buyer</c> (what one paid).</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("payments")]
    public async Task<IActionResult> Payments([FromQuery] PageRequest page, string side = "seller", CancellationToken ct = default) => Refusal(side)
        ?? (page.TryReadCursor<BooksCursor>(out var after)
            ? Ok(page.Cut(await books.PaymentsAfterAsync(side, after?.Number, page.Take(), ct), row => new BooksCursor(row.Number)))
            : PageRequest.BadCursor);

    /// <summary>One payment or credit note, with what it paid for.</summary>
    [HttpGet("payments/{number}")]
    public async Task<IActionResult> Payment(string number, CancellationToken ct) =>
        await books.PaymentAsync(number, ct) is { } page && ReceivablesRoles.MayRead(me, page.Payment) ? Ok(PaymentAnswer.Of(page)) : ApiProblem.NotFound;

    /// <summary>Enters a payment; what its reference or exact amount says is matched at once. The same one again is a conflict that names the first.</summary>
    [HttpPost("payments"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> CreatePayment(PaymentTyped asked, CancellationToken ct) => (await enterPayments.RunAsync([asked], "api", ct)).Single() switch
    {
        PaymentEntry.Entered(var number, var matched, var left) => Created(new Uri($"/api/v1/receivables/payments/{number}", UriKind.Relative), new { number, matched, left }),
        PaymentEntry.Twice(var number) => ApiProblem.Conflict("payment-twice", "receivables.problem.twice", number),
        PaymentEntry.Refused(var problems) => ApiProblem.Invalid(problems),
        var entry => throw new InvalidOperationException($"Nobody has said what to answer to {entry}."),
    };

    /// <summary>Matches a payment or credit note with invoices.</summary>
    [HttpPost("payments/{number}/matches"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> Match(string number, MatchesAsked asked, CancellationToken ct) => await AnswerAsync(await matchCredits.MatchAsync(number, asked.Parts ?? [], ct), ct);

    /// <summary>Takes back what was matched with an invoice.</summary>
    [HttpPost("payments/{number}/unmatchings"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> Unmatch(string number, UnmatchAsked asked, CancellationToken ct) => await AnswerAsync(await matchCredits.UnmatchAsync(number, asked.Invoice ?? "", Typed.Text(asked.Reason), ct), ct);

    /// <summary>Reverses a payment.</summary>
    [HttpPost("payments/{number}/reversal"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> Reverse(string number, WhyAsked asked, CancellationToken ct) => await AnswerAsync(await matchCredits.ReverseAsync(number, Typed.Text(asked.Reason), ct), ct);

    /// <summary>Where the accounts of a side stand today: balance, overdue, open orders, limit.</summary>
    /// <param name="side"><c>seller</c> or <c>buyer</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("accounts")]
    public async Task<IActionResult> Accounts(string side = "seller", CancellationToken ct = default) => Refusal(side) ?? Ok(new { items = await accounts.PositionsAsync(side, ct) });

    /// <summary>The statement of the account with a partner for a period, as it is known now or was known at a moment.</summary>
    /// <param name="partner">The partner's number.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="currency">ISO 4217; the buyer's where nothing is said.</param>
    /// <param name="known">As it was known then; now where nothing is said.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("accounts/{partner}/statement")]
    public async Task<IActionResult> Statement(string partner, DateOnly? from, DateOnly? to, string? currency = null, DateTimeOffset? known = null, CancellationToken ct = default)
    {
        if (await accounts.PairAsync(partner, ct) is not { } pair || !ReceivablesRoles.MayRead(me, pair.IsSeller))
        {
            return ApiProblem.NotFound;
        }

        if (from is null || to is null || to < from)
        {
            return ApiProblem.Invalid(new FieldProblem(from is null ? "from" : "to", "receivables.problem.period"));
        }

        var statement = await accounts.StatementAsync(pair, new(currency ?? pair.Currency, from.Value, to.Value, known?.UtcDateTime), ct);
        return Ok(new { partner, statement.Asked.Currency, from, to, statement.Opening, statement.Closing, rows = statement.Rows });
    }

    /// <summary>How old what is owed was on a day, by partner and currency.</summary>
    /// <param name="side"><c>seller</c> or <c>buyer</c>.</param>
    /// <param name="on">The day; today where nothing is said.</param>
    /// <param name="known">As it was known then; now where nothing is said.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("ageing")]
    public async Task<IActionResult> Ageing(string side = "seller", DateOnly? on = null, DateTimeOffset? known = null, CancellationToken ct = default) => Refusal(side)
        ?? Ok(new { items = await accounts.AgeingAsync(on ?? await books.TodayAsync(ct), known?.UtcDateTime, side, ct) });

    IActionResult? Refusal(string side) => side is not ("seller" or "buyer") ? ApiProblem.Invalid(new FieldProblem("side", "receivables.problem.side"))
        : ReceivablesRoles.MayRead(me, side is "seller") ? null
        : ApiProblem.Forbidden;

    async Task<IActionResult> AnswerAsync(BooksOutcome outcome, CancellationToken ct) => outcome is BooksOutcome.Done(var number) ? await Payment(number, ct) : BooksAnswers.Problem(outcome);
}

/// <summary>Credit for programs: limits, holds, terms, policy, releases, tax rules.</summary>
[ApiController]
[Route("api/v1/receivables")]
[AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
public sealed class CreditApi(KeepCredit keepCredit, KeepTax keepTax, AccountStore accounts, ReceivablesStore books) : ControllerBase
{
    /// <summary>Sets the limit of a buyer.</summary>
    [HttpPost("accounts/{partner}/limits"), Idempotent]
    public async Task<IActionResult> SetLimit(string partner, LimitTyped asked, CancellationToken ct) => Answer(await keepCredit.SetLimitAsync(partner, asked, ct));

    /// <summary>Stops a buyer.</summary>
    [HttpPost("accounts/{partner}/holds"), Idempotent]
    public async Task<IActionResult> Hold(string partner, WhyAsked asked, CancellationToken ct) => Answer(await keepCredit.HoldAsync(partner, Typed.Text(asked.Reason), ct));

    /// <summary>Lets a stopped buyer go on.</summary>
    [HttpPost("accounts/{partner}/hold-ends"), Idempotent]
    public async Task<IActionResult> EndHold(string partner, WhyAsked asked, CancellationToken ct) => Answer(await keepCredit.EndHoldAsync(partner, Typed.Text(asked.Reason), ct));

    /// <summary>Says when a buyer's invoices are due.</summary>
    [HttpPost("accounts/{partner}/terms"), Idempotent]
    public async Task<IActionResult> SetTerms(string partner, TermsTyped asked, CancellationToken ct) => Answer(await keepCredit.SetTermsAsync(partner, asked, ct));

    /// <summary>The orders that wait for the own finance.</summary>
    [HttpGet("held-orders")]
    public async Task<IActionResult> HeldOrders(CancellationToken ct) => Ok(new { items = await books.HeldOrdersAsync(ct) });

    /// <summary>Lets an order pass that waits.</summary>
    [HttpPost("held-orders/{order}/release"), Idempotent]
    public async Task<IActionResult> Release(string order, WhyAsked asked, CancellationToken ct) => Answer(await keepCredit.ReleaseAsync(order, Typed.Text(asked.Reason), ct));

    /// <summary>Where credit is checked, the general terms, the levels of reminders.</summary>
    [HttpGet("settings")]
    public async Task<IActionResult> Settings(CancellationToken ct) => Ok(await accounts.SettingsAsync(ct));

    /// <summary>Keeps the credit policy.</summary>
    [HttpPost("settings/policy"), Idempotent]
    public async Task<IActionResult> SetPolicy(PolicyAsked asked, CancellationToken ct) => Answer(await keepCredit.SetPolicyAsync(new(asked.CheckedAt ?? [], asked.CountsSubmitted, asked.WhenExceeded, asked.OverdueDays, Typed.Text(asked.Reason)), ct));

    /// <summary>Keeps the general terms.</summary>
    [HttpPost("settings/terms"), Idempotent]
    public async Task<IActionResult> SetGeneralTerms(TermsTyped asked, CancellationToken ct) => Answer(await keepCredit.SetTermsAsync(null, asked, ct));

    /// <summary>Keeps the levels of reminders.</summary>
    [HttpPost("settings/reminders"), Idempotent]
    public async Task<IActionResult> SetReminders(RemindersAsked asked, CancellationToken ct) => Answer(await keepCredit.SetRemindersAsync(asked.LevelDays ?? [], ct));

    /// <summary>Keeps where buyers pay, as invoices print it.</summary>
    [HttpPost("settings/bank-details"), Idempotent]
    public async Task<IActionResult> SetBankDetails(BankDetailsAsked asked, CancellationToken ct) => Answer(await keepCredit.SetBankDetailsAsync(asked.Details, ct));

    /// <summary>The tax rules of a country, or all.</summary>
    [HttpGet("tax-rules")]
    public async Task<IActionResult> TaxRules(string? country, CancellationToken ct) => Ok(new { items = await keepTax.ListAsync(country, ct) });

    /// <summary>Enters a tax rule from a day on.</summary>
    [HttpPost("tax-rules"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin)]
    public async Task<IActionResult> SetTaxRule(TaxRuleTyped asked, CancellationToken ct) => Answer(await keepTax.SetAsync(asked, ct));

    /// <summary>Ends the tax rule of those countries and goods with a day; where none holds afterwards, nothing can be sent.</summary>
    [HttpPost("tax-rules/ends"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin)]
    public async Task<IActionResult> EndTaxRule(TaxRuleEndTyped asked, CancellationToken ct) => Answer(await keepTax.EndAsync(asked, ct));

    /// <summary>Puts products into a tax class.</summary>
    [HttpPost("tax-classes"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin)]
    public async Task<IActionResult> SetTaxClass(TaxClassAsked asked, CancellationToken ct) => Answer(await keepTax.ClassifyAsync(asked.TaxClass, asked.Skus ?? [], ct));

    static IActionResult Answer(BooksOutcome outcome) => outcome is BooksOutcome.Done ? new NoContentResult() : BooksAnswers.Problem(outcome);
}

/// <summary>A credit note as a program asks for it.</summary>
/// <param name="Kind"><c>whole</c>, <c>lines</c> or <c>amount</c>.</param>
/// <param name="Lines">Quantities by line of the invoice.</param>
/// <param name="Amount">The amount, tax included.</param>
/// <param name="Reason">Why; the buyer reads it.</param>
public sealed record CreditNoteAsked(string? Kind, IReadOnlyList<CreditedLine>? Lines, decimal? Amount, string? Reason);

/// <summary>What is matched.</summary>
/// <param name="Parts">Invoices and amounts.</param>
public sealed record MatchesAsked(IReadOnlyList<MatchTyped>? Parts);

/// <summary>What is taken back.</summary>
/// <param name="Invoice">The invoice's public number.</param>
/// <param name="Reason">Why.</param>
public sealed record UnmatchAsked(string? Invoice, string? Reason);

/// <summary>Why.</summary>
/// <param name="Reason">In words that stay.</param>
public sealed record WhyAsked(string? Reason);

/// <summary>A credit policy as a program keeps it.</summary>
/// <param name="CheckedAt">Some of <c>submit</c>, <c>confirm</c>, <c>ship</c>.</param>
/// <param name="CountsSubmitted">Orders count from their submission on.</param>
/// <param name="WhenExceeded"><c>refuse</c> or <c>hold</c>.</param>
/// <param name="OverdueDays">Stops buyers who owe something for more days than that.</param>
/// <param name="Reason">Why.</param>
public sealed record PolicyAsked(IReadOnlyList<string>? CheckedAt, bool CountsSubmitted, string? WhenExceeded, int? OverdueDays, string? Reason);

/// <summary>Levels of reminders.</summary>
/// <param name="LevelDays">Overdue days, rising.</param>
public sealed record RemindersAsked(IReadOnlyList<int>? LevelDays);

/// <summary>Where buyers pay.</summary>
/// <param name="Details">Account holder, bank and account, a line each; nothing takes them off.</param>
public sealed record BankDetailsAsked(string? Details);

/// <summary>Products and their class.</summary>
/// <param name="TaxClass"><c>standard</c>, <c>reduced</c> or <c>zero</c>.</param>
/// <param name="Skus">The products.</param>
public sealed record TaxClassAsked(string? TaxClass, IReadOnlyList<string>? Skus);

/// <summary>An invoice as the API tells it.</summary>
public sealed record InvoiceAnswer(
    string Number, string LegalNumber, string Order, string? PoNumber, string Shipment, DateOnly IssuedOn, DateOnly DueOn, string Currency, decimal NetAmount, decimal TaxAmount, decimal GrossAmount, decimal OpenAmount,
    System.Text.Json.JsonElement Parties, IReadOnlyList<InvoiceLineAnswer> Lines, IReadOnlyList<MatchAnswer> PaidBy, IReadOnlyList<CreditNoteRow> CreditNotes)
{
    internal static InvoiceAnswer Of(InvoicePage page) => new(
        page.Invoice.Number, page.Invoice.LegalNumber, page.Invoice.OrderNumber, page.Invoice.PoNumber, page.Invoice.ShipmentNumber, page.Invoice.IssuedOn, page.Invoice.DueOn, page.Invoice.Currency,
        page.Invoice.NetAmount, page.Invoice.TaxAmount, page.Invoice.GrossAmount, page.Invoice.OpenAmount, System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(page.Invoice.Parties),
        [.. page.Lines.Select(line => new InvoiceLineAnswer(line.LineNumber, line.Sku, line.Name, line.Quantity, line.UnitPrice, line.NetAmount, line.TaxRate, line.Treatment, line.TaxReason, line.TaxAmount, line.Credited))],
        [.. page.Settlements.Where(row => row.Holds).Select(row => new MatchAnswer(row.CreditNumber, row.CreditKind, row.Amount, row.How, row.HappenedOn))], page.CreditNotes);
}

/// <summary>A line of an invoice as the API tells it.</summary>
public sealed record InvoiceLineAnswer(
    int LineNumber, string Sku, string Name, int Quantity, decimal UnitPrice, decimal NetAmount, decimal TaxRate, string Treatment, string TaxReason, decimal TaxAmount, int Credited);

/// <summary>What was matched with a document, as the API tells it.</summary>
public sealed record MatchAnswer(string Number, string Kind, decimal Amount, string How, DateOnly HappenedOn);

/// <summary>A payment or credit note as the API tells it.</summary>
public sealed record PaymentAnswer(
    string Number, string Kind, string? LegalNumber, string? Partner, DateOnly HappenedOn, string Currency, decimal Amount, decimal OpenAmount, string? Payer, string? Reference, string? BankReference, DateOnly? ReversedOn,
    IReadOnlyList<MatchAnswer> PaysFor)
{
    internal static PaymentAnswer Of(PaymentPage page) => new(
        page.Payment.Number, page.Payment.Kind, page.Payment.LegalNumber, page.Payment.PartnerNumber, page.Payment.HappenedOn, page.Payment.Currency, page.Payment.Amount, page.Payment.OpenAmount, page.Payment.Payer,
        page.Payment.Reference, page.Payment.BankReference, page.Payment.ReversedOn,
        [.. page.Settlements.Where(row => row.Holds).Select(row => new MatchAnswer(row.DebitNumber, row.DebitKind, row.Amount, row.How, row.HappenedOn))]);
}

/// <summary>Where a page of documents ended.</summary>
sealed record BooksCursor(string Number);
