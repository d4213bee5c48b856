using Platform.Database;
using Portal.Customers;

namespace Portal.Deals;

/// <summary>The deals about a customer, on the customer's page; for the brand those about the same company of all partners.</summary>
sealed class DealsOfCustomer(Db db) : ICustomerPart
{
    public async Task<ShownPart> ShowAsync(Customer customer, CancellationToken ct) => new("/Deals/_DealsOfCustomer.cshtml", await db.ListAsync<DealRow>("""
        select d.number, c.name as customer_name, c.number as customer_number, p.name as partner_name, p.name_latin as partner_name_latin, d.status, d.amount, d.currency, t.name as territory_name, t.name_zh as territory_name_zh,
               d.expected_close, d.submitted_at, d.protected_until, d.updated_at, lines.names as line_names, lines.names_zh as line_names_zh
        from end_customer c
        join deal d using (end_customer_id)
        join partner p on p.partner_id = d.partner_id
        join territory t on t.territory_id = d.territory_id
        cross join lateral (
            select array_agg(n.name order by n.code) as names, array_agg(n.name_zh order by n.code) as names_zh
            from deal_product_line l join product_line n using (product_line_id) where l.deal_id = d.deal_id and l.lost_at is null
        ) lines
        where c.customer_cluster_id = @CustomerClusterId
        order by d.updated_at desc
        limit 50
        """, new { customer.CustomerClusterId }, ct));
}
