using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Orders;

/// <summary>
/// Calculates every order again: a line is quantity times price rounded to the currency's minor unit, the price is the last step of
/// its explanation, and the total is the sum of the rounded lines.
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
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"the amounts of {lines:N0} order lines"), findings);
    }, ct);
}
