using Platform.Database;

namespace Portal.Stock;

/// <summary>
/// Follows a lot or serial number (追溯): where its pieces came from, through whom they went, where they are. Each company reads its own leg of the way, the brand all of it;
/// row-level security decides, here nothing is left out.
/// </summary>
public sealed class TraceStore(Db db, TimeProvider clock)
{
    /// <summary>More steps are not told at once.</summary>
    public const int Most = 1000;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    const string FindLot = """
        select l.stock_lot_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, l.kind, l.code, l.made_on, l.best_before, l.best_before < brand_day(@Now) as is_expired
        from stock_lot l join product p on p.product_id = l.product_id
        where l.kind <> 'unnamed'
        """;

    /// <summary>The lots with a code, of one product or of all: usually one.</summary>
    public Task<List<LotHead>> FindAsync(string code, string? sku, CancellationToken ct) => !LotLines.IsCode(LotLines.Kept(code)) ? Task.FromResult<List<LotHead>>([]) : db.ListAsync<LotHead>($"""
        {FindLot} and l.code = @code and (@sku::text is null or p.sku = @sku) order by p.sku limit 100
        """, new { code = LotLines.Kept(code), sku, Now }, ct);

    /// <summary>Lots whose codes begin like this, the first of them.</summary>
    public Task<List<LotHead>> BeginningAsync(string code, int limit, CancellationToken ct) => !LotLines.IsCode(LotLines.Kept(code)) ? Task.FromResult<List<LotHead>>([]) : db.ListAsync<LotHead>($"""
        {FindLot} and l.stock_lot_id in (select stock_lots_beginning(@code, @limit)) order by l.code, p.sku
        """, new { code = LotLines.Kept(code), limit, Now }, ct);

    /// <summary>Its way, step by step, and where it is.</summary>
    public Task<LotTrace> TraceAsync(LotHead lot, CancellationToken ct) => db.TogetherAsync(async () => new LotTrace(lot,
        await db.ListAsync<TraceStep>("""
            with step as (
                select m.moved_at as happened_at, m.stock_move_id as place, m.kind, m.reason, ml.quantity, m.from_place_id, m.to_place_id, m.order_number, m.document_number, null::bigint as seller_id, null::bigint as buyer_id
                from stock_move_lot ml join stock_move m on m.stock_move_id = ml.stock_move_id
                where ml.stock_lot_id = @StockLotId
                union all
                select n.named_at, 0, 'naming', null, n.quantity, null, n.stock_place_id, null, null, null, null
                from stock_lot_naming n where n.to_lot_id = @StockLotId
                union all
                -- what went straight to the buyer stands on the paper of each pair of companies
                select s.shipped_at, 0, 'direct', null, x.quantity, null, null, o.number, s.number, s.seller_id, s.buyer_id
                from shipment_line_lot x
                join shipment_line sl on sl.shipment_line_id = x.shipment_line_id
                join shipment s on s.shipment_id = sl.shipment_id and s.is_direct
                join purchase_order o on o.purchase_order_id = s.purchase_order_id
                where x.stock_lot_id = @StockLotId)
            select step.happened_at, step.kind, step.reason, step.quantity, coalesce(giver.name, seller.name) as from_name, coalesce(giver.name_latin, seller.name_latin) as from_latin, source.code as from_place,
                   coalesce(taker.name, buyer.name) as to_name, coalesce(taker.name_latin, buyer.name_latin) as to_latin, coalesce(target.code, there.code) as to_place,
                   o.number as order_number, case when s.number is not null or o.number is not null or step.order_number is null then step.document_number end as document_number
            from step
            left join stock_place source on source.stock_place_id = step.from_place_id
            left join stock_place target on target.stock_place_id = step.to_place_id
            left join stock_place there on there.stock_place_id = target.for_place_id
            left join purchase_order o on o.number = step.order_number
            left join shipment s on s.number = step.document_number
            left join partner giver on giver.partner_id = source.partner_id
            left join partner taker on taker.partner_id = target.partner_id
            left join partner seller on seller.partner_id = coalesce(step.seller_id, o.seller_id) and step.kind in ('shipment', 'delivery', 'direct')
            left join partner buyer on buyer.partner_id = coalesce(step.buyer_id, o.buyer_id) and step.kind in ('shipment', 'delivery', 'direct')
            order by step.happened_at, step.place
            limit @Most
            """, new { lot.StockLotId, Most }, ct),
        await db.ListAsync<TraceHolder>("""
            select holder.number, holder.name, holder.name_latin, place.code as place, b.on_hand, b.in_transit
            from stock_lot_balance b
            join stock_place place on place.stock_place_id = b.stock_place_id
            join partner holder on holder.partner_id = place.partner_id
            where b.stock_lot_id = @StockLotId and (b.on_hand > 0 or b.in_transit > 0)
            order by holder.name, place.code
            """, new { lot.StockLotId }, ct)), ct);

    /// <summary>For the brand: all companies that hold pieces of a lot or got some, with what became of them (召回名单).</summary>
    public Task<List<RecallRow>> RecallAsync(LotHead lot, CancellationToken ct) => db.ListAsync<RecallRow>("""
        with moved as (
            select m.kind, source.partner_id as giver, target.partner_id as taker, ml.quantity
            from stock_move_lot ml
            join stock_move m on m.stock_move_id = ml.stock_move_id
            join stock_place source on source.stock_place_id = m.from_place_id
            join stock_place target on target.stock_place_id = m.to_place_id
            where ml.stock_lot_id = @StockLotId),
        entry as (
            select taker as partner_id, quantity as came, 0 as sent, 0 as sold, 0 as lost from moved where taker is not null and giver is distinct from taker
            union all
            select giver, 0, case when taker is not null then quantity else 0 end, case when kind = 'sale' then quantity else 0 end, case when kind = 'loss' then quantity else 0 end
            from moved where giver is not null and taker is distinct from giver
            union all
            select place.partner_id, n.quantity, 0, 0, 0
            from stock_lot_naming n join stock_place place on place.stock_place_id = n.stock_place_id
            where n.to_lot_id = @StockLotId),
        dealt as (
            select partner_id, sum(came)::bigint as came, sum(sent)::bigint as sent, sum(sold)::bigint as sold, sum(lost)::bigint as lost from entry group by partner_id),
        held as (
            select place.partner_id, sum(b.on_hand)::bigint as on_hand, sum(b.in_transit)::bigint as in_transit
            from stock_lot_balance b join stock_place place on place.stock_place_id = b.stock_place_id
            where b.stock_lot_id = @StockLotId
            group by place.partner_id)
        select p.number, p.name, p.name_latin, p.country_code, p.phone, dealt.came, dealt.sent, dealt.sold, dealt.lost, coalesce(held.on_hand, 0) as on_hand, coalesce(held.in_transit, 0) as in_transit
        from dealt
        join partner p on p.partner_id = dealt.partner_id
        left join held on held.partner_id = dealt.partner_id
        order by coalesce(held.on_hand, 0) + coalesce(held.in_transit, 0) desc, dealt.sold desc, p.name
        """, new { lot.StockLotId }, ct);
}

/// <summary>A lot or serial number.</summary>
public sealed record LotHead(long StockLotId, string Sku, string Name, string NameZh, string Kind, string Code, DateOnly? MadeOn, DateOnly? BestBefore, bool? IsExpired);

/// <summary>A lot, its way and where it is.</summary>
/// <param name="Lot">The lot.</param>
/// <param name="Steps">Its way, the oldest step first.</param>
/// <param name="Holders">Where pieces of it are.</param>
public sealed record LotTrace(LotHead Lot, IReadOnlyList<TraceStep> Steps, IReadOnlyList<TraceHolder> Holders);

/// <summary>One step of a lot's way; what belongs to others is null.</summary>
public sealed record TraceStep
{
    /// <summary>When.</summary>
    public DateTime HappenedAt { get; init; }

    /// <summary>A kind of movement of the ledger, <c>naming</c> for pieces that got their number where they lay, or <c>direct</c> for the paper of goods that went straight to the buyer.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Why it came or went, by code.</summary>
    public string? Reason { get; init; }

    /// <summary>How many pieces.</summary>
    public long Quantity { get; init; }

    /// <summary>Whose it was.</summary>
    public string? FromName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? FromLatin { get; init; }

    /// <summary>The place it left.</summary>
    public string? FromPlace { get; init; }

    /// <summary>Whose it became.</summary>
    public string? ToName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? ToLatin { get; init; }

    /// <summary>The place it went to.</summary>
    public string? ToPlace { get; init; }

    /// <summary>The order.</summary>
    public string? OrderNumber { get; init; }

    /// <summary>The shipment, receipt, transfer, count or return.</summary>
    public string? DocumentNumber { get; init; }
}

/// <summary>Where pieces of a lot are.</summary>
public sealed record TraceHolder(string Number, string Name, string? NameLatin, string Place, long OnHand, long InTransit);

/// <summary>A company that has dealt with a lot.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameLatin">The same in Latin letters.</param>
/// <param name="CountryCode">Its country.</param>
/// <param name="Phone">Its telephone.</param>
/// <param name="Came">How many pieces came to it, or are on their way.</param>
/// <param name="Sent">How many it sent on or back.</param>
/// <param name="Sold">How many it sold to end customers.</param>
/// <param name="Lost">How many it lost or wrote off.</param>
/// <param name="OnHand">How many it holds.</param>
/// <param name="InTransit">How many are on their way to it.</param>
public sealed record RecallRow(string Number, string Name, string? NameLatin, string CountryCode, string? Phone, long Came, long Sent, long Sold, long Lost, long OnHand, long InTransit);
