using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Platform.Database;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Documents.Typst;
using Portal.Web;

namespace Portal.Orders;

/// <summary>
/// The delivery note (发货单) of a shipment. What it says is frozen when somebody opens it for the first time; the PDF is made once in each language of that and kept
/// with its SHA-256, so that both sides and the carrier hold the same paper whatever becomes of names and addresses.
/// </summary>
public sealed class DeliveryNotes(Db db, TypstWorkers typst, Texts texts, IConfiguration settings, TimeProvider clock)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly string Template = TypstTemplate.Read("Orders/Shipping/delivery-note.typ");

    /// <summary>The file; or the text key of why there is none now; or neither, where there is no such shipment for the person at work.</summary>
    public async Task<(DeliveryNoteFile? File, string? Refusal)> FindAsync(string shipmentNumber, string language, CancellationToken ct)
    {
        if (await FileAsync(shipmentNumber, language, ct) is { } kept)
        {
            return (kept, null);
        }

        if (await FrozenAsync(shipmentNumber, ct) is not { } frozen)
        {
            return (null, null);
        }

        switch (await typst.RenderAsync(Job(JsonSerializer.Deserialize<DeliveryNoteContent>(frozen.Content, Json)!, language, frozen.ShippedAt), ct))
        {
            case Typesetting.Pdf pdf:
                await db.ExecuteAsync("""
                    insert into delivery_note_file (shipment_id, language, content, sha256, made_at) values (@ShipmentId, @language, @content, @sha256, @now) on conflict do nothing
                    """, new { frozen.ShipmentId, language, content = pdf.Content, sha256 = SHA256.HashData(pdf.Content), now = clock.GetUtcNow().UtcDateTime }, ct);
                return (await FileAsync(shipmentNumber, language, ct), null);
            case Typesetting.Refused refused:
                return (null, refused.TextKey);
            case var flawed:
                throw new InvalidOperationException($"The delivery note's template is wrong: {flawed}");
        }
    }

    Task<DeliveryNoteFile?> FileAsync(string shipmentNumber, string language, CancellationToken ct) => db.FindAsync<DeliveryNoteFile>("""
        select f.content, encode(f.sha256, 'hex') as sha256
        from delivery_note_file f
        join shipment s on s.shipment_id = f.shipment_id
        where s.number = @shipmentNumber and f.language = @language
        """, new { shipmentNumber, language }, ct);

    // Whoever is faster freezes it.
    Task<Frozen?> FrozenAsync(string shipmentNumber, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await db.FindAsync<Frozen>(FindFrozen, new { shipmentNumber }, ct) is { } frozen)
        {
            return frozen;
        }

        if (await ContentAsync(shipmentNumber, ct) is not { } content)
        {
            return null;
        }

        await db.ExecuteAsync("""
            insert into delivery_note (shipment_id, content, frozen_at) select shipment_id, @content::jsonb, @now from shipment where number = @shipmentNumber on conflict do nothing
            """, new { shipmentNumber, content = JsonSerializer.Serialize(content, Json), now = clock.GetUtcNow().UtcDateTime }, ct);
        return await db.FindAsync<Frozen>(FindFrozen, new { shipmentNumber }, ct);
    }, ct);

    const string FindFrozen = "select n.shipment_id, n.content::text as content, s.shipped_at from delivery_note n join shipment s on s.shipment_id = n.shipment_id where s.number = @shipmentNumber";

    async Task<DeliveryNoteContent?> ContentAsync(string shipmentNumber, CancellationToken ct)
    {
        if (await db.FindAsync<Head>("""
            select s.shipment_id, s.number, o.number as order_number, o.po_number, brand_day(s.shipped_at) as shipped_on, s.carrier, s.tracking_number,
                   seller.name as seller_name, seller.name_latin as seller_latin, seller.address as seller_address, seller.postal_code as seller_postal_code, seller.city as seller_city, seller.country_code as seller_country,
                   buyer.name as buyer_name, buyer.name_latin as buyer_latin, buyer.address as buyer_address, buyer.postal_code as buyer_postal_code, buyer.city as buyer_city, buyer.country_code as buyer_country,
                   o.ship_to::text as ship_to
            from shipment s
            join purchase_order o on o.purchase_order_id = s.purchase_order_id
            left join partner seller on seller.partner_id = s.seller_id
            left join partner buyer on buyer.partner_id = s.buyer_id
            where s.number = @shipmentNumber
            """, new { shipmentNumber }, ct) is not { } head)
        {
            return null;
        }

        var lines = await db.ListAsync<DeliveryNoteLine>("""
            select l.line_number, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, sl.quantity, not l.from_stock as is_performed
            from shipment_line sl
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product p on p.product_id = l.product_id
            where sl.shipment_id = @ShipmentId
            order by l.line_number
            """, new { head.ShipmentId }, ct);
        var lots = (await LotsOfShipments.FindAsync(db, null, head.ShipmentId, ct)).ToLookup(lot => lot.LineNumber);
        lines = lines.ConvertAll(line => lots[line.LineNumber].Any() ? line with { Lots = [.. lots[line.LineNumber].Select(lot => new DeliveryNoteLot(lot.Code, lot.Quantity, lot.BestBefore))] } : line);
        return new(head.Number, head.OrderNumber, head.PoNumber, head.ShippedOn, head.Carrier, head.TrackingNumber,
            new(head.SellerName ?? "–", head.SellerLatin, Address(head.SellerAddress, head.SellerPostalCode, head.SellerCity, head.SellerCountry)),
            new(head.BuyerName ?? "–", head.BuyerLatin, ShipTo.Of(head.ShipTo) is { } there ? Address(there) : Address(head.BuyerAddress, head.BuyerPostalCode, head.BuyerCity, head.BuyerCountry)),
            lines, [.. (await Parcels.FindAsync(db, null, head.ShipmentId, ct))[head.Number]]);
    }

    internal static IReadOnlyList<string> Address(string? street, string? postalCode, string? city, string? country) =>
        [.. new[] { street, string.Join(' ', new[] { postalCode, city }.Where(part => !string.IsNullOrWhiteSpace(part))), country }.OfType<string>().Where(line => line.Length > 0)];

    // With whom to ask for: the carrier stands at a door.
    internal static IReadOnlyList<string> Address(ShipTo there) =>
        [there.Name, .. Address(there.Address, there.PostalCode, there.State is null || there.State == there.City ? there.City : $"{there.City}, {there.State}", there.CountryCode), .. new[] { string.Join(' ', new[] { there.Contact, there.Phone }.OfType<string>()) }.Where(line => line.Length > 0)];

    TypstJob Job(DeliveryNoteContent content, string language, DateTime shippedAt)
    {
        var chinese = language is "zh-CN";
        var culture = CultureInfo.GetCultureInfo(language);
        var performed = content.Lines.All(line => line.IsPerformed);
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        string Unit(string unit) => T($"catalog.unit.{unit}") is var said && said.StartsWith("catalog.", StringComparison.Ordinal) ? unit : said;
        string Lot(DeliveryNoteLot lot) => lot.Code + (lot.Quantity == 1 && lot.BestBefore is null ? "" : " × " + lot.Quantity.ToString("N0", culture))
            + (lot.BestBefore is { } day ? $" ({T("orders.best_before", day.ToString(chinese ? "yyyy年M月d日" : "d MMM yyyy", culture))})" : "");
        object Party(DeliveryNoteParty party) => new { name = chinese ? party.Name : party.NameLatin ?? party.Name, lines = party.Address };
        return new(Template, new
        {
            number = content.Number, order = content.Order, poNumber = content.PoNumber ?? "–", carrier = content.Carrier ?? "–", tracking = content.TrackingNumber ?? "–",
            shipped = content.ShippedOn.ToString(chinese ? "yyyy年M月d日" : "d MMMM yyyy", culture), seller = Party(content.Seller), buyer = Party(content.Buyer),
            lines = content.Lines.Select(line => new { number = line.LineNumber.ToString(culture), sku = line.Sku, name = chinese ? line.NameZh : line.Name, unit = Unit(line.Unit), quantity = line.Quantity.ToString("N0", culture), lots = string.Join(T("orders.parcel_comma"), (line.Lots ?? []).Select(Lot)) }),
            pieces = content.Lines.Sum(line => (long)line.Quantity).ToString("N0", culture),
            parcels = content.Parcels.Select(parcel => new
            {
                title = T("orders.parcel_of", parcel.ParcelNumber, content.Parcels.Count), carrier = parcel.Carrier ?? "–", tracking = parcel.TrackingNumber ?? "–",
                weight = parcel.WeightKg is { } weight ? weight.ToString("0.###", culture) + " kg" : "–",
                lines = parcel.Lines.Select(line => new { number = line.LineNumber.ToString(culture), sku = line.Sku, quantity = line.Quantity.ToString("N0", culture) }),
            }),
            qrAlt = T("orders.note_qr", content.Number),
            words = new
            {
                note = T(performed ? "orders.performance_note" : "orders.delivery_note"), from = T("orders.seller"), to = T(performed ? "orders.note_performed_for" : "orders.note_to"), order = T("orders.number"), poNumber = T("orders.po_number"), shipped = T(performed ? "orders.performed_at" : "orders.shipped_at"), carrier = T("orders.carrier"),
                tracking = T("orders.tracking_number"), weight = T("orders.weight"), line = T("orders.line"), product = T("orders.product"), unit = T("orders.unit"), quantity = T("orders.quantity"), pieces = T("orders.pick_pieces"),
                parcels = T("orders.parcels"), check = T(performed ? "orders.note_check_performed" : "orders.note_check"), handed = T(performed ? "orders.note_performed_by" : "orders.note_handed"), received = T(performed ? "orders.note_accepted" : "orders.note_received"), online = T("orders.note_online"),
            },
        }, $"{T(performed ? "orders.performance_note" : "orders.delivery_note")} {content.Number}", new DateTimeOffset(shippedAt, TimeSpan.Zero))
        {
            Language = language,
            Files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["order.svg"] = QrImage.Svg(PortalUrl.Of(settings) + $"/orders/{content.Order}") },
        };
    }

    sealed record Frozen(long ShipmentId, string Content, DateTime ShippedAt);

    sealed record Head(
        long ShipmentId, string Number, string OrderNumber, string? PoNumber, DateOnly ShippedOn, string? Carrier, string? TrackingNumber,
        string? SellerName, string? SellerLatin, string? SellerAddress, string? SellerPostalCode, string? SellerCity, string? SellerCountry,
        string? BuyerName, string? BuyerLatin, string? BuyerAddress, string? BuyerPostalCode, string? BuyerCity, string? BuyerCountry, string? ShipTo);
}

/// <summary>The PDF of a delivery note.</summary>
/// <param name="Content">The file.</param>
/// <param name="Sha256">Its SHA-256, in hexadecimal.</param>
public sealed record DeliveryNoteFile(byte[] Content, string Sha256);

/// <summary>All that is printed of a shipment.</summary>
public sealed record DeliveryNoteContent(
    string Number, string Order, string? PoNumber, DateOnly ShippedOn, string? Carrier, string? TrackingNumber, DeliveryNoteParty Seller, DeliveryNoteParty Buyer,
    IReadOnlyList<DeliveryNoteLine> Lines, IReadOnlyList<ParcelShown> Parcels);

/// <summary>A side of the delivery.</summary>
public sealed record DeliveryNoteParty(string Name, string? NameLatin, IReadOnlyList<string> Address);

/// <summary>A line as it is printed.</summary>
public sealed record DeliveryNoteLine(int LineNumber, string Sku, string Name, string NameZh, string Unit, int Quantity, bool IsPerformed = false)
{
    /// <summary>The lots and serial numbers of a tracked product.</summary>
    public IReadOnlyList<DeliveryNoteLot>? Lots { get; init; }
}

/// <summary>Pieces of a lot as they are printed.</summary>
public sealed record DeliveryNoteLot(string Code, int Quantity, DateOnly? BestBefore);

/// <summary>The delivery note on the pages.</summary>
[Route("shipments/{number}/delivery-note")]
public sealed class DeliveryNotesController(DeliveryNotes notes, Texts t) : Controller
{
    /// <summary>The PDF, in the reader's language or the one that is asked for.</summary>
    [HttpGet(""), Microsoft.AspNetCore.RateLimiting.EnableRateLimiting(RateLimits.Costly)]
    public Task<IActionResult> Show(string number, string? language, CancellationToken ct) => DeliveryNoteDownload.AnswerAsync(this, notes, t, number, language, ct);
}

/// <summary>Answers with a delivery note, on pages and in the API alike.</summary>
static class DeliveryNoteDownload
{
    public static async Task<IActionResult> AnswerAsync(ControllerBase controller, DeliveryNotes notes, Texts t, string number, string? language, CancellationToken ct)
    {
        var tongue = Languages.Of(language);
        return await notes.FindAsync(number, tongue, ct) switch
        {
            ({ } file, _) => controller.File(file.Content, "application/pdf", $"{t.In(tongue, "orders.delivery_note")}-{number}.pdf", lastModified: null, new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{file.Sha256}\"")),
            (_, { } refusal) => DocumentsBusy.Answer(refusal),
            _ when controller.ControllerContext.ActionDescriptor.EndpointMetadata.OfType<ApiControllerAttribute>().Any() => ApiProblem.NotFound,
            _ => controller.NotFound(),
        };
    }
}
