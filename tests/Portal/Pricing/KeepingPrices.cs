using Npgsql;
using Platform.Database;
using Shouldly;
using Support;

namespace Portal.Tests.Pricing;

/// <summary>What the database itself refuses about prices, whoever asks.</summary>
public sealed class KeepingPrices(PortalApp portal) : IClassFixture<PortalApp>
{
    Given Given => portal.Given;

    [Fact]
    public async Task A_product_has_one_price_at_a_time_in_a_book()
    {
        var (brand, desk) = (await Given.TheBrand(), await Given.AProduct("K-1"));
        var book = await Given.ABook(brand, "K1");
        await Given.AnEntry(book, desk, 1m, "[2026-01-01,2026-06-01)");

        (await Books.ConstraintOf(() => Given.AnEntry(book, desk, 2m, "[2026-05-31,)"))).ShouldBe("a_product_has_one_price_at_a_time");
        (await Books.ConstraintOf(() => Given.AnEntry(book, desk, 2m, "[2026-06-01,)"))).ShouldBeNull();
    }

    [Fact]
    public async Task A_seller_has_one_list_at_a_time_and_a_list_names_no_buyer()
    {
        var (brand, huaxin) = (await Given.TheBrand(), await Given.APartner("Huaxin", "distributor"));
        await Given.ABook(brand, "K2-LIST", kind: "list", currency: "EUR", valid: "[2026-01-01,2026-07-01)");

        (await Books.ConstraintOf(() => Given.ABook(brand, "K2-LIST2", kind: "list", currency: "EUR", valid: "[2026-06-30,)"))).ShouldBe("a_seller_has_one_list_at_a_time");
        (await Books.ConstraintOf(() => Given.ABook(brand, "K2-LIST3", kind: "list", currency: "EUR", valid: "[2026-07-01,)"))).ShouldBeNull();
        (await Books.ConstraintOf(() => Given.ABook(brand, "K2-GOLD", kind: "list", currency: "USD", level: "gold"))).ShouldBe("a_list_is_for_everyone");
        (await Books.ConstraintOf(() => Given.ABook(brand, "K2-TWO", level: "gold", buyer: huaxin))).ShouldBe("a_book_for_one_buyer_names_nothing_else");
    }

    [Fact]
    public async Task What_has_held_once_is_not_rewritten()
    {
        var (brand, desk) = (await Given.TheBrand(), await Given.AProduct("K-3"));
        var admin = await Given.SomebodyOfTheBrand("brand_admin");
        var book = await Given.ABook(brand, "K3");
        await Given.AnEntry(book, desk, 100m);
        await Given.ARule(brand, "K3", 0.1m);

        (await Refused(admin, "update price_book_entry set unit_price = 1")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Refused(admin, "delete from price_book_entry")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Refused(admin, "update price_rule set discount_rate = 1")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Refused(admin, "delete from price_rule")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Refused(admin, "update price_book set currency = 'EUR'")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Refused(admin, "update currency set minor_units = 3")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await As(admin, "update price_book_entry set valid = daterange(lower(valid), '2026-04-01') where price_book_id = @book", new { book })).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_reads_or_writes_another_sellers_prices()
    {
        var (huaxin, rival) = (await Given.ADistributor("Huaxin"), await Given.ADistributor("Rival"));
        var jiangnan = await Given.AReseller("Jiangnan", huaxin.Partner);
        var desk = await Given.AProduct("K-4");
        var book = await Given.ABook(huaxin.Partner, "K4");
        await Given.AnEntry(book, desk, 77m);
        await Given.ARule(huaxin.Partner, "K4", 0.1m, products: [desk]);

        foreach (var stranger in new[] { rival, jiangnan })
        {
            (await List(stranger, "select code from price_book")).ShouldBeEmpty();
            (await List(stranger, "select unit_price::text from price_book_entry")).ShouldBeEmpty();
            (await List(stranger, "select code from price_rule")).ShouldBeEmpty();
            (await List(stranger, "select price_rule_id::text from price_rule_product")).ShouldBeEmpty();
            (await Refused(stranger, "insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at) values (@book, @desk, 1, '[2020-01-01,2020-02-01)', now())", new { book, desk })).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
            (await As(stranger, "update price_book set valid = 'empty'")).ShouldBe(0);
        }

        (await Refused(rival, "insert into price_book (seller_id, code, name, kind, currency, valid, created_at) values (@id, 'X', 'X', 'net', 'CNY', '[2026-01-01,)', now())", new { id = huaxin.Partner.PartnerId })).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await List(huaxin, "select code from price_book")).ShouldBe(["K4"]);
    }

    [Fact]
    public async Task Only_administrators_and_the_deal_desk_set_prices()
    {
        var huaxin = await Given.APartner("Huaxin", "distributor");
        var (sales, finance, channel) = (await Given.APerson(huaxin, "sales"), await Given.SomebodyOfTheBrand("finance"), await Given.SomebodyOfTheBrand("channel_manager"));
        const string Insert = "insert into price_book (seller_id, code, name, kind, currency, valid, created_at) values (@id, 'K5', 'X', 'net', 'CNY', '[2026-01-01,)', now())";

        (await Refused(sales, Insert, new { id = huaxin.PartnerId })).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Refused(finance, Insert, new { id = finance.Partner.PartnerId })).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Refused(channel, Insert, new { id = channel.Partner.PartnerId })).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await As(await Given.SomebodyOfTheBrand("deal_desk"), Insert, new { id = finance.Partner.PartnerId })).ShouldBe(1);
        (await Refused(await Given.ADistributor("Whole"), "insert into price_rule (seller_id, code, name, kind, discount_rate, audience, covers, whole_channel, valid, created_at) select app_partner_id(), 'X', 'X', 'promotion', 0.5, 'partners', 'all', true, '[2026-01-01,)', now()")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task Rates_are_kept_by_finance_and_hold_until_the_next()
    {
        await Given.TheBrand();
        var finance = await Given.SomebodyOfTheBrand("finance");
        var sales = await Given.ADistributor("Huaxin");
        const string Insert = "insert into exchange_rate (currency, valid_from, rate, entered_at) values ('EUR', @day, @rate, now())";
        await As(finance, Insert, new { day = new DateOnly(2026, 1, 1), rate = 1.10m });
        await As(finance, Insert, new { day = new DateOnly(2026, 2, 1), rate = 1.20m });

        (await Refused(sales, Insert, new { day = new DateOnly(2026, 3, 1), rate = 9m })).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await List(sales, "select coalesce(rate_to_brand('EUR', day::date)::text, 'none') from unnest(array['2025-12-31', '2026-01-31', '2026-02-01', '2030-01-01']) as day")).ShouldBe(["none", "1.1000000000", "1.2000000000", "1.2000000000"]);
        (await List(sales, "select rate_to_brand('USD', '2026-01-01')::text")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Costs_are_the_brands_alone()
    {
        var (partner, desk) = (await Given.ADistributor("Huaxin"), await Given.AProduct("K-7"));
        await portal.Database.ExecuteAsync("insert into product_cost values (@desk, 'CNY', 42)", new { desk });

        (await List(partner, "select unit_cost::text from product_cost")).ShouldBeEmpty();
        (await List(await Given.SomebodyOfTheBrand("finance"), "select unit_cost::text from product_cost")).ShouldBe(["42.0000"]);
    }

    async Task<string?> Refused(TestPerson person, string sql, object? args = null)
    {
        try
        {
            await As(person, sql, args);
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }

    Task<int> As(TestPerson person, string sql, object? args = null) =>
        portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, person.Subject)).ExecuteAsync(sql, args, CancellationToken.None);

    Task<List<string>> List(TestPerson person, string sql) =>
        portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, person.Subject)).ListAsync<string>(sql, null, CancellationToken.None);
}
