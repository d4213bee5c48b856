using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Receivables;

/// <summary>Invoices, written and received, and the credit notes on them.</summary>
[Route("receivables/invoices")]
[AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.ChannelManager, ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Sales, ReceivablesRoles.Purchasing)]
public sealed class InvoicesController(ReceivablesStore books, IssueCreditNote issueCreditNote, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The invoices the own company wrote.</summary>
    [HttpGet(""), AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.ChannelManager, ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Sales)]
    public Task<IActionResult> Index(CancellationToken ct) => ListAsync("seller", ct);

    /// <summary>The invoices the own company got.</summary>
    [HttpGet("received"), AllowRoles(ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Purchasing)]
    public Task<IActionResult> Received(CancellationToken ct) => ListAsync("buyer", ct);

    /// <summary>A list as an Excel file.</summary>
    [HttpGet("{side:regex(^(seller|buyer)$)}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string side, CancellationToken ct)
    {
        if (!ReceivablesRoles.MayRead(me, side is "seller"))
        {
            return Forbid();
        }

        var today = await books.TodayAsync(ct);
        await Response.SendListAsync(t["receivables.invoices." + side], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["receivables.legal_number"], Width: 16), new(t["receivables.number"], Width: 21), new(t["receivables.partner"], Width: 30), new(t["receivables.order"], Width: 21), new(t["receivables.po_number"]),
                new(t["receivables.issued_on"], TableColumnKind.Date, 12), new(t["receivables.due_on"], TableColumnKind.Date, 12), new(t["receivables.net"], TableColumnKind.Number), new(t["receivables.tax"], TableColumnKind.Number),
                new(t["receivables.gross"], TableColumnKind.Number), new(t["receivables.open"], TableColumnKind.Number), new(t["receivables.currency"], Width: 10), new(t["receivables.state"], Width: 14),
            ],
            books.StreamInvoicesAsync(new(side, ListQuery.Read(Request, ReceivablesStore.Invoices(side))), ct).Select(IReadOnlyList<object?> (row) =>
            [
                row.LegalNumber, row.Number, row.PartnerName, row.OrderNumber, row.PoNumber, row.IssuedOn, row.DueOn, row.NetAmount, row.TaxAmount, row.GrossAmount, row.OpenAmount, row.Currency, t["receivables.state." + row.StateOn(today)].Value,
            ]), ct);
        return new EmptyResult();
    }

    /// <summary>One invoice.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await FindAsync(number, ct) is { } page ? View("InvoicePage", page) : NotFound();

    /// <summary>An empty credit note; with <c>lost</c> the pieces that never arrived stand in it.</summary>
    [HttpGet("{number}/credit-notes/new"), AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> NewCreditNote(string number, CancellationToken ct, bool lost = false) =>
        await FindAsync(number, ct) is { Invoice.MayWrite: true } page ? View("CreditNoteForm", new CreditNoteFormPage(page, CreditNoteForm.Of(page, lost, t))) : NotFound();

    /// <summary>Writes the credit note.</summary>
    [HttpPost("{number}/credit-notes"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
    public async Task<IActionResult> CreateCreditNote(string number, CreditNoteForm form, CancellationToken ct)
    {
        var outcome = ModelState.IsValid ? await issueCreditNote.RunAsync(number, form.Typed, ct) : BooksOutcome.Unreadable;
        return this.Leads(outcome, t, "receivables.credited", RedirectToAction(nameof(Show), new { number }), FieldProblems.AsOnForm)
            ?? (await FindAsync(number, ct) is { } page ? View("CreditNoteForm", new CreditNoteFormPage(page, form)) : NotFound());
    }

    async Task<InvoicePage?> FindAsync(string number, CancellationToken ct) =>
        await books.InvoiceAsync(number, ct) is { } page && ReceivablesRoles.MayRead(me, page.Invoice) ? page : null;

    async Task<IActionResult> ListAsync(string side, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ReceivablesStore.Invoices(side));
        return View("InvoiceList", new InvoiceListPage(side, query, await books.InvoicesAsync(new(side, query), ct), await books.TodayAsync(ct)));
    }
}

/// <summary>A list of invoices.</summary>
public sealed record InvoiceListPage(string Side, ListQuery Query, ListPage<InvoiceRow> Page, DateOnly Today);

/// <summary>A credit note as it is typed.</summary>
public sealed class CreditNoteForm
{
    /// <summary>Whole, lines or amount.</summary>
    public string? Kind { get; set; } = "lines";

    /// <summary>Quantities, a line each.</summary>
    public List<CreditNoteFormLine> Lines { get; set; } = [];

    /// <summary>The amount, tax included.</summary>
    public decimal? Amount { get; set; }

    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    internal CreditNoteTyped Typed => new(Kind, [.. Lines.Select(line => new CreditedLine(line.LineNumber, line.Quantity))], Amount, Web.Typed.Text(Reason));

    internal static CreditNoteForm Of(InvoicePage page, bool lost, Texts t) => new()
    {
        Lines = [.. page.Lines.Select(line => new CreditNoteFormLine { LineNumber = line.LineNumber, Quantity = lost ? Math.Max(0, Math.Min(line.Lost, line.Quantity - line.Credited)) : null })],
        Reason = lost ? t["receivables.lost_reason"].Value : null,
    };
}

/// <summary>A line of a credit note as it is typed.</summary>
public sealed class CreditNoteFormLine
{
    /// <summary>The invoice's line.</summary>
    public int LineNumber { get; set; }

    /// <summary>How many; nothing is none.</summary>
    public decimal? Quantity { get; set; }
}

/// <summary>The page on which a credit note is written.</summary>
public sealed record CreditNoteFormPage(InvoicePage Page, CreditNoteForm Form);
