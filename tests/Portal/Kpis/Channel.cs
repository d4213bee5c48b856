using Platform.Database;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>A small channel: the brand, two distributors, a store under the first.</summary>
static class Channel
{
    public const long Brand = 1, Distributor = 2, Store = 3, OtherDistributor = 4;
    public const long Desks = 1, Plans = 2;

    public static Caller ChannelManager { get; } = Caller.Subject("https://id.example", "channel");

    public static Caller DistributorSales { get; } = Caller.Subject("https://id.example", "sales");

    public static Caller OtherDistributorSales { get; } = Caller.Subject("https://id.example", "other");

    public static async Task MakeAsync(TestDatabase database)
    {
        await database.ExecuteAsync("""
            set search_path = portal, public;
            insert into partner (number, name, partner_type, upstream_id, partner_level, country_code, currency, created_at) values
                ('P-BRAND', 'Northlight', 'brand', null, 'registered', 'CN', 'CNY', '2026-01-01Z'),
                ('P-HUAXIN', '华信', 'distributor', 1, 'gold', 'CN', 'CNY', '2026-01-01Z'),
                ('P-STORE', '无锡门店', 'store', 2, 'silver', 'CN', 'CNY', '2026-01-01Z'),
                ('P-EURO', 'Eurodist', 'distributor', 1, 'gold', 'DE', 'EUR', '2026-01-01Z');
            insert into person (number, partner_id, issuer, subject, name, created_at) values
                ('U-CHANNEL', 1, 'https://id.example', 'channel', 'Channel', '2026-01-01Z'),
                ('U-SALES', 2, 'https://id.example', 'sales', 'Sales', '2026-01-01Z'),
                ('U-OTHER', 4, 'https://id.example', 'other', 'Other', '2026-01-01Z');
            insert into person_role select person_id, case when partner_id = 1 then 'channel_manager' else 'sales' end from person;
            insert into product_line (code, name, name_zh) values ('DESKS', 'Desks', '桌'), ('PLANS', 'Plans', '套餐');
            """);
    }
}
