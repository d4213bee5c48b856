using Support;

namespace Portal.Tests.Orders;

/// <summary>Products with prices, and goods on shelves.</summary>
static class GivenTrade
{
    /// <summary>Active products at 10.01, 20.02 and so on in yuan, one that is discontinued (OLD-1).</summary>
    public static async Task Products(this Given given)
    {
        var brand = await given.TheBrand();
        await given.Database.ExecuteAsync("""
            insert into product_line (code, name, name_zh) values ('DESK', 'Desks', '办公桌');
            insert into product (sku, name, name_zh, product_line_id, status, created_at)
            select sku, 'Desk ' || sku, '桌子 ' || sku, product_line_id, status, @now
            from product_line, (select 'A-' || lpad(n::text, 2, '0') as sku, 'active' as status from generate_series(1, 40) as n union all values ('OLD-1', 'discontinued')) as made;
            insert into price_book (seller_id, code, name, kind, currency, audience, valid, created_at)
            values (@brand, 'LIST', 'List', 'list', 'CNY', 'everyone', '[2020-01-01,)', @now);
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select b.price_book_id, p.product_id, substr(p.sku, 3)::int * 10.01, '[2020-01-01,)', @now
            from price_book b, product p where p.sku like 'A-%';
            """, new { brand = brand.PartnerId, now = given.Clock.Now.UtcDateTime });
    }

    /// <summary>Goods on a partner's shelf.</summary>
    public static Task Stock(this Given given, TestPartner partner, string sku, int quantity) => given.Database.ExecuteAsync("""
        begin;
        set local search_path = portal, public;
        select enter_as_system('test');
        select stock_record('supply', stock_place_of(@partner), array[product_id], array[@quantity::bigint], @now, @now, null) from product where sku = @sku;
        commit
        """, new { partner = partner.PartnerId, sku, quantity, now = given.Clock.Now.UtcDateTime });
}
