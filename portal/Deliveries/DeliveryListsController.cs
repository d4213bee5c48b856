using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Orders;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Deliveries;

/// <summary>Order lines, shipments and goods receipts over all orders, as lists and files.</summary>
[Route("deliveries/" + DeliverySide.Route), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk", "partner_admin", "purchasing", "sales", "viewer")]
public sealed class DeliveryListsController(OrderLines lines, Shipments shipments, GoodsReceipts receipts, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    TimeZoneInfo Zone => Formats.Zone(me.TimeZone);

    /// <summary>The lines of orders.</summary>
    [HttpGet("lines")]
    public async Task<IActionResult> Lines(string side, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, OrderLines.Shape(side));
        return DeliverySide.IsOpenTo(me, side) ? View("LineList", new DeliveryListPage<LineRow>(side, query, await lines.PageAsync(side, query, ct))) : NotFound();
    }

    /// <summary>The same as a file.</summary>
    [HttpGet("lines/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportLines(string side, CancellationToken ct)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        await SendAsync("deliveries.lines",
            [
                new(t["deliveries.order"], Width: 21), new(t["deliveries.line"], TableColumnKind.Number, 8, 0), new(t["deliveries.po_number"]), new(t["deliveries.ordered_on"], TableColumnKind.Date, 12),
                new(t["deliveries.buyer"], Width: 30), new(t["deliveries.seller"], Width: 30), new(t["deliveries.sku"], Width: 18), new(t["deliveries.product"], Width: 40), new(t["deliveries.product_line"], Width: 14),
                .. Pieces("quantity", "cancelled", "reserved", "pieces_sent", "in_transit", "received", "lost", "open"),
                new(t["deliveries.requested_on"], TableColumnKind.Date, 12), new(t["deliveries.promised_on"], TableColumnKind.Date, 12), new(t["deliveries.unit_price"], TableColumnKind.Number), new(t["deliveries.amount"], TableColumnKind.Number),
                new(t["deliveries.currency"], Width: 10), new(t["deliveries.status"], Width: 18), new(t["deliveries.place"], Width: 24),
            ],
            lines.StreamAsync(side, ListQuery.Read(Request, OrderLines.Shape(side)), ct).Select(IReadOnlyList<object?> (row) =>
            [
                row.Number, row.LineNumber, row.PoNumber, row.OrderedOn, row.BuyerName, row.SellerName, row.Sku, OrderWords.Name(row.Name, row.NameZh), row.ProductLine,
                row.Quantity, row.Cancelled, row.Reserved, row.Shipped, row.InTransit, row.Received, row.Lost, row.Open, row.RequestedOn, row.PromisedOn, row.UnitPrice, row.Amount, row.Currency, t["orders.status." + row.Status].Value, row.Place,
            ]), ct);
        return new EmptyResult();
    }

    /// <summary>The shipments.</summary>
    [HttpGet("shipments")]
    public async Task<IActionResult> ShipmentList(string side, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, Shipments.Shape(side));
        return DeliverySide.IsOpenTo(me, side) ? View("ShipmentList", new DeliveryListPage<ShipmentRow>(side, query, await shipments.PageAsync(side, query, ct))) : NotFound();
    }

    /// <summary>The same as a file.</summary>
    [HttpGet("shipments/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportShipments(string side, CancellationToken ct)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        await SendAsync("deliveries.shipments",
            [
                new(t["deliveries.shipment"], Width: 21), new(t["deliveries.shipped_at"], TableColumnKind.Time, 18), new(t["deliveries.order"], Width: 21), new(t["deliveries.po_number"]), new(t["deliveries.buyer"], Width: 30),
                new(t["deliveries.seller"], Width: 30), new(t["deliveries.carrier"]), new(t["deliveries.tracking_number"], Width: 22), .. Pieces("parcels", "lines_count", "pieces", "in_transit", "received", "lost"),
            ],
            shipments.StreamAsync(side, ListQuery.Read(Request, Shipments.Shape(side)), ct).Select(IReadOnlyList<object?> (row) =>
                [row.Number, Formats.In(row.ShippedAt, Zone), row.OrderNumber, row.PoNumber, row.BuyerName, row.SellerName, row.Carrier, row.TrackingNumber, row.Parcels, row.Lines, row.Pieces, row.InTransit, row.Received, row.Lost]), ct);
        return new EmptyResult();
    }

    /// <summary>The goods receipts.</summary>
    [HttpGet("receipts")]
    public async Task<IActionResult> ReceiptList(string side, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, GoodsReceipts.Shape(side));
        return DeliverySide.IsOpenTo(me, side) ? View("ReceiptList", new DeliveryListPage<ReceiptRow>(side, query, await receipts.PageAsync(side, query, ct))) : NotFound();
    }

    /// <summary>The same as a file.</summary>
    [HttpGet("receipts/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportReceipts(string side, CancellationToken ct)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        await SendAsync("deliveries.receipts",
            [
                new(t["deliveries.receipt"], Width: 21), new(t["deliveries.received_at"], TableColumnKind.Time, 18), new(t["deliveries.shipment"], Width: 21), new(t["deliveries.order"], Width: 21), new(t["deliveries.po_number"]),
                new(t["deliveries.buyer"], Width: 30), new(t["deliveries.seller"], Width: 30), .. Pieces("received", "short", "damaged", "wrong", "over"), new(t["deliveries.note"], Width: 40),
            ],
            receipts.StreamAsync(side, ListQuery.Read(Request, GoodsReceipts.Shape(side)), ct).Select(IReadOnlyList<object?> (row) =>
                [row.Number, Formats.In(row.ReceivedAt, Zone), row.ShipmentNumber, row.OrderNumber, row.PoNumber, row.BuyerName, row.SellerName, row.Received ?? 0, row.Short ?? 0, row.Damaged ?? 0, row.Wrong ?? 0, row.Over ?? 0, row.Note]), ct);
        return new EmptyResult();
    }

    IEnumerable<TableColumn> Pieces(params string[] words) => words.Select(word => new TableColumn(t[$"deliveries.{word}"], TableColumnKind.Number, 11, 0));

    Task SendAsync(string titleKey, IReadOnlyList<TableColumn> columns, IAsyncEnumerable<IReadOnlyList<object?>> rows, CancellationToken ct) =>
        Response.SendListAsync(t[titleKey], me.PartnerName, clock.GetUtcNow(), columns, rows, ct);
}

/// <summary>A list of deliveries.</summary>
/// <param name="Side">One of <see cref="DeliverySide"/>.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
public sealed record DeliveryListPage<T>(string Side, ListQuery Query, ListPage<T> Page);
