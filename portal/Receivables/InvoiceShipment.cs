using Platform.Audit;
using Platform.Database;

namespace Portal.Receivables;

/// <summary>The seller's invoice of a shipment: exactly one, made in the transaction of the shipment, and never changed afterwards.</summary>
public sealed class InvoiceShipment(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Writes the invoice. All rules (amounts of parts, tax, due day, legal number) are those of the function <c>invoice_shipment</c>.</summary>
    /// <param name="shipmentNumber">The shipment, just written.</param>
    /// <param name="sellerId">Who sends it.</param>
    /// <param name="buyerId">Who gets it.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<IssuedInvoice> RunAsync(string shipmentNumber, long sellerId, long buyerId, CancellationToken ct)
    {
        var invoice = await db.OneAsync<IssuedInvoice>("select number, legal_number, gross_amount from invoice_shipment(@shipmentNumber, @number, @now)",
            new { shipmentNumber, number = PublicNumber.New("IN"), now = clock.GetUtcNow().UtcDateTime }, ct);
        await audit.RecordAsync([new("invoice.issued", "invoice", invoice.Number, [buyerId, sellerId], new { shipment = shipmentNumber, invoice.LegalNumber, invoice.GrossAmount })], ct);
        return invoice;
    }
}

/// <summary>An invoice that has been written.</summary>
/// <param name="Number">Its public number.</param>
/// <param name="LegalNumber">Its number in the seller's gapless series of the year.</param>
/// <param name="GrossAmount">What is owed, tax included.</param>
public sealed record IssuedInvoice(string Number, string LegalNumber, decimal GrossAmount);
