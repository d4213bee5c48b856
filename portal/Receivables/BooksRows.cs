using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Receivables;

/// <summary>Which invoices or payments a list shows.</summary>
/// <param name="Side"><c>seller</c> or <c>buyer</c>.</param>
/// <param name="Query">Words, filters, order and page.</param>
public sealed record BooksList(string Side, ListQuery Query)
{
    internal object Arguments(DateTime now) => new
    {
        side = Side, now, state = Query["state"], from = Query.Day("from"), to = Query.Day("to"), partner = Query["partner"],
        words = Query.Words, beginning = LikePattern.Beginning(Query.Words), within = LikePattern.Within(Query.Words), limit = Query.Limit, offset = Query.Offset,
    };
}

/// <summary>An invoice in a list.</summary>
public sealed record InvoiceRow(
    string Number, string LegalNumber, string OrderNumber, string? PoNumber, DateOnly IssuedOn, DateOnly DueOn, string Currency, decimal NetAmount, decimal TaxAmount, decimal GrossAmount, decimal OpenAmount,
    string? PartnerNumber, string? PartnerName, string? PartnerNameLatin)
{
    /// <summary><c>paid</c>, <c>overdue</c> or <c>open</c>.</summary>
    public string StateOn(DateOnly today) => StateOf(OpenAmount, DueOn, today);

    internal static string StateOf(decimal openAmount, DateOnly dueOn, DateOnly today) => openAmount == 0 ? "paid" : dueOn < today ? "overdue" : "open";
}

/// <summary>A payment or credit note in a list.</summary>
public sealed record PaymentRow(
    string Number, string Kind, string? LegalNumber, DateOnly HappenedOn, string Currency, decimal Amount, decimal OpenAmount, string? Payer, string? Reference, string? BankReference, string? ReversedBy,
    string? PartnerNumber, string? PartnerName, string? PartnerNameLatin);

/// <summary>The head of an invoice.</summary>
public sealed record InvoiceHead(
    long InvoiceId, string Number, string LegalNumber, string OrderNumber, string? PoNumber, string ShipmentNumber, DateOnly IssuedOn, DateOnly DueOn, int DaysNet, bool EndOfMonth, string Currency,
    decimal NetAmount, decimal TaxAmount, decimal GrossAmount, decimal OpenAmount, string Parties, bool MayWrite, bool IsSeller, bool IsBuyer, DateOnly Today)
{
    /// <summary><c>paid</c>, <c>overdue</c> or <c>open</c>, today.</summary>
    public string State => InvoiceRow.StateOf(OpenAmount, DueOn, Today);
}

/// <summary>A line of an invoice, with what has been credited of it and what never arrived.</summary>
public sealed record InvoiceLineRow(
    int LineNumber, string Sku, string Name, string NameZh, string Unit, int Quantity, decimal UnitPrice, decimal NetAmount, decimal TaxRate, string Treatment, string TaxReason, string TaxReasonZh, decimal TaxAmount,
    int Credited, int Lost);

/// <summary>A credit note of an invoice.</summary>
public sealed record CreditNoteRow(string Number, string LegalNumber, DateOnly IssuedOn, string Kind, string Reason, string Currency, decimal GrossAmount);

/// <summary>What went from a payment or credit note to an invoice.</summary>
public sealed record SettlementRow(
    string DebitNumber, string? DebitLegalNumber, string DebitKind, string CreditNumber, string CreditKind, decimal Amount, string Currency, string How, DateOnly HappenedOn, DateTime RecordedAt, string? Reason, bool Holds);

/// <summary>An invoice with all that hangs on it.</summary>
public sealed record InvoicePage(InvoiceHead Invoice, IReadOnlyList<InvoiceLineRow> Lines, IReadOnlyList<SettlementRow> Settlements, IReadOnlyList<CreditNoteRow> CreditNotes);

/// <summary>The head of a payment or credit note.</summary>
public sealed record PaymentHead(
    long OpenItemId, string Number, string Kind, string? LegalNumber, DateOnly HappenedOn, string Currency, decimal Amount, decimal OpenAmount, string? Payer, string? Reference, string? BankReference, string? Source,
    string? ReversedBecause, DateOnly? ReversedOn, string? Reason, string? InvoiceNumber, string? PartnerNumber, string? PartnerName, string? PartnerNameLatin, bool MayWrite, bool IsSeller);

/// <summary>A payment or credit note with what it paid for.</summary>
public sealed record PaymentPage(PaymentHead Payment, IReadOnlyList<SettlementRow> Settlements);

/// <summary>Why an order waits for the seller's finance.</summary>
public sealed record OrderHold(string Why, decimal? LimitAmount, decimal? Exposure, decimal OrderAmount, string Currency, DateTime PlacedAt, bool MayRelease);

/// <summary>An order that waits for the own finance.</summary>
public sealed record HeldOrder(string Number, string? PartnerName, string? PartnerNameLatin, string Why, decimal? LimitAmount, decimal? Exposure, decimal OrderAmount, string Currency, DateTime PlacedAt);

/// <summary>A side of an invoice, as it was called and where it was then.</summary>
public sealed record InvoiceParty(string Number, string Name, string? NameLatin, string Country, string? Address)
{
    /// <summary>How it is kept.</summary>
    public static System.Text.Json.JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower };
}

/// <summary>Matches as a page shows them.</summary>
public sealed record SettlementsShown(IReadOnlyList<SettlementRow> Rows, bool OfInvoice);

/// <summary>What waits for a company's finance.</summary>
public sealed record WaitingBooks(long Payments, long OverdueBuyers, long OverdueInvoices);
