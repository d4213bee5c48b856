using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Platform.Database;
using Platform.Texts;
using Portal.Documents.Typst;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Receivables;

/// <summary>
/// Invoices and credit notes on paper. What one says is frozen when somebody opens it for the first time; the PDF is made once in each language of that and kept with its SHA-256, so that both
/// sides, and their auditors years later, hold the same paper.
/// </summary>
public sealed class InvoicePapers(Db db, TypstWorkers typst, Texts texts, IConfiguration settings, TimeProvider clock)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly string Template = TypstTemplate.Read("Receivables/Papers/invoice.typ");

    /// <summary>The file; or the text key of why there is none now; or neither, where there is no such document for the person at work.</summary>
    /// <param name="number">The public number of the invoice or credit note.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<(PaperFile? File, string? Refusal)> FindAsync(string number, string language, CancellationToken ct)
    {
        if (await FileAsync(number, language, ct) is { } kept)
        {
            return (kept, null);
        }

        if (await FrozenAsync(number, ct) is not { } frozen)
        {
            return (null, null);
        }

        switch (await typst.RenderAsync(Job(JsonSerializer.Deserialize<InvoicePaper>(frozen.Content, Json)!, language, frozen.RecordedAt), ct))
        {
            case Typesetting.Pdf pdf:
                await db.ExecuteAsync("""
                    insert into invoice_paper_file (open_item_id, language, content, sha256, made_at) values (@OpenItemId, @language, @content, @sha256, @now) on conflict do nothing
                    """, new { frozen.OpenItemId, language, content = pdf.Content, sha256 = SHA256.HashData(pdf.Content), now = clock.GetUtcNow().UtcDateTime }, ct);
                return (await FileAsync(number, language, ct), null);
            case Typesetting.Refused refused:
                return (null, refused.TextKey);
            case var flawed:
                throw new InvalidOperationException($"The invoice's template is wrong: {flawed}");
        }
    }

    Task<PaperFile?> FileAsync(string number, string language, CancellationToken ct) => db.FindAsync<PaperFile>("""
        select f.content, encode(f.sha256, 'hex') as sha256, i.legal_number
        from open_item i
        join invoice_paper_file f on f.open_item_id = i.open_item_id
        where i.number = @number and f.language = @language
        """, new { number, language }, ct);

    // Whoever is faster freezes it.
    Task<Frozen?> FrozenAsync(string number, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await db.FindAsync<Frozen>(FindFrozen, new { number }, ct) is { } frozen)
        {
            return frozen;
        }

        if (await ContentAsync(number, ct) is not { } content)
        {
            return null;
        }

        await db.ExecuteAsync("""
            insert into invoice_paper (open_item_id, content, frozen_at) select i.open_item_id, @content::jsonb, @now from open_item i where i.number = @number on conflict do nothing
            """, new { number, content = JsonSerializer.Serialize(content, Json), now = clock.GetUtcNow().UtcDateTime }, ct);
        return await db.FindAsync<Frozen>(FindFrozen, new { number }, ct);
    }, ct);

    const string FindFrozen = "select p.open_item_id, p.content::text as content, i.recorded_at from open_item i join invoice_paper p on p.open_item_id = i.open_item_id where i.number = @number";

    async Task<InvoicePaper?> ContentAsync(string number, CancellationToken ct)
    {
        if (await db.FindAsync<Head>("""
            select item.kind, item.number, item.legal_number, item.happened_on as issued_on, i.due_on, i.days_net, i.end_of_month, o.number as order_number, o.po_number, s.number as shipment_number, i.currency, i.parties::text as parties,
                   coalesce(n.net_amount, i.net_amount) as net_amount, coalesce(n.tax_amount, i.tax_amount) as tax_amount, coalesce(n.gross_amount, i.gross_amount) as gross_amount,
                   case when n.credit_note_id is not null then i.legal_number end as of_invoice, n.reason, i.invoice_id, n.credit_note_id,
                   (select b.details from bank_detail b where b.seller_id = i.seller_id order by b.bank_detail_id desc limit 1) as bank
            from open_item item
            left join credit_note n on n.credit_note_id = item.credit_note_id
            join invoice i on i.invoice_id = coalesce(n.invoice_id, item.invoice_id)
            join purchase_order o on o.purchase_order_id = i.purchase_order_id
            join shipment s on s.shipment_id = i.shipment_id
            where item.number = @number and item.kind in ('invoice', 'credit_note')
            """, new { number }, ct) is not { } head)
        {
            return null;
        }

        var lines = await db.ListAsync<PaperLine>("""
            select l.line_number, l.sku, l.name, l.name_zh, l.unit, coalesce(c.quantity, l.quantity) as quantity, l.unit_price, coalesce(c.net_amount, l.net_amount) as net_amount,
                   l.tax_rate, l.treatment, l.tax_reason, l.tax_reason_zh, coalesce(c.tax_amount, l.tax_amount) as tax_amount
            from invoice_line l
            left join credit_note_line c on c.invoice_line_id = l.invoice_line_id and c.credit_note_id = @CreditNoteId
            where l.invoice_id = @InvoiceId and (@CreditNoteId::bigint is null or c.credit_note_id is not null)
            order by l.line_number
            """, new { head.InvoiceId, head.CreditNoteId }, ct);
        var parties = JsonSerializer.Deserialize<Dictionary<string, InvoiceParty>>(head.Parties, InvoiceParty.Json)!;
        return new(head.Kind, head.Number, head.LegalNumber, head.IssuedOn, head.DueOn, head.DaysNet, head.EndOfMonth, head.OrderNumber, head.PoNumber, head.ShipmentNumber, head.Currency, parties["seller"], parties["buyer"],
            lines, head.NetAmount, head.TaxAmount, head.GrossAmount, head.OfInvoice, head.Reason, string.IsNullOrWhiteSpace(head.Bank) ? null : head.Bank);
    }

    TypstJob Job(InvoicePaper paper, string language, DateTime recordedAt)
    {
        var chinese = language is "zh-CN";
        var culture = CultureInfo.GetCultureInfo(language);
        var decimals = Money.MinorUnits(paper.Currency);
        var isInvoice = paper.Kind is "invoice";
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        string Day(DateOnly day) => day.ToString(chinese ? "yyyy年M月d日" : "d MMMM yyyy", culture);
        string Amount(decimal amount) => amount.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), culture);
        string Price(decimal price) => price.ToString("#,##0." + new string('0', decimals) + new string('#', 4 - Math.Min(4, decimals)), culture);
        string Rate(decimal rate) => (rate * 100).ToString("0.##", culture) + " %";
        string Unit(string unit) => T($"catalog.unit.{unit}") is var said && said.StartsWith("catalog.", StringComparison.Ordinal) ? unit : said;
        object Party(InvoiceParty party) => new { name = chinese ? party.Name : party.NameLatin ?? party.Name, lines = new[] { party.Address, party.Country, party.Number }.OfType<string>().Where(line => line.Length > 0) };
        var kind = T("receivables.kind." + paper.Kind);
        return new(Template, new
        {
            number = paper.LegalNumber, seller = Party(paper.Seller), buyer = Party(paper.Buyer), isInvoice,
            issued = Day(paper.IssuedOn), due = Day(paper.DueOn), terms = T(paper.EndOfMonth ? "receivables.terms_end_of_month" : "receivables.terms_net", paper.DaysNet),
            order = paper.Order, poNumber = paper.PoNumber ?? "–", shipment = paper.Shipment, currency = paper.Currency, document = paper.Number, ofInvoice = paper.OfInvoice ?? "", reason = paper.Reason ?? "", bank = paper.Bank ?? "",
            lines = paper.Lines.Select(line => new
            {
                number = line.LineNumber.ToString(culture), sku = line.Sku, name = chinese ? line.NameZh : line.Name, unit = Unit(line.Unit), quantity = line.Quantity == 0 ? "–" : line.Quantity.ToString("N0", culture), price = Price(line.UnitPrice),
                net = Amount(line.NetAmount), rate = Rate(line.TaxRate),
            }),
            taxes = paper.Taxes.Select(tax => new { rate = Rate(tax.Rate), why = tax.Treatment is "taxed" ? "" : chinese ? tax.ReasonZh : tax.Reason, net = Amount(tax.NetAmount), tax = Amount(tax.TaxAmount) }),
            net = Amount(paper.NetAmount), tax = Amount(paper.TaxAmount), gross = $"{paper.Currency} {Amount(paper.GrossAmount)}", qrAlt = T("receivables.paper_qr", paper.LegalNumber),
            words = new
            {
                kind, to = T("receivables.buyer"), from = T("receivables.seller"), issued = T("receivables.issued_on"), due = T("receivables.due_on"), terms = T("receivables.paper_terms"), order = T("receivables.order"), poNumber = T("receivables.po_number"),
                shipment = T("receivables.shipment"), document = T("receivables.number"), ofInvoice = T("receivables.of_invoice"), reason = T("receivables.reason"), line = T("receivables.line"), product = T("receivables.product"), unit = T("receivables.paper_unit"),
                quantity = T("receivables.quantity"), price = T("receivables.unit_price"), net = T("receivables.net"), rate = T("receivables.tax"), tax = T("receivables.tax_amount"), gross = T("receivables.gross"), taxes = T("receivables.paper_taxes"),
                why = T("receivables.paper_why"), bank = T("receivables.bank_details"), pay = T("receivables.paper_pay", paper.LegalNumber), online = T("receivables.paper_online"),
            },
        }, $"{kind} {paper.LegalNumber}", new DateTimeOffset(recordedAt, TimeSpan.Zero))
        {
            Language = language,
            Files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["online.svg"] = QrImage.Svg(PortalUrl.Of(settings) + $"/receivables/{(isInvoice ? "invoices" : "payments")}/{paper.Number}") },
        };
    }

    sealed record Frozen(long OpenItemId, string Content, DateTime RecordedAt);

    sealed record Head(
        string Kind, string Number, string LegalNumber, DateOnly IssuedOn, DateOnly DueOn, int DaysNet, bool EndOfMonth, string OrderNumber, string? PoNumber, string ShipmentNumber, string Currency, string Parties,
        decimal NetAmount, decimal TaxAmount, decimal GrossAmount, string? OfInvoice, string? Reason, long InvoiceId, long? CreditNoteId, string? Bank);
}

/// <summary>A PDF that was made once.</summary>
/// <param name="Content">The file.</param>
/// <param name="Sha256">Its SHA-256, in hexadecimal.</param>
/// <param name="LegalNumber">The document's legal number.</param>
public sealed record PaperFile(byte[] Content, string Sha256, string LegalNumber);

/// <summary>All that is printed of an invoice or a credit note.</summary>
public sealed record InvoicePaper(
    string Kind, string Number, string LegalNumber, DateOnly IssuedOn, DateOnly DueOn, int DaysNet, bool EndOfMonth, string Order, string? PoNumber, string Shipment, string Currency, InvoiceParty Seller, InvoiceParty Buyer,
    IReadOnlyList<PaperLine> Lines, decimal NetAmount, decimal TaxAmount, decimal GrossAmount, string? OfInvoice, string? Reason, string? Bank)
{
    /// <summary>Net and tax by rate, the highest rate first.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IEnumerable<PaperTax> Taxes => Lines.GroupBy(line => (line.TaxRate, line.Treatment, line.TaxReason, line.TaxReasonZh))
        .OrderByDescending(group => group.Key.TaxRate).ThenBy(group => group.Key.TaxReason, StringComparer.Ordinal)
        .Select(group => new PaperTax(group.Key.TaxRate, group.Key.Treatment, group.Key.TaxReason, group.Key.TaxReasonZh, group.Sum(line => line.NetAmount), group.Sum(line => line.TaxAmount)));
}

/// <summary>A line as it is printed.</summary>
public sealed record PaperLine(
    int LineNumber, string Sku, string Name, string NameZh, string Unit, int Quantity, decimal UnitPrice, decimal NetAmount, decimal TaxRate, string Treatment, string TaxReason, string TaxReasonZh, decimal TaxAmount);

/// <summary>What is taxed at a rate, and how much that is.</summary>
public sealed record PaperTax(decimal Rate, string Treatment, string Reason, string ReasonZh, decimal NetAmount, decimal TaxAmount);
