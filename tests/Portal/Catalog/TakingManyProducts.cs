using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Rows;
using Portal.Catalog;
using Portal.Pricing;
using Shouldly;
using Support;

namespace Portal.Tests.Catalog;

public sealed class TakingManyProducts(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Products_come_with_line_cost_and_list_price()
    {
        var refused = await TakeProducts(
            new ProductRow(2, new() { Sku = "FR-R92B-58", Name = "HL Road Frame - Black, 58", Line = "Road Frames", Colour = "Black", Size = "58", Weight = 2.24m, Cost = 1059.31m, CostCurrency = "USD" }) { ListPrice = 1431.50m, PriceCurrency = "usd" },
            new ProductRow(3, new() { Sku = "FR-R92R-58", Name = "HL Road Frame - Red, 58", Line = "Road Frames" }) { ListPrice = 1431.50m, PriceCurrency = "USD" });

        refused.ShouldBeEmpty();
        (await portal.Database.ListAsync<string>("select p.sku || ' ' || l.code || ' ' || coalesce(c.unit_cost::text, '-') from product p join product_line l using (product_line_id) left join product_cost c using (product_id) where l.code = 'ROAD_FRAMES' order by 1"))
            .ShouldBe(["FR-R92B-58 ROAD_FRAMES 1059.3100", "FR-R92R-58 ROAD_FRAMES -"]);
        (await Prices("LIST-USD")).ShouldBe(["FR-R92B-58 1431.5000 2026-03-02-", "FR-R92R-58 1431.5000 2026-03-02-"]);
    }

    [Fact]
    public async Task The_Chinese_words_of_a_category_and_a_colour_stay_while_the_word_is_the_same()
    {
        await TakeProducts(new ProductRow(1, new() { Sku = "ZH-1", Name = "Desk", Line = "ZH", Category = "Standing", CategoryZh = "升降桌", Colour = "oak", ColourZh = "橡木色" }));
        await TakeProducts(new ProductRow(1, new() { Sku = "ZH-1", Name = "Desk", Line = "ZH", Category = "Standing", Colour = "white" }));

        (await portal.Database.ListAsync<string>("select concat_ws(' ', category, category_zh, colour, coalesce(colour_zh, '-')) from product where sku = 'ZH-1'")).ShouldBe(["Standing 升降桌 white -"]);
    }

    [Fact]
    public async Task Each_refusal_names_row_and_column()
    {
        var refused = await TakeProducts(
            new ProductRow(2, new() { Sku = "", Name = "No SKU", Line = "X" }),
            new ProductRow(3, new() { Sku = "OK-1", Name = "Good", Line = "X" }) { ListPrice = -1m, PriceCurrency = "USD" },
            new ProductRow(4, new() { Sku = "OK-1", Name = "Twice", Line = "X" }),
            new ProductRow(5, new() { Sku = "OK-2", Name = "Bad currency", Line = "X" }) { ListPrice = 1m, PriceCurrency = "ABC" },
            new ProductRow(6, new() { Sku = "OK-3", Name = "", Line = "" }));

        refused.Select(refusal => $"{refusal.Row} {refusal.Column} {refusal.TextKey}").ShouldBe(
        [
            "2 sku catalog.refused.sku", "3 list_price pricing.refused.price", "4 sku catalog.refused.sku_twice", "5 price_currency catalog.refused.currency",
            "6 name catalog.refused.name_missing", "6 line catalog.refused.line_missing",
        ]);
    }

    [Fact]
    public async Task A_new_price_ends_the_old_one_and_the_same_price_changes_nothing()
    {
        await TakeProducts(new ProductRow(1, new() { Sku = "T-1", Name = "One", Line = "T" }));
        await TakePrices(new PriceRow(1, "T-1", 100m, "CNY") { From = Day(1, 1) });
        await TakePrices(new PriceRow(1, "T-1", 100m, "CNY") { From = Day(2, 1) });
        (await Prices("LIST-CNY")).ShouldBe(["T-1 100.0000 2026-01-01-"]);

        // a price for June only: May and July keep theirs
        await TakePrices(new PriceRow(1, "T-1", 90m, "CNY") { From = Day(6, 1), Until = Day(6, 30) });
        (await Prices("LIST-CNY")).ShouldBe(["T-1 100.0000 2026-01-01-2026-05-31", "T-1 90.0000 2026-06-01-2026-06-30", "T-1 100.0000 2026-07-01-"]);

        // what was planned and never held leaves no trace in time
        await TakePrices(new PriceRow(1, "T-1", 110m, "CNY") { From = Day(3, 1) });
        (await Prices("LIST-CNY")).ShouldBe(["T-1 100.0000 2026-01-01-2026-02-28", "T-1 110.0000 2026-03-01-"]);
    }

    [Fact]
    public async Task A_file_opens_books_it_names_and_orders_its_rows_in_time()
    {
        await TakeProducts(new ProductRow(1, new() { Sku = "B-1", Name = "One", Line = "T" }));

        var refused = await TakePrices(
            new PriceRow(2, "B-1", 80m, "EUR") { Book = "gold-eur", PartnerLevel = "Gold", From = Day(5, 1) },
            new PriceRow(3, "B-1", 85m, "EUR") { Book = "GOLD-EUR", PartnerLevel = "Gold", From = Day(1, 1) },
            new PriceRow(4, "B-1", 70m, "EUR") { Book = "GOLD-EUR", From = Day(5, 1) },
            new PriceRow(5, "B-1", 70m, "USD") { Book = "GOLD-EUR", From = Day(8, 1) },
            new PriceRow(6, "NONE", 70m, "EUR") { Book = "GOLD-EUR" },
            new PriceRow(7, "B-1", 1.23456m, "EUR") { Book = "GOLD-EUR", From = Day(9, 1), Until = Day(8, 1) });

        refused.Select(refusal => $"{refusal.Row} {refusal.Column} {refusal.TextKey}").ShouldBe(
        [
            "4 from pricing.refused.days_twice", "5 currency pricing.refused.currency_of_book", "6 sku pricing.refused.unknown_sku", "7 price pricing.refused.price", "7 until pricing.refused.until_before_from",
        ]);
        (await Prices("GOLD-EUR")).ShouldBe(["B-1 85.0000 2026-01-01-2026-04-30", "B-1 80.0000 2026-05-01-"]);
        (await portal.Database.ListAsync<string>("select kind || ' ' || partner_level from price_book where code = 'GOLD-EUR'")).ShouldBe(["net gold"]);
    }

    [Fact]
    public async Task Promotions_of_a_file_are_taken_once_and_keep_their_terms()
    {
        await TakeProducts(new ProductRow(1, new() { Sku = "P-1", Name = "One", Line = "T" }), new ProductRow(2, new() { Sku = "P-2", Name = "Two", Line = "T" }));
        PromotionRow[] rows =
        [
            new(2, new() { Code = "SO-1", Name = "No Discount", Kind = "No Discount", Audience = "No Discount", Rate = .0000m, Skus = ["P-1", "P-2"], From = Day(1, 1), Until = Day(12, 31) }),
            new(3, new() { Code = "SO-2", Name = "Volume Discount 11 to 14", Kind = "Volume Discount", Audience = "Reseller", Rate = .0200m, MinQuantity = 11, MaxQuantity = 14, Skus = ["P-1"], From = Day(1, 1), Until = Day(12, 31) }),
            new(4, new() { Code = "SO-15", Name = "Half-Price Pedal Sale", Kind = "Seasonal Discount", Audience = "Customer", Rate = .5m, Skus = ["P-2", "GONE"], From = Day(1, 1) }),
        ];

        (await TakePromotions(rows)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(refusal => refusal.Row.ShouldBe(4), refusal => refusal.Column.ShouldBe("skus"), refusal => refusal.Arguments.ShouldBe(["GONE"]));
        (await TakePromotions(rows[..2])).ShouldBeEmpty();
        (await TakePromotions(rows[1] with { Facts = rows[1].Facts with { Rate = .03m } })).ShouldHaveSingleItem().TextKey.ShouldBe("pricing.refused.other_terms");
        (await portal.Database.ListAsync<string>("select code || ' ' || kind || ' ' || audience || ' ' || covers || ' ' || (select count(*) from price_rule_product x where x.price_rule_id = r.price_rule_id) from price_rule r order by code"))
            .ShouldBe(["SO-1 promotion everyone products 2", "SO-2 volume partners products 1"]);
    }

    Task<IReadOnlyList<RowRefusal>> TakeProducts(params ProductRow[] rows) => InBrand(services => services.GetRequiredService<AddProducts>().AddProductsAsync(rows, CancellationToken.None));

    Task<IReadOnlyList<RowRefusal>> TakePrices(params PriceRow[] rows) => InBrand(services => services.GetRequiredService<AddPrices>().AddPricesAsync(rows, CancellationToken.None));

    Task<IReadOnlyList<RowRefusal>> TakePromotions(params PromotionRow[] rows) => InBrand(services => services.GetRequiredService<AddPromotions>().AddPromotionsAsync(rows, CancellationToken.None));

    async Task<T> InBrand<T>(Func<IServiceProvider, Task<T>> work)
    {
        await portal.Given.TheBrand();
        portal.Clock.Now = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        return await portal.InScopeAsync(Caller.System("test"), work);
    }

    Task<List<string>> Prices(string book) => portal.Database.ListAsync<string>("""
        select p.sku || ' ' || e.unit_price || ' ' || lower(e.valid) || '-' || coalesce((upper(e.valid) - 1)::text, '')
        from price_book_entry e join price_book k using (price_book_id) join product p using (product_id)
        where k.code = @book and not isempty(e.valid)
        order by p.sku, lower(e.valid)
        """, new { book });

    static DateOnly Day(int month, int day) => new(2026, month, day);
}
