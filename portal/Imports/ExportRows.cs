using System.Runtime.CompilerServices;
using Platform.Database;
using Portal.Documents.Tables;

namespace Portal.Imports;

/// <summary>Reads everything of a kind that the caller may see, in the columns by which it can be imported again; row by row, whatever its number.</summary>
public sealed class ExportRows(Db db)
{
    /// <summary>The columns of a file of that kind.</summary>
    public static IReadOnlyList<TableColumn> Columns(ImportKind kind) => [.. kind.Fields.Select(field => field.Type switch
    {
        ImportFieldType.Number or ImportFieldType.Share => new TableColumn(field.Name, TableColumnKind.Number, Decimals: 4),
        ImportFieldType.WholeNumber => new TableColumn(field.Name, TableColumnKind.Number, Decimals: 0),
        ImportFieldType.Day => new TableColumn(field.Name, TableColumnKind.Date),
        _ => new TableColumn(field.Name),
    })];

    /// <summary>The rows.</summary>
    public async IAsyncEnumerable<IReadOnlyList<object?>> OfAsync(ImportKind kind, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in db.StreamAsync<object>(Sql(kind.Code), null, ct))
        {
            var values = (IDictionary<string, object?>)row;
            yield return [.. kind.Fields.Select(field => Value(values[field.Name]))];
        }
    }

    // Trailing zeros of numeric(18, 4) say nothing.
    static object? Value(object? value) => value switch
    {
        decimal number => number / 1.0000000000000000000000000000m,
        DateTime day => DateOnly.FromDateTime(day),
        _ => value,
    };

    // Territories and lines are written by name where the import makes the same code of it, so that an empty portal gets the name as well.
    static string Sql(string kind) => kind switch
    {
        "partners" => """
            select coalesce(b.code, b.number) as code, b.name, b.name_latin, b.partner_type, b.partner_level, case when u.partner_type <> 'brand' then coalesce(u.code, u.number) end as upstream_code,
                   case when upper(regexp_replace(t.name, '[^A-Za-z0-9-]', '_', 'g')) = t.code then t.name else t.code end as territory, b.country_code, b.state, b.city, b.postal_code, b.address, b.phone, b.currency, b.language, b.time_zone, b.annual_sales, b.employees, b.year_opened
            from partner b
            join partner u on u.partner_id = b.upstream_id
            left join territory t on t.territory_id = b.territory_id
            order by (select max(l.distance) from partner_line l where l.partner_id = b.partner_id), 1
            """,
        "products" => """
            select p.sku, p.name, p.name_zh, case when upper(regexp_replace(l.name, '[^A-Za-z0-9-]', '_', 'g')) = l.code then l.name else l.code end as line, p.category, p.category_zh, p.colour, p.colour_zh, p.size, p.weight, p.unit, p.status, p.gtin, p.pack_size, p.min_quantity, p.order_multiple, p.lead_days, p.tracking, case when p.kept_in_stock then 'yes' else 'no' end as kept_in_stock, next.sku as successor, c.unit_cost as cost, c.currency as cost_currency,
                   list.unit_price as list_price, list.currency as price_currency
            from product p
            join product_line l on l.product_line_id = p.product_line_id
            left join product next on next.product_id = p.successor_id
            left join product_cost c on c.product_id = p.product_id
            left join lateral (
                select e.unit_price, k.currency
                from price_book k
                join partner s on s.partner_id = k.seller_id and s.partner_type = 'brand'
                join price_book_entry e on e.price_book_id = k.price_book_id
                where k.kind = 'list' and k.valid @> current_date and e.product_id = p.product_id and e.valid @> current_date
                order by k.currency = s.currency desc, k.currency
                limit 1) as list on true
            order by p.sku
            """,
        "prices" => """
            select p.sku, e.unit_price as price, k.currency, k.code as book, k.partner_level, k.tier, lower(e.valid) as "from", upper(e.valid) - 1 as until
            from price_book k
            join partner s on s.partner_id = k.seller_id and s.partner_type = 'brand'
            join price_book_entry e on e.price_book_id = k.price_book_id
            join product p on p.product_id = e.product_id
            where not isempty(e.valid)
            order by k.code, p.sku, lower(e.valid)
            """,
        "promotions" => """
            select r.code, r.name, r.name_zh, r.kind, r.reason, r.discount_rate as rate, r.min_quantity, r.max_quantity, r.audience, l.code as line,
                   (select string_agg(p.sku, ';' order by p.sku) from price_rule_product x join product p on p.product_id = x.product_id where x.price_rule_id = r.price_rule_id) as skus,
                   case when r.whole_channel then 'yes' else 'no' end as whole_channel, lower(r.valid) as "from", upper(r.valid) - 1 as until
            from price_rule r
            join partner s on s.partner_id = r.seller_id and s.partner_type = 'brand'
            left join product_line l on l.product_line_id = r.product_line_id
            where not isempty(r.valid)
            order by r.code
            """,
        "customers" => """
            select c.name, array_to_string(c.other_names, ';') as other_names, c.country_code, c.state, c.city, c.postal_code, c.address, c.credit_code, c.vat_number, c.duns, c.domain, c.phone,
                   case when c.direct_account then 'yes' else 'no' end as direct_account, case when p.partner_type <> 'brand' then coalesce(p.code, p.number) end as partner_code
            from end_customer c
            join partner p on p.partner_id = c.partner_id
            order by c.end_customer_id
            """,
        "orders" => """
            select coalesce(o.external_number, o.number) as order_number, o.ordered_on as order_date, coalesce(b.code, b.number) as buyer_code, l.line_number as line, p.sku,
                   l.quantity - l.cancelled as quantity, l.unit_price, round(l.unit_price * (l.quantity - l.cancelled), c.minor_units) as line_amount, o.currency
            from purchase_order o
            join purchase_order_line l on l.purchase_order_id = o.purchase_order_id
            join partner b on b.partner_id = o.buyer_id
            join product p on p.product_id = l.product_id
            join currency c on c.code = o.currency
            where o.status in ('confirmed', 'partially_shipped', 'shipped', 'received', 'closed') and l.quantity > l.cancelled
            order by o.ordered_on, o.purchase_order_id, l.line_number
            """,
        // Without the customer's number, which another portal would not know: name and identifiers lead back to it.
        "deals" => """
            select null::text as customer_number, c.name as customer, array_to_string(c.other_names, ';') as other_names, c.country_code, c.state, c.city, c.address, c.credit_code, c.vat_number, c.duns, c.domain, c.phone,
                   (select string_agg(n.code, ';' order by n.code) from deal_product_line l join product_line n using (product_line_id) where l.deal_id = d.deal_id and l.lost_at is null) as product_lines, t.code as territory,
                   d.amount, d.currency, d.expected_close, d.period_from, d.period_until, d.contact_name, d.contact_email, d.contact_phone, d.need,
                   case when d.status = 'draft' then 'no' else 'yes' end as submit, coalesce(p.code, p.number) as partner_code
            from deal d
            join end_customer c using (end_customer_id)
            join territory t on t.territory_id = d.territory_id
            join partner p on p.partner_id = d.partner_id
            order by d.deal_id
            """,
        "payments" => """
            select p.paid_on, p.amount, p.currency, coalesce(b.code, b.number) as payer, p.reference, p.bank_reference
            from payment p
            join partner b on b.partner_id = p.buyer_id
            where (p.seller_id = app_partner_id() or (app_is_system() and p.seller_id = (select s.partner_id from partner s where s.partner_type = 'brand')))
              and not exists (select from payment_reversal r where r.payment_id = p.payment_id)
            order by p.payment_id
            """,
        // A lead that is over is not handed out again: it says to nobody.
        "leads" => """
            select l.company, l.country_code, l.state, l.city, l.address, l.credit_code, l.vat_number, l.domain, l.phone,
                   (select string_agg(n.code, ';' order by n.code) from lead_product_line x join product_line n using (product_line_id) where x.lead_id = l.lead_id) as product_lines, t.code as territory,
                   l.amount, l.currency, l.contact_name, l.contact_email, l.contact_phone, l.need, l.teaser, l.source,
                   case when l.status = 'offered' then coalesce(p.code, p.number) end as offer_to, case when l.status = 'pool' then l.pool_level end as pool
            from lead l
            join territory t on t.territory_id = l.territory_id
            left join partner p on p.partner_id = l.partner_id
            order by l.lead_id
            """,
        _ => throw new InvalidOperationException($"'{kind}' cannot be exported."),
    };
}
