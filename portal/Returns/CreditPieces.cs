using Platform.Database;
using Portal.Receivables;

namespace Portal.Returns;

/// <summary>
/// Credits pieces at the price that was paid, with its tax: of the invoice of their own shipment, and for what was sent again for nothing of the invoice of what it replaced. Never more
/// than was invoiced less what was credited.
/// </summary>
public sealed class CreditPieces(Db db, IssueCreditNote issueCreditNote)
{
    /// <summary>Finds the invoices that the pieces are credited of; asked before anything is moved, so that nothing is half done.</summary>
    /// <param name="pieces">How many pieces of which line of a shipment.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>What is credited of which invoice; or the SKU of which less is left to credit than asked, with how much is left.</returns>
    public async Task<(IReadOnlyList<CreditedPieces> Pieces, (string Sku, int Left)? Short)> FindAsync(IReadOnlyList<(long ShipmentLineId, int Quantity)> pieces, CancellationToken ct)
    {
        var invoiced = await db.ListAsync<Invoiced>("""
            select sl.shipment_line_id, x.sku, i.number as invoice, il.invoice_line_id, il.line_number, il.quantity - coalesce((select sum(n.quantity) from credit_note_line n where n.invoice_line_id = il.invoice_line_id), 0)::integer as left
            from shipment_line sl
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product x on x.product_id = l.product_id
            left join invoice_line il on case when l.replaces_line_id is null then il.shipment_line_id = sl.shipment_line_id else il.purchase_order_line_id = l.replaces_line_id end
            left join invoice i on i.invoice_id = il.invoice_id
            where sl.shipment_line_id = any (@lines)
            order by sl.shipment_line_id, il.invoice_line_id
            """, new { lines = pieces.Select(piece => piece.ShipmentLineId).ToArray() }, ct);
        var (taken, used) = (new List<CreditedPieces>(), new Dictionary<long, int>());
        foreach (var (shipmentLineId, quantity) in pieces)
        {
            var open = quantity;
            foreach (var line in invoiced.Where(line => line.ShipmentLineId == shipmentLineId && line.Invoice is not null))
            {
                var some = Math.Min(open, line.Left!.Value - used.GetValueOrDefault(line.InvoiceLineId!.Value));
                if (some > 0)
                {
                    used[line.InvoiceLineId.Value] = used.GetValueOrDefault(line.InvoiceLineId.Value) + some;
                    taken.Add(new(line.Invoice!, line.LineNumber!.Value, some));
                    open -= some;
                }
            }

            if (open > 0)
            {
                return ([], (invoiced.First(line => line.ShipmentLineId == shipmentLineId).Sku, quantity - open));
            }
        }

        return (taken, null);
    }

    /// <summary>Writes the credit notes, one an invoice.</summary>
    /// <param name="pieces">What is credited, as it was found.</param>
    /// <param name="reason">Why; the buyer reads it.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>Their numbers.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(IReadOnlyList<CreditedPieces> pieces, string reason, CancellationToken ct)
    {
        var notes = new List<string>();
        // A credit note corrects one invoice; those of one return are few.
        foreach (var invoice in pieces.GroupBy(line => line.Invoice, StringComparer.Ordinal).OrderBy(invoice => invoice.Key, StringComparer.Ordinal))
        {
            var lines = invoice.GroupBy(line => line.Line).Select(line => new CreditedLine(line.Key, line.Sum(part => part.Quantity)));
            switch (await issueCreditNote.RunAsync(invoice.Key, new("lines", [.. lines], null, reason), ct))
            {
                case BooksOutcome.Done(var number):
                    notes.Add(number);
                    break;
                // What was given for nothing, or whose money went back as an amount before, has nothing left to go back.
                case BooksOutcome.Wrong { Problems: [{ TextKey: "receivables.problem.nothing_left" }] }:
                    break;
                case var outcome:
                    throw new InvalidOperationException($"What is left of an invoice can be credited, and was not: {outcome}");
            }
        }

        return notes;
    }

    sealed record Invoiced(long ShipmentLineId, string Sku, string? Invoice, long? InvoiceLineId, int? LineNumber, int? Left);
}

/// <summary>How many pieces of an invoice's line are credited.</summary>
/// <param name="Invoice">The invoice.</param>
/// <param name="Line">Its line.</param>
/// <param name="Quantity">How many.</param>
public sealed record CreditedPieces(string Invoice, int Line, int Quantity);
