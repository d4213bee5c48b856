using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Platform.Database;
using Platform.Texts;
using Portal.Documents.Typst;
using Portal.Pricing;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Orders.Papers;

/// <summary>
/// The order confirmation (订单确认书) as PDF: what the seller promised, at which price and by when. It is frozen in editions: whoever opens it after a promise has changed (a day moved, pieces
/// called off, something else sent) makes the next one, and the earlier ones stay as they were. The PDF of an edition is made once in each language and kept with its SHA-256, so that both sides hold the
/// same paper.
/// </summary>
public sealed class OrderConfirmations(Db db, TypstWorkers typst, Texts texts, IConfiguration settings, TimeProvider clock)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly string Template = TypstTemplate.Read("Orders/Papers/order-confirmation.typ");

    /// <summary>True where an order in that state has been promised and still is.</summary>
    public static bool IsPromised(string status) => status is OrderStatus.Confirmed or OrderStatus.PartiallyShipped or OrderStatus.Shipped or OrderStatus.Received or OrderStatus.Closed;

    /// <summary>The file; or the text key of why there is none now; or neither, where nothing was promised or there is no such order for the person at work.</summary>
    /// <param name="number">The order.</param>
    /// <param name="edition">One of its editions, counted from 1; null for how the promise stands now.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<(ConfirmationFile? File, string? Refusal)> FindAsync(string number, int? edition, string language, CancellationToken ct)
    {
        if (await FrozenAsync(number, edition, ct) is not { } frozen)
        {
            return (null, null);
        }

        if (await FileAsync(frozen, language, ct) is { } kept)
        {
            return (kept, null);
        }

        switch (await typst.RenderAsync(Job(frozen, language), ct))
        {
            case Typesetting.Pdf pdf:
                await db.ExecuteAsync("""
                    insert into order_confirmation_file (order_confirmation_id, language, content, sha256, made_at) values (@OrderConfirmationId, @language, @content, @sha256, @now) on conflict do nothing
                    """, new { frozen.OrderConfirmationId, language, content = pdf.Content, sha256 = SHA256.HashData(pdf.Content), now = Now }, ct);
                return (await FileAsync(frozen, language, ct), null);
            case Typesetting.Refused refused:
                return (null, refused.TextKey);
            case var flawed:
                throw new InvalidOperationException($"The order confirmation's template is wrong: {flawed}");
        }
    }

    /// <summary>The editions that were opened so far, the newest first.</summary>
    public Task<List<ConfirmationEdition>> EditionsAsync(long purchaseOrderId, CancellationToken ct) => db.ListAsync<ConfirmationEdition>("""
        select edition, frozen_at from order_confirmation where purchase_order_id = @purchaseOrderId order by edition desc
        """, new { purchaseOrderId }, ct);

    Task<ConfirmationFile?> FileAsync(Frozen frozen, string language, CancellationToken ct) => db.FindAsync<ConfirmationFile>("""
        select f.content, encode(f.sha256, 'hex') as sha256, @Edition as edition
        from order_confirmation_file f
        where f.order_confirmation_id = @OrderConfirmationId and f.language = @language
        """, new { frozen.OrderConfirmationId, frozen.Edition, language }, ct);

    // Whoever is faster freezes it; the other one finds that edition.
    Task<Frozen?> FrozenAsync(string number, int? edition, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (edition is null && await PromiseAsync(number, ct) is { } now)
        {
            await db.ExecuteAsync("""
                insert into order_confirmation (purchase_order_id, edition, content, promise_sha256, frozen_at)
                select o.purchase_order_id, coalesce(last.edition, 0) + 1, @content::jsonb, @promise, @now
                from purchase_order o
                left join lateral (
                    select c.edition, c.promise_sha256 from order_confirmation c where c.purchase_order_id = o.purchase_order_id order by c.edition desc limit 1) last on true
                where o.number = @number and last.promise_sha256 is distinct from @promise
                on conflict do nothing
                """, new { number, content = JsonSerializer.Serialize(now, Json), promise = now.Promise(), now = Now }, ct);
        }

        return await db.FindAsync<Frozen>("""
            select c.order_confirmation_id, c.edition, c.content::text as content, c.frozen_at, before.frozen_at as replaces
            from order_confirmation c
            join purchase_order o on o.purchase_order_id = c.purchase_order_id
            left join order_confirmation before on before.purchase_order_id = c.purchase_order_id and before.edition = c.edition - 1
            where o.number = @number and (@edition::integer is null or c.edition = @edition)
            order by c.edition desc
            limit 1
            """, new { number, edition }, ct);
    }, ct);

    // One statement, so that head and lines are of one moment.
    async Task<ConfirmationContent?> PromiseAsync(string number, CancellationToken ct)
    {
        if (await db.FindAsync<Head>("""
            select o.number, o.po_number, o.ordered_on, brand_day(o.confirmed_at) as confirmed_on, o.currency, o.status, o.note, o.ship_to::text as ship_to,
                   seller.name as seller_name, seller.name_latin as seller_latin, seller.address as seller_address, seller.postal_code as seller_postal_code, seller.city as seller_city, seller.country_code as seller_country,
                   buyer.name as buyer_name, buyer.name_latin as buyer_latin, buyer.address as buyer_address, buyer.postal_code as buyer_postal_code, buyer.city as buyer_city, buyer.country_code as buyer_country,
                   (select jsonb_agg(jsonb_build_object(
                        'lineNumber', l.line_number, 'sku', p.sku, 'name', p.name, 'nameZh', coalesce(p.name_zh, p.name), 'unit', p.unit, 'ordered', l.quantity, 'quantity', l.quantity - l.cancelled,
                        'promisedOn', l.promised_on, 'requestedOn', l.requested_on, 'unitPrice', l.unit_price, 'termStart', l.term_start, 'termEnd', l.term_end,
                        'reason', (select a.reason from order_line_answer a where a.purchase_order_line_id = l.purchase_order_line_id and a.refused > 0 order by a.purchase_order_step_id desc limit 1)) order by l.line_number)
                    from purchase_order_line l
                    join product p on p.product_id = l.product_id
                    where l.purchase_order_id = o.purchase_order_id)::text as lines
            from purchase_order o
            left join partner seller on seller.partner_id = o.seller_id
            left join partner buyer on buyer.partner_id = o.buyer_id
            where o.number = @number and o.confirmed_at is not null
            """, new { number }, ct) is not { } head || !IsPromised(head.Status))
        {
            return null;
        }

        return new(head.Number, head.PoNumber, head.OrderedOn, head.ConfirmedOn, head.Currency, head.Note,
            new(head.SellerName ?? "–", head.SellerLatin, DeliveryNotes.Address(head.SellerAddress, head.SellerPostalCode, head.SellerCity, head.SellerCountry)),
            new(head.BuyerName ?? "–", head.BuyerLatin, DeliveryNotes.Address(head.BuyerAddress, head.BuyerPostalCode, head.BuyerCity, head.BuyerCountry)),
            ShipTo.Of(head.ShipTo) is { } there ? DeliveryNotes.Address(there) : [], JsonSerializer.Deserialize<List<ConfirmationLine>>(head.Lines ?? "[]", Json)!);
    }

    TypstJob Job(Frozen frozen, string language)
    {
        var content = JsonSerializer.Deserialize<ConfirmationContent>(frozen.Content, Json)!;
        var chinese = language is "zh-CN";
        var culture = CultureInfo.GetCultureInfo(language);
        var decimals = Money.MinorUnits(content.Currency);
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        string Day(DateOnly day) => day.ToString(chinese ? "yyyy年M月d日" : "d MMM yyyy", culture);
        string Amount(decimal amount) => amount.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), culture);
        string Price(decimal price) => price.ToString("#,##0." + new string('0', decimals) + new string('#', 4 - Math.Min(4, decimals)), culture);
        string Unit(string unit) => T($"catalog.unit.{unit}") is var said && said.StartsWith("catalog.", StringComparison.Ordinal) ? unit : said;
        string NotDelivered(ConfirmationLine line) => T("orders.confirmation_not_delivered", line.Ordered - line.Quantity) + (line.Reason is { } reason ? T("orders.confirmation_because", reason) : "");
        string Remark(ConfirmationLine line) => string.Join(" · ", new[]
        {
            line.RequestedOn is { } wanted ? T("orders.confirmation_wanted", Day(wanted)) : null,
            line.Quantity == line.Ordered ? null : NotDelivered(line),
        }.OfType<string>());
        object Party(DeliveryNoteParty party) => new { name = chinese ? party.Name : party.NameLatin ?? party.Name, lines = party.Address };
        var kind = T("orders.confirmation_paper");
        return new(Template, new
        {
            number = content.Number, ordered = Day(content.OrderedOn), confirmed = Day(content.ConfirmedOn), poNumber = content.PoNumber ?? "–", note = content.Note ?? "", seller = Party(content.Seller), buyer = Party(content.Buyer),
            edition = frozen.Edition.ToString(culture), shipTo = content.ShipTo,
            replaces = frozen.Replaces is null ? "" : T("orders.confirmation_replaces", frozen.Edition - 1),
            lines = content.Lines.Select(line => new
            {
                number = line.LineNumber.ToString(culture), sku = line.Sku, name = (chinese ? line.NameZh : line.Name) + (line.TermStart is { } start ? ", " + T("orders.term_days", Day(start), Day(line.TermEnd!.Value)) : ""), remark = Remark(line), ordered = line.Ordered.ToString("N0", culture),
                quantity = line.Quantity.ToString("N0", culture), unit = Unit(line.TermStart is null ? line.Unit : Term.Piece(line.Unit)), promised = line is { PromisedOn: { } day, Quantity: > 0 } ? Day(day) : "–", price = Price(line.UnitPrice),
                amount = Amount(line.Amount(decimals)),
            }),
            total = $"{content.Currency} {Amount(content.Lines.Sum(line => line.Amount(decimals)))}", qrAlt = T("orders.confirmation_qr", content.Number),
            words = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["kind"] = kind, ["to"] = T("orders.buyer"), ["from"] = T("orders.seller"), ["ordered"] = T("orders.ordered_on"), ["confirmed"] = T("orders.confirmation_confirmed_on"), ["poNumber"] = T("orders.po_number"),
                ["edition"] = T("orders.confirmation_edition"), ["line"] = T("orders.line"), ["product"] = T("orders.product"), ["ordered-quantity"] = T("orders.confirmation_ordered"), ["quantity"] = T("orders.confirmation_confirmed"),
                ["unit"] = T("orders.unit"), ["promised"] = T("orders.promised_on"), ["price"] = T("orders.unit_price", content.Currency), ["amount"] = T("orders.amount", content.Currency), ["total"] = T("orders.total"),
                ["shipTo"] = T("orders.ship_to"), ["note"] = T("orders.note"), ["terms"] = T("orders.confirmation_terms"), ["online"] = T("orders.note_online"),
            },
        }, $"{kind} {content.Number}", new DateTimeOffset(frozen.FrozenAt, TimeSpan.Zero))
        {
            Language = language,
            Files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["order.svg"] = QrImage.Svg(PortalUrl.Of(settings) + $"/orders/{content.Number}") },
        };
    }

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    sealed record Frozen(long OrderConfirmationId, int Edition, string Content, DateTime FrozenAt, DateTime? Replaces);

    sealed record Head(
        string Number, string? PoNumber, DateOnly OrderedOn, DateOnly ConfirmedOn, string Currency, string Status, string? Note, string? ShipTo,
        string? SellerName, string? SellerLatin, string? SellerAddress, string? SellerPostalCode, string? SellerCity, string? SellerCountry,
        string? BuyerName, string? BuyerLatin, string? BuyerAddress, string? BuyerPostalCode, string? BuyerCity, string? BuyerCountry, string? Lines);
}

/// <summary>The PDF of an order confirmation.</summary>
/// <param name="Content">The file.</param>
/// <param name="Sha256">Its SHA-256, in hexadecimal.</param>
/// <param name="Edition">Which edition it is, from 1.</param>
public sealed record ConfirmationFile(byte[] Content, string Sha256, int Edition);

/// <summary>An edition that was opened.</summary>
public sealed record ConfirmationEdition(int Edition, DateTime FrozenAt);

/// <summary>All that is printed of a promise.</summary>
public sealed record ConfirmationContent(
    string Number, string? PoNumber, DateOnly OrderedOn, DateOnly ConfirmedOn, string Currency, string? Note, DeliveryNoteParty Seller, DeliveryNoteParty Buyer, IReadOnlyList<string> ShipTo, IReadOnlyList<ConfirmationLine> Lines)
{
    /// <summary>SHA-256 of what was promised: quantities, prices, days and where the goods go; not of names, which may change without a promise changing.</summary>
    public byte[] Promise() => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines
        .Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.LineNumber}|{line.Sku}|{line.Ordered}|{line.Quantity}|{line.PromisedOn:O}|{line.RequestedOn:O}|{line.UnitPrice:0.0000}"))
        .Prepend(string.Create(CultureInfo.InvariantCulture, $"{Number}|{ConfirmedOn:O}|{Currency}|{string.Join('|', ShipTo)}")))));
}

/// <summary>A line of a confirmation.</summary>
/// <param name="LineNumber">Its place in the order.</param>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its Chinese name, or the other.</param>
/// <param name="Unit">What one is.</param>
/// <param name="Ordered">Pieces ordered.</param>
/// <param name="Quantity">Pieces promised: ordered, less what was not promised and what was called off.</param>
/// <param name="PromisedOn">By when the seller means to send it; null where no day was named.</param>
/// <param name="RequestedOn">By when the buyer wants it.</param>
/// <param name="UnitPrice">The price of one.</param>
/// <param name="Reason">Why not all of it is delivered, in the seller's words.</param>
public sealed record ConfirmationLine(int LineNumber, string Sku, string Name, string NameZh, string Unit, int Ordered, int Quantity, DateOnly? PromisedOn, DateOnly? RequestedOn, decimal UnitPrice, string? Reason)
{
    /// <summary>The first day of its term, of what is sold by the term; the price is that of one over all of it.</summary>
    public DateOnly? TermStart { get; init; }

    /// <summary>The last one.</summary>
    public DateOnly? TermEnd { get; init; }

    /// <summary>What the promised pieces come to, rounded to the currency's minor unit, half away from zero.</summary>
    public decimal Amount(int decimals) => decimal.Round(Quantity * UnitPrice, decimals, MidpointRounding.AwayFromZero);
}
