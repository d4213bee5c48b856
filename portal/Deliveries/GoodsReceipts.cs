using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Deliveries;

/// <summary>The goods receipts (收货单) of a side, with what differed.</summary>
public sealed class GoodsReceipts(Db db)
{
    /// <summary>How the list may be narrowed and sorted.</summary>
    /// <param name="side">One of <see cref="DeliverySide"/>.</param>
    public static ListShape Shape(string side) => new("receipts-" + side, "-received", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "r.number", ["received"] = "r.received_at", ["order"] = "o.number", ["buyer"] = "buyer.name", ["seller"] = "seller.name",
    }, Tie: "r.goods_receipt_id desc", Filters: ["differs", "from", "to", "partner"]);

    static string Narrowed(string side) => $"""
        from goods_receipt r
        join shipment s on s.shipment_id = r.shipment_id
        join purchase_order o on o.purchase_order_id = r.purchase_order_id
        left join partner buyer on buyer.partner_id = r.buyer_id
        left join partner seller on seller.partner_id = r.seller_id
        where {DeliverySide.Of("r", side)}
          and (@differs::text is null or (@differs = 'yes') = exists (select from receipt_discrepancy d where d.goods_receipt_id = r.goods_receipt_id))
          and (@from::date is null or r.received_at >= brand_midnight(@from))
          and (@to::date is null or r.received_at < brand_midnight(@to + 1))
          and (@partner::text is null or @partner = case when @side = 'buyer' then seller.number else buyer.number end)
          and (@words::text is null or r.number = upper(@words) or s.number = upper(@words) or o.number = upper(@words) or upper(o.po_number) like @beginning
               or buyer.name ilike @within or seller.name ilike @within or buyer.name_latin ilike @within or seller.name_latin ilike @within)
        """;

    const string Columns = """
        select r.number, r.received_at, s.number as shipment_number, o.number as order_number, o.po_number, buyer.number as buyer_number, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin,
               seller.number as seller_number, seller.name as seller_name, seller.name_latin as seller_name_latin,
               (select sum(x.received) from goods_receipt_line x where x.goods_receipt_id = r.goods_receipt_id)::bigint as received,
               (select sum(d.quantity) from receipt_discrepancy d where d.goods_receipt_id = r.goods_receipt_id and d.kind = 'short')::bigint as short,
               (select sum(d.quantity) from receipt_discrepancy d where d.goods_receipt_id = r.goods_receipt_id and d.kind = 'damaged')::bigint as damaged,
               (select sum(d.quantity) from receipt_discrepancy d where d.goods_receipt_id = r.goods_receipt_id and d.kind = 'wrong')::bigint as wrong,
               (select sum(d.quantity) from receipt_discrepancy d where d.goods_receipt_id = r.goods_receipt_id and d.kind = 'over')::bigint as over, r.note
        """;

    /// <summary>One page of a side's receipts.</summary>
    public Task<ListPage<ReceiptRow>> PageAsync(string side, ListQuery query, CancellationToken ct) =>
        db.PageAsync<ReceiptRow>($"{Columns} {Narrowed(side)} order by {query.OrderBy} limit @limit offset @offset", $"select count(*) {Narrowed(side)}", Arguments(side, query), ct);

    /// <summary>All of them, row by row, for a file.</summary>
    public IAsyncEnumerable<ReceiptRow> StreamAsync(string side, ListQuery query, CancellationToken ct) =>
        db.StreamAsync<ReceiptRow>($"{Columns} {Narrowed(side)} order by {query.OrderBy}", Arguments(side, query), ct);

    /// <summary>The newest receipts of a side, for a program that pages through them.</summary>
    public Task<List<ReceiptRow>> AfterAsync(string side, string? after, int limit, CancellationToken ct) => db.ListAsync<ReceiptRow>($"""
        {Columns} {Narrowed(side)}
          and (@after::text is null or (r.received_at, r.goods_receipt_id) < (select last.received_at, last.goods_receipt_id from goods_receipt last where last.number = @after))
        order by r.received_at desc, r.goods_receipt_id desc
        limit @limit
        """, new { side, differs = (string?)null, from = (DateOnly?)null, to = (DateOnly?)null, partner = (string?)null, words = (string?)null, beginning = "", within = "", after, limit }, ct);

    static object Arguments(string side, ListQuery query) => new
    {
        side, differs = query["differs"], from = query.Day("from"), to = query.Day("to"), partner = query["partner"],
        words = query.Words, beginning = LikePattern.Beginning(query.Words?.ToUpperInvariant()), within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset,
    };
}

/// <summary>A goods receipt in a list.</summary>
public sealed record ReceiptRow(
    string Number, DateTime ReceivedAt, string ShipmentNumber, string OrderNumber, string? PoNumber, string? BuyerNumber, string? BuyerName, string? BuyerNameLatin, string? SellerNumber, string? SellerName, string? SellerNameLatin,
    long? Received, long? Short, long? Damaged, long? Wrong, long? Over, string? Note);
