using Platform.Database;

namespace Portal.Stock;

/// <summary>
/// Follows what was reserved of each balance from its first row to the last: each row begins where the one before ended, none tells of less than nothing or more than was on hand as was known then, and the last
/// is what the balance says.
/// </summary>
static class ReservedCheck
{
    /// <summary>What is wrong.</summary>
    public static Task<List<string>> FindingsAsync(Db db, CancellationToken ct) => db.ListAsync<string>("""
        with row as (
            select l.*, lag(l.reserved, 1, 0::bigint) over ordered as before, row_number() over (partition by l.stock_place_id, l.product_id order by l.stock_reserved_id desc) as from_the_end,
                   max(l.at) filter (where not l.is_behind) over (ordered rows between unbounded preceding and 1 preceding) as latest
            from stock_reserved l
            window ordered as (partition by l.stock_place_id, l.product_id order by l.stock_reserved_id)),
        finding as (
            select stock_place_id, product_id, format('%s reserved at %s of %s on hand', reserved, at, on_hand) as says from row where reserved < 0 or reserved > on_hand
            union all
            select stock_place_id, product_id, format('%s reserved at %s, and %s before that changed by %s', reserved, at, before, change) from row where before + change <> reserved
            union all
            select stock_place_id, product_id, format('%s reserved at %s, written after what was reserved at %s', reserved, at, latest) from row where not is_behind and at < latest
            union all
            select stock_place_id, product_id, format('the balance says %s reserved, the last row of its log %s', coalesce(b.reserved, 0), coalesce(last.reserved, 0))
            from (select stock_place_id, product_id, reserved from row where from_the_end = 1) last
            full join stock_balance b using (stock_place_id, product_id)
            where coalesce(b.reserved, 0) <> coalesce(last.reserved, 0))
        select format('%s of %s, place %s: %s', coalesce(p.sku, finding.product_id::text), coalesce(holder.number, '-'), coalesce(place.code, finding.stock_place_id::text), finding.says)
        from finding
        left join stock_place place using (stock_place_id)
        left join partner holder using (partner_id)
        left join product p using (product_id)
        order by holder.number, p.sku, finding.says
        limit 100
        """, null, ct);
}
