using Platform.Database;
using Portal.Receivables;
using Portal.Web;

namespace Portal.Ubl;

/// <summary>
/// Compares an invoice that a program sends with the one the portal issued, and tells what differs. The portal's own stays the truth: nothing is changed. Seller and buyer may ask, each for their own.
/// </summary>
public sealed class CompareUblInvoice(Db db, UblStore documents, ReceivablesStore books, ICurrentPerson me)
{
    /// <summary>Compares.</summary>
    public async Task<UblOutcome> RunAsync(UblInvoice sent, CancellationToken ct)
    {
        var found = await db.ListAsync<string>("""
            select i.number
            from invoice i
            join shipment s on s.shipment_id = i.shipment_id
            join purchase_order o on o.purchase_order_id = i.purchase_order_id
            left join partner seller on seller.partner_id = i.seller_id
            where (i.seller_id = app_partner_id() or i.buyer_id = app_partner_id())
              and (i.number = any (@numbers) or ((i.legal_number = @Id or s.number = @ShipmentId) and (@seller::text is null or seller.number = @seller)))
            order by (i.number = any (@numbers)) desc, (i.legal_number = @Id) desc, i.invoice_id
            limit 2
            """, new { sent.Id, sent.ShipmentId, numbers = new[] { sent.Id, sent.Number }.OfType<string>().ToArray(), seller = sent.Seller.Number }, ct);
        if (found is not [var number, ..] || await books.InvoiceAsync(number, ct) is not { } page || await documents.InvoiceAsync(number, ct) is not { } ours)
        {
            return new UblOutcome.Refused([UblProblemSaid.Of(null, "id", "ubl.problem.invoice", sent.Id)]);
        }

        if (!ReceivablesRoles.MayRead(me, page.Invoice))
        {
            return new UblOutcome.Forbidden();
        }

        var differences = Differences(sent, ours).ToList();
        return new UblOutcome.Taken(differences.Count == 0 ? "matched" : "differs", number, differences);
    }

    /// <summary>What differs: of the whole, then line by line.</summary>
    internal static IEnumerable<UblProblemSaid> Differences(UblInvoice sent, UblInvoice ours) =>
    [
        .. Differ(null, "id", sent.Id, ours.Id), .. Differ(null, "issueDate", sent.IssuedOn, ours.IssuedOn), .. Differ(null, "currency", sent.Currency, ours.Currency),
        .. sent.DueOn is null ? [] : Differ(null, "dueDate", sent.DueOn, ours.DueOn),
        .. Differ(null, "netAmount", sent.Net, ours.Net), .. Differ(null, "taxAmount", sent.Tax, ours.Tax), .. Differ(null, "grossAmount", sent.Gross, ours.Gross),
        .. ours.Lines.SelectMany(line => OfLine(sent.Lines.Where(other => Same(other, line)).ToList(), line)),
        .. sent.Lines.Where(line => !ours.Lines.Any(other => Same(line, other))).Select(line => UblProblemSaid.Of(line.Id, "item", "ubl.differs.not_ours", line.Item.Sku ?? line.Item.Gtin ?? line.Item.Name)),
    ];

    static IEnumerable<UblProblemSaid> OfLine(List<UblInvoiceLine> sent, UblInvoiceLine ours) => sent.Count == 0
        ? [UblProblemSaid.Of(ours.Id, "item", "ubl.differs.missing", ours.Item.Sku)]
        : [.. Differ(ours.Id, "quantity", sent.Sum(line => line.Quantity?.Value ?? 0), ours.Quantity?.Value ?? 0), .. Differ(ours.Id, "price", sent[0].UnitPrice, ours.UnitPrice), .. Differ(ours.Id, "netAmount", sent.Sum(line => line.Net ?? 0), ours.Net),
            .. sent[0].Percent is null ? [] : Differ(ours.Id, "taxRate", sent[0].Percent, ours.Percent)];

    // By the order's line where it is said, else by the product.
    static bool Same(UblInvoiceLine sent, UblInvoiceLine ours) => sent.OrderLineId is { } line ? line == ours.OrderLineId : sent.Item.Sku is { } sku ? sku == ours.Item.Sku : sent.Item.Gtin is { } gtin && gtin == ours.Item.Gtin;

    static IEnumerable<UblProblemSaid> Differ(string? line, string field, object? sent, object? ours) => Equals(sent, ours) ? [] : [UblProblemSaid.Of(line, field, "ubl.differs." + Snake(field), sent, ours)];

    static string Snake(string field) => string.Concat(field.Select(letter => char.IsUpper(letter) ? "_" + char.ToLowerInvariant(letter) : letter.ToString()));
}
