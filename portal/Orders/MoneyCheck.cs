using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Orders;

/// <summary>
/// Calculates every order again: a line is quantity times price rounded to the currency's minor unit, the price is the last step of
/// its explanation, and the total is the sum of the rounded lines. What orders and offers have taken of promotions with a limit and of special prices is what stands with those, less what was called off.
/// </summary>
public sealed class MoneyCheck(Db db) : ICheck
{
    /// <inheritdoc/>
    public string Name => "money";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var lines = await db.OneAsync<long>("select count(*) from purchase_order_line", null, ct);
        var findings = await db.ListAsync<string>("""
            select format('%s line %s: %s times %s %s is not %s', o.number, l.line_number, l.quantity, l.unit_price, o.currency, l.amount)
            from purchase_order_line l
            join purchase_order o using (purchase_order_id)
            join currency c on c.code = o.currency
            where l.amount <> round(l.quantity * l.unit_price, c.minor_units)
            union all
            select format('%s line %s costs %s, its explanation ends with %s', o.number, l.line_number, l.unit_price, l.price_steps -> -1 ->> 'price')
            from purchase_order_line l
            join purchase_order o using (purchase_order_id)
            where l.price_steps <> '[]' and (l.price_steps -> -1 ->> 'price')::numeric <> l.unit_price
            union all
            select format('%s is %s %s, its lines are %s', o.number, o.total_amount, o.currency, coalesce(counted.amount, 0))
            from purchase_order o
            left join (select purchase_order_id, sum(amount) as amount from purchase_order_line group by purchase_order_id) as counted using (purchase_order_id)
            where o.total_amount <> coalesce(counted.amount, 0)
            limit 100
            """, null, ct);
        findings.AddRange(await PromotionsAsync(ct));
        findings.AddRange(await SpecialPricesAsync(ct));
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"the amounts of {lines:N0} order lines"), findings);
    }, ct);

    Task<List<string>> PromotionsAsync(CancellationToken ct) => db.ListAsync<string>("""
        with share as (
            select s.purchase_order_id, s.price_rule_id, sum(s.amount) as amount, sum(s.given_back) as given_back from purchase_order_promotion_line s group by s.purchase_order_id, s.price_rule_id),
        taken as (
            select price_rule_id, sum(amount) as amount, count(*) as uses
            from (select u.price_rule_id, u.amount - coalesce(share.given_back, 0) as amount from purchase_order_promotion u left join share using (purchase_order_id, price_rule_id) where not u.given_back
                  union all
                  select q.price_rule_id, q.amount from quote_promotion q where q.state = 'taken') use
            group by price_rule_id)
        select format('promotion %s has given %s in %s orders, its orders and offers have taken %s in %s', r.code, g.spent, g.orders, coalesce(taken.amount, 0), coalesce(taken.uses, 0))
        from price_rule_spending g
        join price_rule r using (price_rule_id)
        left join taken using (price_rule_id)
        where (g.spent, g.orders) is distinct from (coalesce(taken.amount, 0), coalesce(taken.uses, 0))
        union all
        select format('%s took %s of promotion %s, the shares of its lines come to %s', o.number, u.amount, r.code, share.amount)
        from purchase_order_promotion u
        join share using (purchase_order_id, price_rule_id)
        join purchase_order o using (purchase_order_id)
        join price_rule r using (price_rule_id)
        where share.amount <> u.amount
        union all
        select format('%s line %s: %s of %s called off, and %s of the %s that it took of promotion %s came back', o.number, l.line_number, l.cancelled, l.quantity, s.given_back, s.amount, r.code)
        from purchase_order_promotion_line s
        join purchase_order_promotion u using (purchase_order_id, price_rule_id)
        join purchase_order_line l using (purchase_order_line_id)
        join purchase_order o on o.purchase_order_id = l.purchase_order_id
        join price_rule r on r.price_rule_id = s.price_rule_id
        where s.given_back <> case when u.given_back or l.cancelled = l.quantity then s.amount else round(s.amount * l.cancelled / l.quantity, 4) end
        limit 100
        """, null, ct);

    Task<List<string>> SpecialPricesAsync(CancellationToken ct) => db.ListAsync<string>("""
        with taken as (
            select p.special_price_id, sum(p.quantity - p.pieces_given_back) as pieces from purchase_order_special_price p where not p.given_back group by p.special_price_id),
        called_off as (
            select l.purchase_order_id, l.product_id, sum(l.cancelled) as pieces from purchase_order_line l where l.cancelled > 0 and l.price_steps -> -1 ->> 'kind' = 'deal' group by l.purchase_order_id, l.product_id)
        select format('special price %s of %s says that %s of %s were taken, its orders have taken %s', s.number, p.sku, s.taken, s.quantity, coalesce(taken.pieces, 0))
        from special_price s
        join product p using (product_id)
        left join taken using (special_price_id)
        where s.taken <> coalesce(taken.pieces, 0)
        union all
        select format('%s: %s of %s at a special price were called off, and %s came back', o.number, coalesce(c.pieces, 0), p.sku, t.pieces_given_back)
        from purchase_order_special_price t
        join special_price s using (special_price_id)
        join product p using (product_id)
        join purchase_order o using (purchase_order_id)
        left join called_off c on c.purchase_order_id = t.purchase_order_id and c.product_id = s.product_id
        where not t.given_back and t.pieces_given_back <> coalesce(c.pieces, 0)
        limit 100
        """, null, ct);
}
