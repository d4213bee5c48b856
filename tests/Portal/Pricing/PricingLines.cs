using Portal.Pricing;
using Shouldly;
using Support;

namespace Portal.Tests.Pricing;

public sealed class PricingLines(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    TestPartner brand = null!;
    TestPerson huaxin = null!;
    TestPerson jiangnan = null!;
    TestPerson dealDesk = null!;

    Given Given => portal.Given;

    public async Task InitializeAsync()
    {
        // Each test has its own products and books; the clean slate makes a book's absence a fact.
        await portal.Database.ExecuteAsync("delete from price_rule_product; delete from price_rule; delete from price_book_entry; delete from price_book; delete from product; delete from product_line");
        brand = await Given.TheBrand();
        var distributor = await Given.APartner("Huaxin", "distributor", level: "gold");
        huaxin = await Given.APerson(distributor, "purchasing");
        jiangnan = await Given.APerson(await Given.APartner("Jiangnan", "reseller", distributor, level: "silver"), "purchasing");
        dealDesk = await Given.SomebodyOfTheBrand("deal_desk");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_price_goes_from_list_to_book_to_volume_to_promotion_and_tells_each_step()
    {
        var desk = await Given.AProduct("DESK-1");
        await Given.AnEntry(await Given.ABook(brand, "LIST", kind: "list"), desk, 120m);
        await Given.AnEntry(await Given.ABook(brand, "GOLD", level: "gold"), desk, 96m);
        await Given.ARule(brand, "V11", 0.02m, kind: "volume", min: 11);
        await Given.ARule(brand, "SPRING", 0.05m);

        var line = (await portal.Ask(huaxin, huaxin.Partner, brand, "CNY", "2026-03-01", ("DESK-1", 12))).Single();

        line.Steps.ShouldBe(
        [
            new PriceStep("list", "LIST", 1, "Book LIST", "价目 LIST", null, 120.00m),
            new PriceStep("book", "GOLD", 1, "Book GOLD", "价目 GOLD", null, 96.00m),
            new PriceStep("volume", "V11", 1, "Rule V11", "规则 V11", 0.02m, 94.08m),
            new PriceStep("promotion", "SPRING", 1, "Rule SPRING", "规则 SPRING", 0.05m, 89.38m),
        ]);
        (line.UnitPrice, line.LineAmount, line.ListPrice, line.Name, line.NameZh, line.Unit).ShouldBe((89.38m, 1072.56m, 120.00m, "Product DESK-1", "产品 DESK-1", "piece"));
    }

    [Fact]
    public async Task Each_line_that_has_no_price_says_why_and_the_others_have_theirs()
    {
        var list = await Given.ABook(brand, "LIST", kind: "list");
        await Given.AnEntry(list, await Given.AProduct("GOOD"), 10m);
        await Given.AnEntry(list, await Given.AProduct("OLD", status: "discontinued"), 10m);
        await Given.AProduct("FREE-OF-PRICE");

        var lines = await portal.Ask(huaxin, huaxin.Partner, brand, "CNY", "2026-03-01", ("GOOD", 3), ("NOPE", 1), ("OLD", 1), ("FREE-OF-PRICE", 1), ("GOOD", 0), ("GOOD", -2), ("GOOD", 1));

        lines.Select(Books.Explain).ShouldBe(
        [
            "list LIST 10.00 = 30.00", "pricing.refused.unknown_sku", "pricing.refused.discontinued", "pricing.refused.no_price",
            "pricing.refused.quantity_not_positive", "pricing.refused.quantity_not_positive", "list LIST 10.00 = 10.00",
        ]);
        lines[1].UnitPrice.ShouldBe(0);
    }

    [Fact]
    public async Task There_is_no_conversion_between_currencies()
    {
        var desk = await Given.AProduct("DESK-2");
        await Given.AnEntry(await Given.ABook(brand, "LIST", kind: "list"), desk, 120m);

        (await portal.Ask(huaxin, huaxin.Partner, brand, "EUR", "2026-03-01", ("DESK-2", 1))).Single().Refusal.ShouldBe("pricing.refused.no_price");
        (await portal.Ask(huaxin, huaxin.Partner, brand, "XXX", "2026-03-01", ("DESK-2", 1))).Single().Refusal.ShouldBe("pricing.refused.not_sold_here");
    }

    [Theory]
    // A book for the buyer wins over one for its level, that one over one for all; priority wins over everything.
    [InlineData("ALL 100, GOLD 90, MINE 95", "MINE 95.00")]
    [InlineData("ALL 100, GOLD 90", "GOLD 90.00")]
    [InlineData("ALL 100", "ALL 100.00")]
    [InlineData("ALL! 100, GOLD 90, MINE 95", "ALL! 100.00")]
    public async Task The_book_that_fits_the_buyer_best_holds(string books, string chosen)
    {
        var desk = await Given.AProduct("DESK-3");
        foreach (var book in books.Split(", ").Select(book => book.Split(' ')))
        {
            var id = await Given.ABook(brand, book[0].Replace('!', 'X'), level: book[0] == "GOLD" ? "gold" : null, buyer: book[0] == "MINE" ? huaxin.Partner : null, priority: book[0].EndsWith('!') ? 5 : 0);
            await Given.AnEntry(id, desk, decimal.Parse(book[1]));
        }

        var step = (await portal.Ask(huaxin, huaxin.Partner, brand, "CNY", "2026-03-01", ("DESK-3", 1))).Single().Steps.Single();

        $"{step.Rule} {step.Price}".ShouldBe(chosen.Replace('!', 'X'));
    }

    [Fact]
    public async Task Books_of_others_do_not_count()
    {
        var desk = await Given.AProduct("DESK-4");
        await Given.AnEntry(await Given.ABook(brand, "LIST", kind: "list"), desk, 120m);
        await Given.AnEntry(await Given.ABook(brand, "SILVER", level: "silver"), desk, 50m);
        await Given.AnEntry(await Given.ABook(brand, "OTHER", buyer: (await Given.ADistributor("Other")).Partner), desk, 40m);
        await Given.AnEntry(await Given.ABook(brand, "PEOPLE", audience: "end_customers"), desk, 30m);
        await Given.AnEntry(await Given.ABook(brand, "PAST", valid: "[2025-01-01,2026-01-01)"), desk, 20m);

        (await portal.Ask(huaxin, huaxin.Partner, brand, "CNY", "2026-03-01", ("DESK-4", 1))).Single().Explain().ShouldBe("list LIST 120.00 = 120.00");
    }

    [Fact]
    public async Task Yesterdays_price_can_be_computed_again()
    {
        var desk = await Given.AProduct("DESK-5");
        var list = await Given.ABook(brand, "LIST", kind: "list", valid: "[2025-01-01,)");
        await Given.AnEntry(list, desk, 100m, "[2025-01-01,2026-02-01)");
        await Given.AnEntry(list, desk, 110m, "[2026-02-01,)");
        await Given.ARule(brand, "WINTER", 0.1m, valid: "[2026-01-01,2026-02-01)");

        (await PriceOn("2025-12-31")).ShouldBe(100m);
        (await PriceOn("2026-01-31")).ShouldBe(90m);
        (await PriceOn("2026-02-01")).ShouldBe(110m);

        async Task<decimal> PriceOn(string day) => (await portal.Ask(huaxin, huaxin.Partner, brand, "CNY", day, ("DESK-5", 1))).Single().UnitPrice;
    }

    [Theory]
    [InlineData(10, 100.00)]
    [InlineData(11, 98.00)]
    [InlineData(14, 98.00)]
    [InlineData(15, 95.00)]
    [InlineData(24, 95.00)]
    [InlineData(25, 90.00)]
    [InlineData(5000, 90.00)]
    public async Task A_volume_break_holds_between_its_quantities(int quantity, double unitPrice)
    {
        var desk = await Given.AProduct("DESK-6");
        await Given.AnEntry(await Given.ABook(brand, "LIST", kind: "list"), desk, 100m);
        await Given.ARule(brand, "SO-1", 0m, kind: "volume");
        await Given.ARule(brand, "SO-2", 0.02m, kind: "volume", min: 11, max: 14);
        await Given.ARule(brand, "SO-3", 0.05m, kind: "volume", min: 15, max: 24);
        await Given.ARule(brand, "SO-4", 0.10m, kind: "volume", min: 25);

        (await portal.Ask(huaxin, huaxin.Partner, brand, "CNY", "2026-03-01", ("DESK-6", quantity))).Single().UnitPrice.ShouldBe((decimal)unitPrice);
    }

    [Fact]
    public async Task Of_several_promotions_the_best_holds_and_they_do_not_add_up()
    {
        var (desk, chair, lamp) = (await Given.AProduct("DESK-7"), await Given.AProduct("CHAIR-7", line: "CHAIR"), await Given.AProduct("LAMP-7", line: "LAMP"));
        var list = await Given.ABook(brand, "LIST", kind: "list");
        foreach (var product in new[] { desk, chair, lamp })
        {
            await Given.AnEntry(list, product, 100m);
        }

        await Given.ARule(brand, "ALL5", 0.05m);
        await Given.ARule(brand, "CHAIRS20", 0.20m, line: "CHAIR");
        await Given.ARule(brand, "DESK30", 0.30m, products: [desk]);
        await Given.ARule(brand, "DESK35-CUSTOMERS", 0.35m, products: [desk], audience: "end_customers");

        (await portal.Ask(huaxin, huaxin.Partner, brand, "CNY", "2026-03-01", ("DESK-7", 1), ("CHAIR-7", 1), ("LAMP-7", 1))).Select(Books.Explain).ShouldBe(
        [
            "list LIST 100.00, promotion DESK30 70.00 = 70.00", "list LIST 100.00, promotion CHAIRS20 80.00 = 80.00", "list LIST 100.00, promotion ALL5 95.00 = 95.00",
        ]);
    }

    [Theory]
    [InlineData("JPY", 1250.0, 0.15, 3, 1063, 3189)]
    [InlineData("KWD", 1.2345, 0.10, 1, 1.1111, 1.111)]
    [InlineData("CNY", 0.0125, 0.10, 1000, 0.0113, 11.30)]
    [InlineData("EUR", 0.01, 0.50, 1, 0.01, 0.01)]
    public async Task Amounts_are_rounded_to_the_currency_half_away_from_zero(string currency, double list, double rate, int quantity, double unitPrice, double amount)
    {
        var screw = await Given.AProduct("SCREW");
        await Given.AnEntry(await Given.ABook(brand, "LIST", kind: "list", currency: currency), screw, (decimal)list);
        await Given.ARule(brand, "P", (decimal)rate);

        var line = (await portal.Ask(huaxin, huaxin.Partner, brand, currency, "2026-03-01", ("SCREW", quantity))).Single();

        (line.UnitPrice, line.LineAmount).ShouldBe(((decimal)unitPrice, (decimal)amount));
        line.UnitPrice.ShouldBe(Amounts.Less((decimal)list, (decimal)rate, currency));
        line.LineAmount.ShouldBe(Amounts.OfLine(quantity, line.UnitPrice, currency));
    }

    [Fact]
    public async Task A_partner_without_books_sells_at_the_brands_price_for_the_tier_else_at_list()
    {
        var (desk, chair) = (await Given.AProduct("DESK-8"), await Given.AProduct("CHAIR-8"));
        var list = await Given.ABook(brand, "LIST", kind: "list");
        await Given.AnEntry(list, desk, 120m);
        await Given.AnEntry(list, chair, 60m);
        await Given.AnEntry(await Given.ABook(brand, "GOLD", level: "gold"), desk, 80m);
        await Given.AnEntry(await Given.ABook(brand, "SILVER", level: "silver"), desk, 90m);
        await Given.AnEntry(await Given.ABook(brand, "TIER2", tier: 2), desk, 108m);
        await Given.ARule(brand, "DIRECT", 0.10m);
        await Given.ARule(brand, "CHANNEL", 0.05m, wholeChannel: true);

        (await portal.Ask(jiangnan, jiangnan.Partner, huaxin.Partner, "CNY", "2026-03-01", ("DESK-8", 1), ("CHAIR-8", 1))).Select(Books.Explain).ShouldBe(
        [
            "list LIST 120.00, book TIER2 108.00, promotion CHANNEL 102.60 = 102.60", "list LIST 60.00, promotion CHANNEL 57.00 = 57.00",
        ]);
    }

    [Fact]
    public async Task A_partner_with_books_of_its_own_sells_at_those_else_at_list()
    {
        var (desk, chair) = (await Given.AProduct("DESK-9"), await Given.AProduct("CHAIR-9"));
        var list = await Given.ABook(brand, "LIST", kind: "list");
        await Given.AnEntry(list, desk, 120m);
        await Given.AnEntry(list, chair, 60m);
        var tier = await Given.ABook(brand, "TIER2", tier: 2);
        await Given.AnEntry(tier, desk, 108m);
        await Given.AnEntry(tier, chair, 54m);
        await Given.AnEntry(await Given.ABook(huaxin.Partner, "OWN"), desk, 111m);
        await Given.ARule(huaxin.Partner, "OWN10", 0.01m, kind: "volume", min: 10);

        (await portal.Ask(jiangnan, jiangnan.Partner, huaxin.Partner, "CNY", "2026-03-01", ("DESK-9", 10), ("CHAIR-9", 1))).Select(Books.Explain).ShouldBe(
        [
            "list LIST 120.00, book OWN 111.00, volume OWN10 109.89 = 1098.90", "list LIST 60.00 = 60.00",
        ]);
    }

    [Fact]
    public async Task An_end_customer_pays_list_or_the_sellers_price_for_end_customers()
    {
        var (desk, chair) = (await Given.AProduct("DESK-10"), await Given.AProduct("CHAIR-10"));
        var list = await Given.ABook(brand, "LIST", kind: "list");
        await Given.AnEntry(list, desk, 120m);
        await Given.AnEntry(list, chair, 60m);
        await Given.AnEntry(await Given.ABook(huaxin.Partner, "CUSTOMERS", audience: "end_customers"), desk, 115m);
        await Given.AnEntry(await Given.ABook(huaxin.Partner, "PARTNERS"), desk, 99m);
        await Given.ARule(brand, "PEDAL", 0.5m, audience: "end_customers", wholeChannel: true, products: [chair]);

        (await portal.Ask(huaxin, null, huaxin.Partner, "CNY", "2026-03-01", ("DESK-10", 1), ("CHAIR-10", 1))).Select(Books.Explain).ShouldBe(
        [
            "list LIST 120.00, book CUSTOMERS 115.00 = 115.00", "list LIST 60.00, promotion PEDAL 30.00 = 30.00",
        ]);
    }

    [Fact]
    public async Task Only_the_two_sides_of_a_trade_and_the_brand_hear_its_price()
    {
        var desk = await Given.AProduct("DESK-11");
        await Given.AnEntry(await Given.ABook(brand, "LIST", kind: "list"), desk, 120m);
        await Given.AnEntry(await Given.ABook(huaxin.Partner, "OWN"), desk, 99m);
        var rival = await Given.ADistributor("Rival");
        var store = await Given.AReseller("Store", jiangnan.Partner);

        (await Hears(jiangnan, jiangnan.Partner, huaxin.Partner)).ShouldBeTrue();
        (await Hears(huaxin, jiangnan.Partner, huaxin.Partner)).ShouldBeTrue();
        (await Hears(dealDesk, jiangnan.Partner, huaxin.Partner)).ShouldBeTrue();
        (await Hears(rival, jiangnan.Partner, huaxin.Partner)).ShouldBeFalse();
        (await Hears(rival, rival.Partner, huaxin.Partner)).ShouldBeFalse();
        (await Hears(rival, null, huaxin.Partner)).ShouldBeFalse();
        (await Hears(jiangnan, jiangnan.Partner, brand)).ShouldBeFalse();
        (await Hears(store, store.Partner, huaxin.Partner)).ShouldBeFalse();
        (await Hears(jiangnan, huaxin.Partner, brand)).ShouldBeFalse();

        async Task<bool> Hears(TestPerson who, TestPartner? buyer, TestPartner seller) =>
            (await portal.Ask(who, buyer, seller, "CNY", "2026-03-01", ("DESK-11", 1))).Single() is { Refusal: null, UnitPrice: > 0 };
    }

    [Fact]
    public async Task Nothing_asked_nothing_answered()
    {
        (await portal.Ask(huaxin, huaxin.Partner, brand, "CNY", "2026-03-01")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_database_and_the_program_know_the_same_currencies()
    {
        var inDatabase = await portal.Database.ListAsync<(string Code, int MinorUnits)>("select code, minor_units from currency order by code");

        inDatabase.ShouldBe(Currencies.Codes.Select(code => (code, Currencies.MinorUnits(code))));
    }
}
