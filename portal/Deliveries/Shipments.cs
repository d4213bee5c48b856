using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Deliveries;

/// <summary>The shipments (发货单) of a side.</summary>
public sealed class Shipments(Db db)
{
    /// <summary>How the list may be narrowed and sorted.</summary>
    /// <param name="side">One of <see cref="DeliverySide"/>.</param>
    public static ListShape Shape(string side) => new("shipments-" + side, "-shipped", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "s.number", ["shipped"] = "s.shipped_at", ["order"] = "o.number", ["buyer"] = "buyer.name", ["seller"] = "seller.name", ["carrier"] = "s.carrier",
    }, Tie: "s.shipment_id desc", Filters: ["state", "from", "to", "partner"]);

    static string Narrowed(string side) => $"""
        from shipment s
        join purchase_order o on o.purchase_order_id = s.purchase_order_id
        left join partner buyer on buyer.partner_id = s.buyer_id
        left join partner seller on seller.partner_id = s.seller_id
        where {DeliverySide.Of("s", side)}
          and (@state::text is null or (@state = 'in_transit') = exists (select from shipment_line x where x.shipment_id = s.shipment_id and x.received + x.lost < x.quantity))
          and (@from::date is null or s.shipped_at >= brand_midnight(@from))
          and (@to::date is null or s.shipped_at < brand_midnight(@to + 1))
          and (@partner::text is null or @partner = case when @side = 'buyer' then seller.number else buyer.number end)
          and (@words::text is null or s.number = upper(@words) or o.number = upper(@words) or upper(o.po_number) like @beginning or s.tracking_number ilike @within
               or exists (select from parcel c where c.shipment_id = s.shipment_id and c.tracking_number ilike @within)
               or buyer.name ilike @within or seller.name ilike @within or buyer.name_latin ilike @within or seller.name_latin ilike @within)
        """;

    const string Columns = """
        select s.number, s.shipped_at, o.number as order_number, o.po_number, buyer.number as buyer_number, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin,
               seller.number as seller_number, seller.name as seller_name, seller.name_latin as seller_name_latin, s.carrier, s.tracking_number,
               (select count(*) from parcel c where c.shipment_id = s.shipment_id)::integer as parcels, (select count(*) from shipment_line x where x.shipment_id = s.shipment_id)::integer as lines,
               (select sum(x.quantity) from shipment_line x where x.shipment_id = s.shipment_id)::bigint as pieces, (select sum(x.received) from shipment_line x where x.shipment_id = s.shipment_id)::bigint as received,
               (select sum(x.lost) from shipment_line x where x.shipment_id = s.shipment_id)::bigint as lost
        """;

    /// <summary>One page of a side's shipments.</summary>
    public Task<ListPage<ShipmentRow>> PageAsync(string side, ListQuery query, CancellationToken ct) =>
        db.PageAsync<ShipmentRow>($"{Columns} {Narrowed(side)} order by {query.OrderBy} limit @limit offset @offset", $"select count(*) {Narrowed(side)}", Arguments(side, query), ct);

    /// <summary>All of them, row by row, for a file.</summary>
    public IAsyncEnumerable<ShipmentRow> StreamAsync(string side, ListQuery query, CancellationToken ct) =>
        db.StreamAsync<ShipmentRow>($"{Columns} {Narrowed(side)} order by {query.OrderBy}", Arguments(side, query), ct);

    /// <summary>The newest shipments of a side, for a program that pages through them.</summary>
    public Task<List<ShipmentRow>> AfterAsync(string side, string? state, string? after, int limit, CancellationToken ct) => db.ListAsync<ShipmentRow>($"""
        {Columns} {Narrowed(side)}
          and (@after::text is null or (s.shipped_at, s.shipment_id) < (select last.shipped_at, last.shipment_id from shipment last where last.number = @after))
        order by s.shipped_at desc, s.shipment_id desc
        limit @limit
        """, new { side, state, from = (DateOnly?)null, to = (DateOnly?)null, partner = (string?)null, words = (string?)null, beginning = "", within = "", after, limit }, ct);

    static object Arguments(string side, ListQuery query) => new
    {
        side, state = query["state"], from = query.Day("from"), to = query.Day("to"), partner = query["partner"],
        words = query.Words, beginning = LikePattern.Beginning(query.Words?.ToUpperInvariant()), within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset,
    };
}

/// <summary>A shipment in a list.</summary>
public sealed record ShipmentRow(
    string Number, DateTime ShippedAt, string OrderNumber, string? PoNumber, string? BuyerNumber, string? BuyerName, string? BuyerNameLatin, string? SellerNumber, string? SellerName, string? SellerNameLatin,
    string? Carrier, string? TrackingNumber, int Parcels, int Lines, long Pieces, long Received, long Lost)
{
    /// <summary>On the way.</summary>
    public long InTransit => Pieces - Received - Lost;
}
