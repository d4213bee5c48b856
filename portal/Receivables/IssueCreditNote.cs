using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Web.Display;

namespace Portal.Receivables;

/// <summary>The seller takes back an invoice: all of it, lines by quantity (lost goods, returns), or an amount; always with a reason, never more than is left.</summary>
public sealed class IssueCreditNote(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Writes the credit note. It pays for its own invoice first; what that no longer needs stays as credit on account.</summary>
    /// <param name="invoiceNumber">The invoice.</param>
    /// <param name="typed">What is taken back.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<BooksOutcome> RunAsync(string invoiceNumber, CreditNoteTyped typed, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<BooksOutcome>(3, async () =>
    {
        var invoice = await db.FindAsync<Invoiced>("""
            select invoice_id, seller_id, buyer_id, currency, app_keeps_books_of(seller_id) as may
            from invoice
            where number = @invoiceNumber
            """, new { invoiceNumber }, ct);
        if (invoice is null)
        {
            return new BooksOutcome.NotFound();
        }

        if (!invoice.May)
        {
            return new BooksOutcome.Forbidden();
        }

        if (Problems(typed, invoice.Currency).ToList() is { Count: > 0 } problems)
        {
            return new BooksOutcome.Wrong(problems);
        }

        var lines = typed.Kind is "lines" ? typed.Lines.Where(line => line.Quantity > 0).ToList() : [];
        var number = PublicNumber.New("CN");
        var written = await db.OneAsync<Written>("""
            select outcome, line_number, remaining, legal_number, gross_amount
            from credit_note_issue(@InvoiceId, @number, @Kind, @lines, @quantities, @Amount, @Reason, @now)
            """, new
        {
            invoice.InvoiceId, number, typed.Kind, typed.Amount, typed.Reason, now = clock.GetUtcNow().UtcDateTime,
            lines = lines.Select(line => line.LineNumber).ToArray(),
            quantities = lines.Select(line => (int)line.Quantity!.Value).ToArray(),
        }, ct);
        switch (written.Outcome)
        {
            case "done":
                await audit.RecordAsync([new("credit_note.issued", "invoice", invoiceNumber, [invoice.BuyerId, invoice.SellerId], new { number, written.LegalNumber, written.GrossAmount, typed.Kind, typed.Reason })], ct);
                return new BooksOutcome.Done(number);
            case "too_much" when written.LineNumber is { } line:
                return BooksOutcome.Because("lines", "receivables.problem.credit_line", line, (int)written.Remaining!.Value);
            case "too_much":
                return BooksOutcome.Because("amount", "receivables.problem.credit_amount", Formats.Of(new Money(written.Remaining!.Value, invoice.Currency)));
            default:
                return BooksOutcome.Because("", "receivables.problem.nothing_left");
        }
    }, ct);

    static IEnumerable<FieldProblem> Problems(CreditNoteTyped typed, string currency)
    {
        if (typed.Kind is not ("whole" or "lines" or "amount"))
        {
            yield return new("kind", "receivables.problem.credit_kind");
        }

        if (BooksOutcome.ReasonProblem(typed.Reason, 1000) is { } reason)
        {
            yield return reason.Problems[0];
        }

        if (typed.Kind is "lines")
        {
            if (typed.Lines.Any(line => line is null))
            {
                yield return new("lines", "receivables.problem.empty_entry");
                yield break;
            }

            if (!typed.Lines.Any(line => line.Quantity > 0))
            {
                yield return new("lines", "receivables.problem.no_quantity");
            }

            if (typed.Lines.Any(line => line.Quantity is { } quantity && (quantity < 0 || quantity != decimal.Truncate(quantity) || quantity > 1_000_000)))
            {
                yield return new("lines", "receivables.problem.quantity");
            }

            if (typed.Lines.GroupBy(line => line.LineNumber).Any(group => group.Count() > 1))
            {
                yield return new("lines", "receivables.problem.line_twice");
            }
        }

        if (typed.Kind is "amount" && !Amounts.IsPayable(typed.Amount, currency))
        {
            yield return new("amount", "receivables.problem.amount", currency);
        }
    }

    sealed record Invoiced(long InvoiceId, long SellerId, long BuyerId, string Currency, bool May);

    sealed record Written(string Outcome, int? LineNumber, decimal? Remaining, string? LegalNumber, decimal? GrossAmount);
}

/// <summary>What is taken back of an invoice.</summary>
/// <param name="Kind"><c>whole</c>, <c>lines</c> or <c>amount</c>.</param>
/// <param name="Lines">Quantities by line of the invoice, for <c>lines</c>.</param>
/// <param name="Amount">The amount, tax included, for <c>amount</c>.</param>
/// <param name="Reason">Why; the buyer reads it.</param>
public sealed record CreditNoteTyped(string? Kind, IReadOnlyList<CreditedLine> Lines, decimal? Amount, string? Reason);

/// <summary>How much of an invoice line is taken back.</summary>
/// <param name="LineNumber">The invoice's line.</param>
/// <param name="Quantity">How many; null where nothing is typed.</param>
public sealed record CreditedLine(int LineNumber, decimal? Quantity);

/// <summary>Amounts that can be paid.</summary>
static class Amounts
{
    const decimal Largest = 10_000_000_000_000m;

    /// <summary>True for an amount above nothing that has no more decimals than its currency.</summary>
    public static bool IsPayable(decimal? amount, string currency) => amount is > 0 and < Largest && decimal.Round(amount.Value, Money.MinorUnits(currency)) == amount;
}
