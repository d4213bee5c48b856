using Platform.Database;
using Portal.Pricing;
using Shouldly;
using Support;

namespace Portal.Tests.Pricing;

/// <summary>What promotions give to lines that are bought together, and how they stand beside each other.</summary>
public sealed class Promoting(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    TestPartner brand = null!;
    TestPerson buyer = null!;
    long desk;
    long chair;
    long lamp;

    Given Given => portal.Given;

    public async Task InitializeAsync()
    {
        await portal.Database.ExecuteAsync("delete from price_rule_buyer; delete from price_rule_spending; delete from price_rule_product; delete from price_rule; delete from price_book_entry; delete from price_book; delete from product; delete from product_line");
        brand = await Given.TheBrand();
        buyer = await Given.APerson(await Given.APartner("Huaxin", "distributor", level: "gold"), "purchasing");
        var list = await Given.ABook(brand, "LIST", kind: "list");
        (desk, chair, lamp) = (await Given.AProduct("DESK"), await Given.AProduct("CHAIR", line: "SEAT"), await Given.AProduct("LAMP", line: "LIGHT"));
        await Given.AnEntry(list, desk, 100m);
        await Given.AnEntry(list, chair, 40m);
        await Given.AnEntry(list, lamp, 10m);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    // A promotion with terms said in SQL; of named products where some are given.
    async Task<long> A(string code, string terms, decimal rate = 0, params long[] products)
    {
        var rule = await Given.ARule(brand, code, rate, products: products.Length == 0 ? null : products);
        await portal.Database.ExecuteAsync($"update price_rule set {terms} where price_rule_id = @rule; insert into price_rule_spending (price_rule_id, budget, most_orders) select price_rule_id, budget, most_orders from price_rule where price_rule_id = @rule and (budget is not null or most_orders is not null)", new { rule });
        return rule;
    }

    Task<BasketPrice> Basket(params (string Sku, decimal Quantity)[] lines) => Basket([], lines);

    Task<BasketPrice> Basket(string[] coupons, params (string Sku, decimal Quantity)[] lines) =>
        new Prices(portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, buyer.Subject)))
            .OfBasketAsync(buyer.Partner.PartnerId, brand.PartnerId, "CNY", new(2026, 3, 1), [.. lines.Select(line => new AskedLine(line.Sku, line.Quantity))], coupons, CancellationToken.None);

    static IEnumerable<decimal> Amounts(BasketPrice basket) => basket.Lines.Select(line => line.LineAmount);

    static IEnumerable<string> Rules(LinePrice line) => line.Steps.Where(step => step.Kind is "promotion").Select(step => step.Rule);

    [Fact]
    public async Task An_amount_comes_off_each_piece_and_never_more_than_it_costs()
    {
        await A("OFF15", "effect = 'amount', amount_off = 15, currency = 'CNY'");

        Amounts(await Basket(("DESK", 2), ("LAMP", 3))).ShouldBe([170m, 0m]);
    }

    [Fact]
    public async Task Of_three_pieces_one_is_free_and_the_step_says_so()
    {
        await A("BUY2GET1", "effect = 'buy_get', buy_quantity = 2, get_quantity = 1, discount_rate = 1");

        var basket = await Basket(("DESK", 7), ("CHAIR", 2));

        Amounts(basket).ShouldBe([500m, 80m], "two of seven desks are free; two chairs are one too few");
        basket.Lines[0].UnitPrice.ShouldBe(71.4285m, "to a ten-thousandth, in favour of the buyer");
        basket.Lines[0].Steps[^1].ShouldBe(new PriceStep("promotion", "BUY2GET1", 1, "Rule BUY2GET1", "规则 BUY2GET1", null, 71.4285m) { Effect = "buy_get" });
    }

    [Fact]
    public async Task Of_mixed_products_the_cheapest_are_got()
    {
        await A("MIX", "effect = 'buy_get', buy_quantity = 2, get_quantity = 1, discount_rate = 1, counts = 'basket'");

        Amounts(await Basket(("DESK", 1), ("CHAIR", 1), ("LAMP", 1))).ShouldBe([100m, 40m, 0m]);
    }

    [Fact]
    public async Task A_bundle_costs_less_only_where_all_of_it_is_bought_and_as_often_as_it_is()
    {
        var bundle = await A("SET", "effect = 'bundle', amount_off = 60, currency = 'CNY'", 0, desk, chair);
        await portal.Database.ExecuteAsync("update price_rule_product set quantity = 2 where price_rule_id = @bundle and product_id = @chair", new { bundle, chair });

        Amounts(await Basket(("DESK", 1), ("CHAIR", 1))).ShouldBe([100m, 40m]);
        (await Basket(("DESK", 3), ("CHAIR", 5))).Lines.Sum(line => line.LineAmount).ShouldBe(500m - 120m, "two sets of a desk and two chairs");
        Amounts(await Basket(("CHAIR", 2))).ShouldBe([80m]);
    }

    [Theory]
    [InlineData(9, 900)]
    [InlineData(10, 900)]
    [InlineData(25, 2300)]
    public async Task From_an_amount_on_something_comes_off_again_for_each_time_it_is_reached(int desks, decimal total)
    {
        await A("EACH1000", "effect = 'threshold', min_amount = 1000, amount_off = 100, currency = 'CNY', counts = 'basket', repeats = true");

        (await Basket(("DESK", desks))).Lines.Sum(line => line.LineAmount).ShouldBe(total);
    }

    [Fact]
    public async Task A_threshold_is_spread_over_all_it_covers_and_counts_what_is_left_after_other_promotions()
    {
        await A("CHAIRS10", "combines = 'adds'", 0.10m, chair);
        await A("FROM500", "effect = 'threshold', min_amount = 500, currency = 'CNY', counts = 'basket', combines = 'adds'", 0.05m);

        Amounts(await Basket(("DESK", 4), ("CHAIR", 3))).ShouldBe([380m, 102.60m]);
        Amounts(await Basket(("DESK", 4), ("CHAIR", 2))).ShouldBe([400m, 72m], "472 is below 500");
    }

    [Fact]
    public async Task A_gift_comes_as_a_line_of_its_own_that_costs_nothing()
    {
        await A("LAMPS", $"effect = 'gift', get_quantity = 2, gift_product_id = {lamp}, min_amount = 300, currency = 'CNY', counts = 'basket'");

        var basket = await Basket(("DESK", 3));

        var gift = basket.Gifts.Single();
        (gift.Sku, gift.Quantity, gift.UnitPrice, gift.LineAmount, gift.Steps[^1].Effect).ShouldBe(("LAMP", 2m, 0m, 0m, "gift"));
        (await Basket(("DESK", 2))).Gifts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_promotions_that_do_not_add_the_best_holds_across_kinds_too()
    {
        await A("DESK30", "priority = 5", 0.30m, desk);
        await A("BUY1GET1", "effect = 'buy_get', buy_quantity = 1, get_quantity = 1, discount_rate = 1");

        var basket = await Basket(("DESK", 2), ("CHAIR", 2));
        Amounts(basket).ShouldBe([100m, 40m]);
        basket.Lines.Select(line => string.Join(",", Rules(line))).ShouldBe(["BUY1GET1", "BUY1GET1"]);
        Rules((await Basket(("DESK", 1))).Lines[0]).ShouldBe(["DESK30"]);
    }

    [Fact]
    public async Task What_adds_comes_on_top_one_of_each_group_and_what_stands_alone_stands_alone()
    {
        await A("BASE", "combines = 'best'", 0.10m);
        await A("TOP5", "combines = 'adds', exclusion_group = 'TOP'", 0.05m);
        await A("TOP2", "combines = 'adds', exclusion_group = 'TOP'", 0.02m);
        await A("EXTRA1", "combines = 'adds'", 0.01m);

        var line = (await Basket(("DESK", 1))).Lines[0];
        (string.Join(",", Rules(line)), line.UnitPrice).ShouldBe(("BASE,EXTRA1,TOP5", 84.65m));

        await A("ALONE20", "combines = 'alone'", 0.20m);
        line = (await Basket(("DESK", 1))).Lines[0];
        (string.Join(",", Rules(line)), line.UnitPrice).ShouldBe(("ALONE20", 80m));
    }

    [Fact]
    public async Task What_takes_the_place_of_others_on_one_line_leaves_the_like_of_them_on_other_lines()
    {
        var table = await Given.AProduct("TABLE");
        await portal.Database.ExecuteAsync("insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at) select price_book_id, @table, 100, '[2026-01-01,)', now() from price_book", new { table });
        await A("ALL10", "combines = 'adds', exclusion_group = 'ONE'", 0.10m);
        await A("FROM100", "effect = 'threshold', min_amount = 100, currency = 'CNY', counts = 'basket', priority = 10", 0.05m);
        await A("DESK30", "effect = 'threshold', min_amount = 50, currency = 'CNY', exclusion_group = 'ONE', priority = 5", 0.30m, desk);

        var basket = await Basket(("DESK", 1), ("TABLE", 1));

        Amounts(basket).ShouldBe([70m, 90m]);
        basket.Lines.Select(line => string.Join(",", Rules(line))).ShouldBe(["DESK30", "ALL10"]);
    }

    [Fact]
    public async Task A_coupon_has_to_be_named_and_the_answer_tells_which_did_something()
    {
        await A("CLUB", "coupon = 'CLUB-26'", 0.10m);

        Amounts(await Basket(("DESK", 1))).ShouldBe([100m]);
        var basket = await Basket(["club-26 ", "NOTHING"], ("DESK", 1));
        Amounts(basket).ShouldBe([90m]);
        basket.Coupons.ShouldBe(["CLUB-26"]);
    }

    [Fact]
    public async Task A_budget_is_given_to_lines_as_long_as_it_lasts()
    {
        await A("POT", "budget = 25, currency = 'CNY'", 0.10m);

        var basket = await Basket(("DESK", 2), ("CHAIR", 1), ("LAMP", 1));

        Amounts(basket).ShouldBe([180m, 36m, 9m]);
        basket.Uses.ShouldHaveSingleItem().Amount.ShouldBe(25m);
        Amounts(await Basket(("DESK", 3))).ShouldBe([300m], "30 is more than there is");
    }

    [Theory]
    [InlineData("partner_level = 'gold'", true)]
    [InlineData("partner_level = 'silver'", false)]
    [InlineData("partner_type = 'store'", false)]
    [InlineData("partner_type = 'distributor'", true)]
    [InlineData("valid = '[2026-03-02,)'", false)]
    [InlineData("currency = 'EUR'", false)]
    [InlineData("audience = 'end_customers'", false)]
    public async Task A_promotion_is_for_whom_it_says(string terms, bool holds)
    {
        await A("SOME", terms, 0.10m);

        Rules((await Basket(("DESK", 1))).Lines[0]).Any().ShouldBe(holds);
    }

    [Fact]
    public async Task A_promotion_for_a_partner_and_all_below_reaches_the_store()
    {
        var dealer = await Given.APartner("Jiangnan", "reseller", buyer.Partner);
        var store = await Given.APerson(await Given.APartner("Wuxi", "store", dealer), "purchasing");
        await A("BELOW", $"buyer_id = {buyer.Partner.PartnerId}, with_downline = true, whole_channel = true", 0.10m);
        await A("DEALER-ONLY", $"buyer_id = {dealer.PartnerId}, whole_channel = true", 0.20m);

        var prices = new Prices(portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, store.Subject)));
        var line = (await prices.ForAsync(store.Partner.PartnerId, dealer.PartnerId, "CNY", new(2026, 3, 1), [new("DESK", 1)], CancellationToken.None)).Single();

        Rules(line).ShouldBe(["BELOW"]);
    }

    [Fact]
    public async Task Quantities_of_a_family_count_together_where_the_rule_says_so()
    {
        await portal.Database.ExecuteAsync("insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at) select price_book_id, @stool, 20, '[2026-01-01,)', now() from price_book", new { stool = await Given.AProduct("STOOL", line: "SEAT") });
        await Given.ARule(brand, "V10", 0.10m, kind: "volume", min: 10);
        await portal.Database.ExecuteAsync("update price_rule set counts = 'family' where code = 'V10'");

        Amounts(await Basket(("CHAIR", 6), ("STOOL", 4), ("DESK", 9))).ShouldBe([216m, 72m, 900m]);
        (await new Prices(portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, buyer.Subject))).ForAsync(buyer.Partner.PartnerId, brand.PartnerId, "CNY", new(2026, 3, 1), [new("CHAIR", 6), new("STOOL", 4)], CancellationToken.None))
            .Select(line => line.LineAmount).ShouldBe([240m, 80m], "a catalogue prices each by itself");
    }

    [Theory]
    [InlineData("effect = 'amount'", "an_amount_is_taken_off_where_it_is_meant")]
    [InlineData("effect = 'gift', get_quantity = 1", "a_gift_is_a_product")]
    [InlineData("budget = 5", "money_has_its_currency")]
    [InlineData("effect = 'bundle'", "a_bundle_names_its_products")]
    [InlineData("with_downline = true", "whoever_is_below_is_below_somebody")]
    [InlineData("coupon = 'abc'", "a_coupon_is_written_in_capitals")]
    public async Task The_database_refuses_terms_that_say_nothing(string terms, string constraint)
    {
        await Given.ARule(brand, "BAD", 0.1m);

        (await Books.ConstraintOf(() => portal.Database.ExecuteAsync($"update price_rule set {terms} where code = 'BAD'"))).ShouldBe(constraint);
    }
}
