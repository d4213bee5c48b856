using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Stock;

/// <summary>What every place held at the end of a day, from the ledger alone: nothing below nothing, and all of it supply less sales and losses. What of it was reserved is told beside, where it is known.</summary>
public sealed class StockOnDay(Db db) : IDayCheck
{
    /// <inheritdoc/>
    public string Name => "stock";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(DateOnly day, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var held = await db.OneAsync<Held>("""
            with moved as (
                select source.kind as source, target.kind as target, m.quantity
                from stock_move m
                join stock_place source on source.stock_place_id = m.from_place_id
                join stock_place target on target.stock_place_id = m.to_place_id
                where m.moved_at < brand_midnight(@day + 1)),
            promised as (
                select greatest(0, sum(l.change)) as reserved
                from stock_reserved l
                where l.at < brand_midnight(@day + 1)
                group by l.stock_place_id, l.product_id)
            select coalesce(sum(case when target = 'own' then quantity else 0 end) - sum(case when source = 'own' then quantity else 0 end), 0)::bigint as on_hand,
                   coalesce(sum(case when target = 'in_transit' then quantity else 0 end) - sum(case when source = 'in_transit' then quantity else 0 end), 0)::bigint as in_transit,
                   coalesce(sum(quantity) filter (where source = 'supply'), 0)::bigint as supplied,
                   coalesce(sum(quantity) filter (where target = 'customer'), 0)::bigint as sold,
                   coalesce(sum(quantity) filter (where target = 'loss'), 0)::bigint as lost,
                   case when coalesce(stock_reserved_known_since() < brand_midnight(@day + 1), true) then coalesce((select sum(reserved) from promised), 0)::bigint end as reserved
            from moved
            """, new { day }, ct);
        var findings = await db.ListAsync<string>("""
            with held as (
                select place_id, product_id, sum(quantity) as quantity
                from (select from_place_id as place_id, product_id, -quantity as quantity from stock_move where moved_at < brand_midnight(@day + 1)
                      union all
                      select to_place_id, product_id, quantity from stock_move where moved_at < brand_midnight(@day + 1)) as entry
                group by place_id, product_id
                having sum(quantity) < 0)
            select format('%s of %s: %s held (%s)', p.sku, holder.number, held.quantity, place.kind)
            from held
            join stock_place place on place.stock_place_id = held.place_id and place.partner_id is not null
            join partner holder on holder.partner_id = place.partner_id
            join product p on p.product_id = held.product_id
            order by holder.number, p.sku
            limit 100
            """, new { day }, ct);
        findings.AddRange(await TrackingCheck.OnDayAsync(db, day, ct));
        if (held.OnHand + held.InTransit != held.Supplied - held.Sold - held.Lost)
        {
            findings.Add(string.Create(CultureInfo.InvariantCulture, $"all places held {held.OnHand + held.InTransit:N0} pieces, supply less sales and losses was {held.Supplied - held.Sold - held.Lost:N0}"));
        }

        return new CheckResult(string.Create(CultureInfo.InvariantCulture,
            $"{day:yyyy-MM-dd}: {held.OnHand:N0} on hand ({Promised(held.Reserved)}) + {held.InTransit:N0} in transit = {held.Supplied:N0} supplied - {held.Sold:N0} sold - {held.Lost:N0} lost"), findings);
    }, ct);

    static string Promised(long? reserved) => reserved is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:N0} of it reserved") : "reserved is not known";

    sealed record Held(long OnHand, long InTransit, long Supplied, long Sold, long Lost, long? Reserved);
}
