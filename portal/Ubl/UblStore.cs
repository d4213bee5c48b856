using Platform.Database;
using Portal.Orders;
using Portal.Stock;

namespace Portal.Ubl;

/// <summary>Makes documents of what is stored, as the person at work may see it.</summary>
public sealed class UblStore(Db db)
{
    /// <summary>An order as it was placed, or null where there is none, or none with a line, which the standard asks for.</summary>
    public Task<UblOrder?> OrderAsync(string number, CancellationToken ct) => db.TogetherAsync(async () =>
        await HeadAsync(number, ct) is { } head && await LinesAsync(head.PurchaseOrderId, ct) is { Count: > 0 } lines
            ? new UblOrder(head.PoNumber ?? head.Number, head.Number, head.OrderedOn, head.Note, head.Currency, head.Buyer, head.Seller, head.Delivery, null, head.TotalAmount,
                [.. lines.Select(line => new UblOrderLine(Number(line.LineNumber), line.Item, new(line.Quantity, UblUnits.Of(line.Unit)), line.UnitPrice, line.Amount, line.RequestedOn))])
            : null, ct);

    /// <summary>The seller's answer as it stands, or null where it has not answered.</summary>
    /// <param name="number">The order.</param>
    /// <param name="simple">Yes or no to all of it, instead of line by line.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<UblOrderResponse?> ResponseAsync(string number, bool simple, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (await HeadAsync(number, ct) is not { } head || (head.ConfirmedAt is null && head.Status is not OrderStatus.Rejected))
        {
            return null;
        }

        var lines = (await LinesAsync(head.PurchaseOrderId, ct)).ConvertAll(line => line.Answer(head.Status is OrderStatus.Rejected));
        var code = head.Status is OrderStatus.Rejected ? "RE" : lines.TrueForAll(line => line.Status is "5") ? "AP" : "CA";
        return new UblOrderResponse($"{head.Number}-{Number(head.Version)}", head.PoNumber ?? head.Number, head.Number, head.AnsweredOn ?? head.OrderedOn, simple && code is "CA" ? "AP" : code, head.RejectedBecause, head.Currency,
            head.Seller, head.Buyer, simple ? [] : lines, simple);
    }, ct);

    /// <summary>A shipment as it was sent, or null where there is none.</summary>
    public Task<UblDespatchAdvice?> DespatchAsync(string number, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (await db.FindAsync<ShipmentRow>("""
            select s.shipment_id, o.number as order_number, brand_day(s.shipped_at) as shipped_on, s.carrier, s.tracking_number
            from shipment s join purchase_order o on o.purchase_order_id = s.purchase_order_id
            where s.number = @number
            """, new { number }, ct) is not { } sent || await HeadAsync(sent.OrderNumber, ct) is not { } head)
        {
            return null;
        }

        var lines = await db.ListAsync<SentRow>("""
            select l.line_number, p.sku, p.gtin, p.name, p.unit, p.tracking, sl.quantity,
                   l.quantity - l.cancelled - (select sum(before.quantity) from shipment_line before where before.purchase_order_line_id = l.purchase_order_line_id and before.shipment_id <= @ShipmentId)::int as outstanding
            from shipment_line sl
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product p on p.product_id = l.product_id
            where sl.shipment_id = @ShipmentId
            order by l.line_number
            """, new { sent.ShipmentId }, ct);
        var lots = lines.Exists(line => line.Tracking is not Tracked.None) ? (await LotsOfShipments.FindAsync(db, null, sent.ShipmentId, ct)).ToLookup(lot => lot.LineNumber) : null;
        return new UblDespatchAdvice(number, head.PoNumber ?? head.Number, head.Number, sent.ShippedOn, head.Seller, head.Buyer, head.Delivery, sent.Carrier, sent.TrackingNumber,
            [.. lines.SelectMany(line => line.Written([.. lots?[line.LineNumber] ?? []])).Select((line, index) => line with { Id = Number(index + 1) })])
        {
            Parcels = await ParcelsAsync(sent, ct),
        };
    }, ct);

    async Task<IReadOnlyList<UblParcel>> ParcelsAsync(ShipmentRow sent, CancellationToken ct)
    {
        var packed = await db.ListAsync<PackedRow>("""
            select p.parcel_number, p.carrier, p.tracking_number, p.weight_kg, l.line_number, x.sku, x.gtin, x.name, x.unit, pl.quantity
            from parcel p
            join parcel_line pl on pl.parcel_id = p.parcel_id
            join shipment_line sl on sl.shipment_line_id = pl.shipment_line_id
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product x on x.product_id = l.product_id
            where p.shipment_id = @ShipmentId
            order by p.parcel_number, l.line_number
            """, new { sent.ShipmentId }, ct);
        return [.. packed.GroupBy(row => row.ParcelNumber).Select(parcel => new UblParcel(Number(parcel.Key), parcel.First().Carrier == sent.Carrier ? null : parcel.First().Carrier, parcel.First().TrackingNumber, parcel.First().WeightKg is { } weight ? weight / 1.000m : null,
            [.. parcel.Select((row, index) => new UblDespatchLine(Number(index + 1), Number(row.LineNumber), new(row.Sku, row.Gtin, row.Name), new(row.Quantity, UblUnits.Of(row.Unit))))]))];
    }

    /// <summary>An invoice as it was issued, or null where there is none.</summary>
    public Task<UblInvoice?> InvoiceAsync(string number, CancellationToken ct) => BooksAsync("""
        select i.invoice_id as document_id, i.legal_number, i.number, i.issued_on, i.due_on, null::text as note, i.currency, trim_scale(i.net_amount) as net, trim_scale(i.tax_amount) as tax, trim_scale(i.gross_amount) as gross,
               i.parties::text as parties, o.number as order_number, o.po_number, null::text as invoice_legal_number, s.number as shipment_number, false as is_credit_note
        from invoice i
        join purchase_order o on o.purchase_order_id = i.purchase_order_id
        join shipment s on s.shipment_id = i.shipment_id
        where i.number = @number
        """, """
        select l.line_number, ol.line_number as order_line_number, l.sku, p.gtin, l.name, l.unit, l.quantity, trim_scale(l.unit_price) as unit_price, trim_scale(l.net_amount) as net, trim_scale(l.tax_amount) as tax, l.treatment, trim_scale(l.tax_rate) as tax_rate, l.tax_reason
        from invoice_line l
        join purchase_order_line ol on ol.purchase_order_line_id = l.purchase_order_line_id
        join product p on p.product_id = l.product_id
        where l.invoice_id = @DocumentId
        order by l.line_number
        """, number, ct);

    /// <summary>A credit note as it was issued, or null where there is none.</summary>
    public Task<UblInvoice?> CreditNoteAsync(string number, CancellationToken ct) => BooksAsync("""
        select c.credit_note_id as document_id, c.legal_number, c.number, c.issued_on, null::date as due_on, c.reason as note, c.currency, trim_scale(c.net_amount) as net, trim_scale(c.tax_amount) as tax, trim_scale(c.gross_amount) as gross,
               i.parties::text as parties, o.number as order_number, o.po_number, i.legal_number as invoice_legal_number, null::text as shipment_number, true as is_credit_note
        from credit_note c
        join invoice i on i.invoice_id = c.invoice_id
        join purchase_order o on o.purchase_order_id = i.purchase_order_id
        where c.number = @number
        """, """
        select l.line_number, ol.line_number as order_line_number, l.sku, p.gtin, l.name, l.unit, nullif(cl.quantity, 0) as quantity, case when cl.quantity > 0 then trim_scale(l.unit_price) end as unit_price, trim_scale(cl.net_amount) as net, trim_scale(cl.tax_amount) as tax,
               l.treatment, trim_scale(l.tax_rate) as tax_rate, l.tax_reason
        from credit_note_line cl
        join invoice_line l on l.invoice_line_id = cl.invoice_line_id
        join purchase_order_line ol on ol.purchase_order_line_id = l.purchase_order_line_id
        join product p on p.product_id = l.product_id
        where cl.credit_note_id = @DocumentId
        order by l.line_number
        """, number, ct);

    Task<UblInvoice?> BooksAsync(string head, string lines, string number, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (await db.FindAsync<BooksRow>(head, new { number }, ct) is not { } document)
        {
            return null;
        }

        var rows = await db.ListAsync<BooksLineRow>(lines, new { document.DocumentId }, ct);
        var parties = InvoiceParties.Of(document.Parties);
        return new UblInvoice(document.LegalNumber, document.Number, document.IssuedOn, document.DueOn, document.Note, document.Currency, document.PoNumber ?? document.OrderNumber, document.OrderNumber, document.InvoiceLegalNumber, document.ShipmentNumber,
            parties.Seller, parties.Buyer, document.Net, document.Tax, document.Gross,
            [.. rows.GroupBy(row => (Category: row.Category, row.Percent, Reason: row.Category is "S" ? null : row.TaxReason)).Select(tax => new UblTax(tax.Key.Category, tax.Key.Percent, tax.Sum(row => row.Net), tax.Sum(row => row.Tax), tax.Key.Reason))],
            [.. rows.Select(row => new UblInvoiceLine(Number(row.LineNumber), Number(row.OrderLineNumber), new(row.Sku, row.Gtin, row.Name), row.Quantity is { } pieces ? new(pieces, UblUnits.Of(row.Unit)) : null, row.UnitPrice, row.Net, row.Category, row.Percent))],
            document.IsCreditNote);
    }, ct);

    Task<OrderHeadRow?> HeadAsync(string number, CancellationToken ct) => db.FindAsync<OrderHeadRow>("""
        select o.purchase_order_id, o.number, o.po_number, o.ordered_on, o.note, o.currency, trim_scale(o.total_amount) as total_amount, o.ship_to::text as ship_to, o.status, o.version, o.confirmed_at,
               (select brand_day(st.happened_at) from purchase_order_step st where st.purchase_order_id = o.purchase_order_id and st.act in ('confirm', 'reject') order by st.purchase_order_step_id desc limit 1) as answered_on,
               case o.status when 'rejected' then (select st.reason from purchase_order_step st where st.purchase_order_id = o.purchase_order_id and st.act = 'reject' limit 1) end as rejected_because,
               b.number as buyer_number, b.code as buyer_code, b.name as buyer_name, b.address as buyer_street, b.city as buyer_city, b.postal_code as buyer_postal_code, b.state as buyer_state, b.country_code as buyer_country,
               s.number as seller_number, s.code as seller_code, s.name as seller_name, s.address as seller_street, s.city as seller_city, s.postal_code as seller_postal_code, s.state as seller_state, s.country_code as seller_country
        from purchase_order o
        left join partner b on b.partner_id = o.buyer_id
        left join partner s on s.partner_id = o.seller_id
        where o.number = @number
        """, new { number }, ct);

    Task<List<OrderedRow>> LinesAsync(long purchaseOrderId, CancellationToken ct) => db.ListAsync<OrderedRow>("""
        select l.line_number, p.sku, p.gtin, p.name, p.unit, l.quantity, l.cancelled, trim_scale(l.unit_price) as unit_price, trim_scale(l.amount) as amount, l.requested_on, l.promised_on,
               (select a.reason from order_line_answer a where a.purchase_order_line_id = l.purchase_order_line_id and a.refused > 0 order by a.purchase_order_step_id desc limit 1) as refused_because
        from purchase_order_line l
        join product p on p.product_id = l.product_id
        where l.purchase_order_id = @purchaseOrderId
        order by l.line_number
        """, new { purchaseOrderId }, ct);

    static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    sealed record OrderHeadRow
    {
        public long PurchaseOrderId { get; init; }

        public string Number { get; init; } = "";

        public string? PoNumber { get; init; }

        public DateOnly OrderedOn { get; init; }

        public string? Note { get; init; }

        public string Currency { get; init; } = "";

        public decimal TotalAmount { get; init; }

        public string? ShipTo { get; init; }

        public string Status { get; init; } = "";

        public int Version { get; init; }

        public DateTime? ConfirmedAt { get; init; }

        public DateOnly? AnsweredOn { get; init; }

        public string? RejectedBecause { get; init; }

        public string? BuyerNumber { get; init; }

        public string? BuyerCode { get; init; }

        public string? BuyerName { get; init; }

        public string? BuyerStreet { get; init; }

        public string? BuyerCity { get; init; }

        public string? BuyerPostalCode { get; init; }

        public string? BuyerState { get; init; }

        public string? BuyerCountry { get; init; }

        public string? SellerNumber { get; init; }

        public string? SellerCode { get; init; }

        public string? SellerName { get; init; }

        public string? SellerStreet { get; init; }

        public string? SellerCity { get; init; }

        public string? SellerPostalCode { get; init; }

        public string? SellerState { get; init; }

        public string? SellerCountry { get; init; }

        public UblParty Buyer => new(BuyerNumber, BuyerCode, BuyerName, new(null, BuyerStreet, BuyerCity, BuyerPostalCode, BuyerState, BuyerCountry));

        public UblParty Seller => new(SellerNumber, SellerCode, SellerName, new(null, SellerStreet, SellerCity, SellerPostalCode, SellerState, SellerCountry));

        public UblAddress? Delivery => Orders.ShipTo.Of(ShipTo) is { } to ? new(to.Number, to.Address, to.City, to.PostalCode, to.State, to.CountryCode) : null;
    }

    sealed record OrderedRow(
        int LineNumber, string Sku, string? Gtin, string Name, string? Unit, int Quantity, int Cancelled, decimal UnitPrice, decimal Amount, DateOnly? RequestedOn, DateOnly? PromisedOn, string? RefusedBecause)
    {
        public UblItem Item => new(Sku, Gtin, Name);

        // What was called off will not be delivered, whoever called it off.
        public UblOrderLine Answer(bool rejected)
        {
            var promised = rejected ? 0 : Quantity - Cancelled;
            return new(UblStore.Number(LineNumber), Item, new(promised, UblUnits.Of(Unit)), UnitPrice, promised == Quantity ? Amount : null, PromisedOn) { Status = promised == 0 ? "7" : promised < Quantity ? "3" : "5", Note = RefusedBecause };
        }
    }

    sealed record ShipmentRow(long ShipmentId, string OrderNumber, DateOnly ShippedOn, string? Carrier, string? TrackingNumber);

    sealed record PackedRow(int ParcelNumber, string? Carrier, string? TrackingNumber, decimal? WeightKg, int LineNumber, string Sku, string? Gtin, string Name, string? Unit, int Quantity);

    sealed record SentRow(int LineNumber, string Sku, string? Gtin, string Name, string? Unit, string Tracking, int Quantity, int Outstanding)
    {
        // A line for each lot; what is still to come is told once, on the last of them.
        public IEnumerable<UblDespatchLine> Written(IReadOnlyList<LotOfLine> lots)
        {
            var whole = new UblDespatchLine("", Number(LineNumber), new(Sku, Gtin, Name), new(Quantity, UblUnits.Of(Unit)), Outstanding > 0 ? Outstanding : null);
            return lots.Count == 0 ? [whole]
                : Tracking is Tracked.Serial ? [whole with { Instances = [.. lots.Select(lot => new UblItemInstance(lot.Code, null, lot.BestBefore, lot.MadeOn))] }]
                : lots.Select((lot, index) => whole with
                {
                    Delivered = whole.Delivered with { Value = lot.Quantity }, Outstanding = index == lots.Count - 1 ? whole.Outstanding : null, Instances = [new(null, lot.Code, lot.BestBefore, lot.MadeOn)],
                });
        }
    }

    sealed record BooksRow(
        long DocumentId, string LegalNumber, string Number, DateOnly IssuedOn, DateOnly? DueOn, string? Note, string Currency, decimal Net, decimal Tax, decimal Gross, string Parties, string OrderNumber, string? PoNumber, string? InvoiceLegalNumber,
        string? ShipmentNumber, bool IsCreditNote);

    sealed record BooksLineRow(
        int LineNumber, int OrderLineNumber, string Sku, string? Gtin, string Name, string? Unit, int? Quantity, decimal? UnitPrice, decimal Net, decimal Tax, string Treatment, decimal TaxRate, string TaxReason)
    {
        /// <summary>UNECE 5305.</summary>
        public string Category => Treatment switch { "taxed" => TaxRate > 0 ? "S" : "Z", "reverse_charge" => "AE", "export" => "G", "exempt" => "E", _ => "O" };

        public decimal Percent => TaxRate * 100 / 1.000000m;
    }
}
