using Platform.Database;
using Portal.Assortment;
using Portal.Stock;
using Portal.Web.Lists;

namespace Portal.Replenishing;

/// <summary>Reads levels, demand and what is to be ordered, for the partner at work.</summary>
public sealed class LevelStore(Db db, Terms terms, TimeProvider clock)
{
    /// <summary>No more lines are proposed at once.</summary>
    public const int MostLines = 500;

    // Where nobody says how long it takes until a product is sent.
    internal const int UsualLeadDays = 14;

    /// <summary>How the list of levels may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("stock-levels", "sku", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "p.sku", ["name"] = "p.name", ["place"] = "s.code", ["safety"] = "l.safety", ["reorder"] = "l.reorder_point", ["target"] = "l.target", ["changed"] = "l.changed_at",
    }, Tie: "l.stock_place_id, l.product_id", Filters: ["place", "source"]);

    const string Levels = """
        from stock_level l
        join stock_place s on s.stock_place_id = l.stock_place_id
        join product p on p.product_id = l.product_id
        where l.partner_id = app_partner_id() and (@place::text is null or s.code = @place) and (@source::text is null or l.source = @source)
          and (@words::text is null or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within)
        """;

    const string LevelColumns = "select s.code as place, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, l.safety, l.reorder_point, l.target, l.source, l.changed_at";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One page of the levels.</summary>
    public Task<ListPage<LevelRow>> ListAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {Levels}", Arguments(query), ct);
        return new ListPage<LevelRow>(await db.ListAsync<LevelRow>($"{LevelColumns} {Levels} order by {query.OrderBy} limit @limit offset @offset", Arguments(query), ct), total);
    }, ct);

    /// <summary>All levels, for a file.</summary>
    public IAsyncEnumerable<LevelRow> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<LevelRow>($"{LevelColumns} {Levels} order by {query.OrderBy}", Arguments(query), ct);

    /// <summary>The levels after a product and place, for programs.</summary>
    public Task<List<LevelRow>> AfterAsync((string Sku, string Place)? after, int limit, CancellationToken ct) => db.ListAsync<LevelRow>($"""
        {LevelColumns} {Levels} and (@afterSku::text is null or (p.sku, s.code) > (@afterSku, @afterPlace)) order by p.sku, s.code limit @limit
        """, new { place = (string?)null, source = (string?)null, words = (string?)null, within = (string?)null, afterSku = after?.Sku, afterPlace = after?.Place, limit }, ct);

    static object Arguments(ListQuery query) => new
    {
        place = query["place"], source = query["source"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset,
    };

    /// <summary>What the levels of a place would be by what went out of it: the products of which something did, the most wanted first.</summary>
    public async Task<List<ProposedLevel>> FromDemandAsync(long placeId, Planning planning, CancellationToken ct)
    {
        var rows = await db.ListAsync<DemandRow>("""
            with span as (select brand_midnight(brand_day(@now)) as until),
            gone as (
                select m.product_id, floor(extract(epoch from span.until - m.moved_at) / 604800)::integer as week, sum(m.quantity) as quantity
                from span join stock_move m on m.from_place_id = @placeId and m.kind in ('shipment', 'sale', 'delivery', 'transfer')
                     and m.moved_at < span.until and m.moved_at >= span.until - make_interval(weeks => @weeks)
                group by m.product_id, week)
            select p.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, l.safety, l.reorder_point, l.target,
                   array(select coalesce(g.quantity, 0)::numeric from generate_series(0, @weeks - 1) as w left join gone g on g.product_id = p.product_id and g.week = w order by w desc) as weekly
            from (select product_id, sum(quantity) as quantity from gone group by product_id) wanted
            join product p on p.product_id = wanted.product_id and p.status = 'active'
            left join stock_level l on l.stock_place_id = @placeId and l.product_id = p.product_id
            order by wanted.quantity desc, p.sku
            limit @MostLines
            """, new { placeId, now = Now, weeks = planning.DemandWeeks, MostLines }, ct);
        var sold = await terms.ForAsync(null, rows.Select(row => row.Sku), ct);
        return [.. rows.Select(row => new ProposedLevel(row, Demand.Of(row.Weekly, (sold.GetValueOrDefault(row.Sku)?.LeadDays ?? UsualLeadDays) + planning.InboundDays, planning.ReviewDays, planning.ServicePercent)))];
    }

    /// <summary>What is to be ordered for a place: products at or below their reorder point, the barest first, in quantities as the upstream sells them.</summary>
    public async Task<List<Proposal>> ProposalsAsync(long placeId, CancellationToken ct)
    {
        var rows = await db.ListAsync<PositionRow>($"""
            with level as (
                select l.* from stock_level l where l.stock_place_id = @placeId and l.partner_id = app_partner_id()),
            ordered as (
                select x.product_id, sum(x.quantity - x.shipped - x.cancelled)::bigint as quantity, coalesce(sum(x.quantity) filter (where o.status = 'draft'), 0)::bigint as drafted
                from purchase_order o
                join purchase_order_line x on x.purchase_order_id = o.purchase_order_id
                where o.buyer_id = app_partner_id() and o.to_place_id = @placeId and o.status in ('draft', 'submitted', 'pending_approval', 'confirmed', 'partially_shipped')
                  and x.product_id in (select product_id from level)
                group by x.product_id),
            waiting as (
                select l.product_id, sum({LinesThatWait.Pieces})::bigint as quantity
                from purchase_order_line l
                join purchase_order o on o.purchase_order_id = l.purchase_order_id and o.status in ('confirmed', 'partially_shipped') and o.from_place_id = @placeId
                where l.seller_id = app_partner_id() and {LinesThatWait.Waits} and {LinesThatWait.TakesPart} and l.product_id in (select product_id from level)
                group by l.product_id),
            -- What has a paper of its own. Goods of a drop shipment are in transit before the order says so; until it does they count as ordered.
            coming as (
                select way.product_id, sum(way.quantity)::bigint as quantity
                from (select l.product_id, sl.quantity - sl.received - sl.lost as quantity
                      from purchase_order o
                      join shipment s on s.purchase_order_id = o.purchase_order_id
                      join shipment_line sl on sl.shipment_id = s.shipment_id and sl.received + sl.lost < sl.quantity
                      join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
                      where o.buyer_id = app_partner_id() and o.status in ('partially_shipped', 'shipped') and o.to_place_id = @placeId
                      union all
                      select l.product_id, l.quantity
                      from stock_transfer t join stock_transfer_line l on l.stock_transfer_id = t.stock_transfer_id
                      where t.to_place_id = @placeId and t.partner_id = app_partner_id() and t.status = 'in_transit'
                      union all
                      select l.product_id, l.sent
                      from return_order r join return_order_line l on l.return_order_id = r.return_order_id
                      where r.seller_id = app_partner_id() and r.status = 'sent' and r.to_place_id = @placeId) way
                where way.product_id in (select product_id from level)
                group by way.product_id),
            position as (
                select level.product_id, level.safety, level.reorder_point, level.target, coalesce(b.on_hand, 0) as on_hand, coalesce(b.reserved, 0) as reserved, coalesce(coming.quantity, 0) as in_transit,
                       coalesce(ordered.quantity, 0) as ordered, coalesce(ordered.drafted, 0) as drafted, coalesce(waiting.quantity, 0) as waiting
                from level
                left join stock_balance b on b.stock_place_id = @placeId and b.product_id = level.product_id
                left join coming on coming.product_id = level.product_id
                left join ordered on ordered.product_id = level.product_id
                left join waiting on waiting.product_id = level.product_id)
            select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.status = 'active' as is_active, q.safety, q.reorder_point, q.target, q.on_hand, q.reserved, q.in_transit, q.ordered, q.drafted, q.waiting
            from position q
            join product p on p.product_id = q.product_id
            where q.on_hand - q.reserved + q.in_transit + q.ordered - q.waiting <= q.reorder_point
            order by (q.on_hand - q.reserved + q.in_transit + q.ordered - q.waiting)::numeric / q.target, p.sku
            limit @MostLines
            """, new { placeId, MostLines }, ct);
        var sold = await terms.ForAsync(null, rows.Select(row => row.Sku), ct);
        return [.. rows.Select(row => new Proposal(row, sold.GetValueOrDefault(row.Sku)))];
    }
}

/// <summary>A level in a list.</summary>
public sealed record LevelRow(string Place, string Sku, string Name, string NameZh, int Safety, int ReorderPoint, int Target, string Source, DateTime ChangedAt);

/// <summary>What went out of a product, week by week, and the level it has.</summary>
public sealed record DemandRow
{
    /// <summary>The product's key; it never leaves the server.</summary>
    public long ProductId { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its Chinese name, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>The safety stock it has; null where it has no level.</summary>
    public int? Safety { get; init; }

    /// <summary>The reorder point it has.</summary>
    public int? ReorderPoint { get; init; }

    /// <summary>The target it has.</summary>
    public int? Target { get; init; }

    /// <summary>Pieces a week, the oldest week first.</summary>
    public decimal[] Weekly { get; init; } = [];
}

/// <summary>What a level would be by demand.</summary>
/// <param name="Product">The product, and the level it has.</param>
/// <param name="Demand">What follows from what went out.</param>
public sealed record ProposedLevel(DemandRow Product, Demand Demand);

/// <summary>What there is and comes of a product, held against its level.</summary>
public sealed record PositionRow(
    string Sku, string Name, string NameZh, bool IsActive, int Safety, int ReorderPoint, int Target, long OnHand, long Reserved, long InTransit, long Ordered, long Drafted, long Waiting);

/// <summary>Something to order.</summary>
/// <param name="Position">What there is and comes.</param>
/// <param name="Terms">How the upstream sells it; null where it does not.</param>
public sealed record Proposal(PositionRow Position, TermsOfSale? Terms)
{
    /// <summary>Free, on its way and on order, less what is promised and waits.</summary>
    public long Has => Position.OnHand - Position.Reserved + Position.InTransit + Position.Ordered - Position.Waiting;

    /// <summary>What lacks to the target.</summary>
    public int Lacks => (int)Math.Clamp(Position.Target - Has, 1, SkuLine.MostOfOne);

    /// <summary>What to order: what lacks, as the upstream sells it; 0 where it cannot be ordered.</summary>
    public int Quantity => Position.IsActive && Terms is { IsSellable: true } sold ? sold.Covering(Lacks) : 0;
}
